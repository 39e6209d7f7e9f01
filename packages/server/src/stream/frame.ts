/** Server-sent events as they are written (WHATWG HTML, section 9.2): the writer's half; the client has the reader's. */

export interface Message {
  readonly event: string
  /** Left out when the reader's place is to stay where it is. */
  readonly id: string | null
  readonly data: string
}

/** `event` and `id` are words of ours and hold no line ends. Those of `data` begin a line of their own each. */
export function frameOf({ event, id, data }: Message): string {
  const lines = data.split(/\r\n|\r|\n/).map((line) => `data: ${line}\n`)
  return `${id === null ? '' : `id: ${id}\n`}event: ${event}\n${lines.join('')}\n`
}

/** How long a reader waits before it comes back. */
export function retryFrame(ms: number): string {
  return `retry: ${ms}\n\n`
}

/** Says that we are still there, to the reader and to every proxy that counts silence. */
export const HEARTBEAT = ': \n\n'
