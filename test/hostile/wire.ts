/**
 * A request as octets on a socket of its own, and what came back. An HTTP client would refuse to send most of what is
 * sent here.
 */
import { connect } from 'node:net'

export type Outcome = Answer | Silence | Closed

export interface Answer {
  readonly kind: 'answer'
  readonly status: number
  /** Names in lower case. */
  readonly headers: ReadonlyMap<string, string>
  /** Empty of a stream; of a long answer its beginning. */
  readonly body: string
  readonly isWhole: boolean
}

/** Nothing, or not all of it, within the time. */
export interface Silence {
  readonly kind: 'silence'
}

/** The connection ended before an answer. */
export interface Closed {
  readonly kind: 'closed'
}

/** More than any answer that is looked into. */
const LONGEST_KEPT = 512 * 1024

export interface Asking {
  readonly origin: string
  readonly octets: Buffer
  /** The request is not all there, and its sender goes. */
  readonly hangsUp: boolean
  readonly timeoutMs: number
}

/** Never rejects. A stream is cut once it has begun. */
export function ask({ origin, octets, hangsUp, timeoutMs }: Asking): Promise<Outcome> {
  const { hostname, port } = new URL(origin)
  return new Promise((resolve) => {
    const chunks: Buffer[] = []
    let length = 0
    const socket = connect({ host: hostname, port: Number(port), noDelay: true })
    const finish = (outcome: Outcome): void => {
      clearTimeout(timer)
      socket.destroy()
      resolve(outcome)
    }
    const timer = setTimeout(() => finish({ kind: 'silence' }), timeoutMs)
    const end = (): void => finish(answerOf(Buffer.concat(chunks), length) ?? { kind: 'closed' })
    socket.on('data', (chunk: Buffer) => {
      length += chunk.length
      if (length <= LONGEST_KEPT) chunks.push(chunk)
      if (isStream(chunk)) end()
    })
    // A reset after the answer is how a server ends a request that it did not read to its end.
    socket.on('error', end).on('close', end)
    if (hangsUp) socket.end(octets)
    else socket.write(octets)
  })
}

/** Heads come in one piece. */
function isStream(chunk: Buffer): boolean {
  return /^content-type: text\/event-stream/im.test(chunk.toString('latin1', 0, 4096))
}

function answerOf(received: Buffer, length: number): Answer | null {
  const text = received.toString('latin1')
  const end = text.indexOf('\r\n\r\n')
  const [, code = ''] = /^HTTP\/1\.1 (\d{3}) /.exec(text) ?? []
  if (end === -1 || code === '') return null
  if (code.startsWith('1')) return answerOf(received.subarray(end + 4), length - end - 4)
  const lines = text.slice(0, end).split('\r\n').slice(1)
  const headers = new Map(
    lines.map((line) => [line.split(':', 1)[0]?.toLowerCase() ?? '', line.replace(/^[^:]*: ?/, '')]),
  )
  const body = received.subarray(end + 4).toString('utf8')
  return { kind: 'answer', status: Number(code), headers, body, isWhole: length <= LONGEST_KEPT }
}
