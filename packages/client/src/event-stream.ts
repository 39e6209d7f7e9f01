/**
 * Server-sent events as they are read (WHATWG HTML, section 9.2), from pieces of any size.
 *
 * Unlike a browser's this reader keeps what it was told about coming back, because whoever reads reconnects itself.
 */
export interface ServerSentEvent {
  /** `message` when the server did not say. */
  readonly event: string
  readonly data: string
  /** The id of this message, null when it has none. */
  readonly id: string | null
}

export interface EventReader {
  /** The messages that this piece completes. */
  push(piece: string): readonly ServerSentEvent[]
  /** Of the last complete message that had one: where to go on from. */
  readonly lastId: string | null
  /** How long the server wants a reader to wait before it comes back; null when it did not say. */
  readonly retryMs: number | null
}

export function createEventReader(): EventReader {
  let rest = ''
  let isFirst = true
  let lastId: string | null = null
  let retryMs: number | null = null
  let message = emptyMessage()

  function takeLine(line: string): ServerSentEvent | null {
    if (line === '') return dispatch()
    const [, name = '', value = ''] = /^([^:]*)(?:: ?(.*))?$/s.exec(line) ?? []
    if (name === 'data') message.data.push(value)
    else if (name === 'event') message.event = value
    else if (name === 'id' && !value.includes('\0')) message.id = value
    else if (name === 'retry' && /^\d+$/.test(value)) retryMs = Number(value)
    return null
  }

  function dispatch(): ServerSentEvent | null {
    const { event, data, id } = message
    message = emptyMessage()
    lastId = id ?? lastId
    return data.length === 0 ? null : { event: event === '' ? 'message' : event, data: data.join('\n'), id }
  }

  return {
    push(piece) {
      rest += isFirst ? piece.replace(/^\uFEFF/, '') : piece
      if (piece !== '') isFirst = false
      // A carriage return at the end may be half of a line end, so it waits for what follows.
      const lines = rest.split(/\r\n|\n|\r(?!$)/)
      rest = lines.pop() ?? ''
      return lines.map(takeLine).filter((read) => read !== null)
    },
    get lastId() {
      return lastId
    },
    get retryMs() {
      return retryMs
    },
  }
}

function emptyMessage(): { event: string; data: string[]; id: string | null } {
  return { event: '', data: [], id: null }
}
