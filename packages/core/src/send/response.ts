/** Reading what a receiver answered, without trusting its size or its encoding. */

/** Enough for `KEPT_CHARACTERS` of four bytes each; a longer answer is cut off and its connection closed. */
const MAX_BYTES = 16 * 1024
const KEPT_CHARACTERS = 4000

/** Statuses whose `Retry-After` says when the receiver wants to be asked again. */
const ASKS_TO_WAIT: ReadonlySet<number> = new Set([429, 503])

export interface ReadBody {
  readonly text: string
  /** The whole body was read, so the connection may serve the next request. */
  readonly complete: boolean
}

/** Leaving the loop early destroys the stream and its connection. */
export async function readBody(stream: AsyncIterable<Uint8Array>): Promise<ReadBody> {
  const chunks: Uint8Array[] = []
  let size = 0
  for await (const chunk of stream) {
    chunks.push(chunk)
    size += chunk.length
    if (size >= MAX_BYTES) break
  }
  const complete = size < MAX_BYTES
  return { text: keptText(Buffer.concat(chunks).subarray(0, MAX_BYTES), complete), complete }
}

/** Valid UTF-8 without NUL, which PostgreSQL cannot store. A character cut in two at the end is left out. */
function keptText(bytes: Uint8Array, complete: boolean): string {
  const text = new TextDecoder().decode(bytes, { stream: !complete }).replaceAll('\0', '')
  return text.length <= KEPT_CHARACTERS ? text : Array.from(text).slice(0, KEPT_CHARACTERS).join('')
}

/** Milliseconds from `now` that a 429 or 503 asks for (RFC 9110 section 10.2.3); null when it names no time ahead. */
export function retryAfterMs(statusCode: number, header: string | string[] | undefined, now: number): number | null {
  if (!ASKS_TO_WAIT.has(statusCode) || typeof header !== 'string') return null
  const text = header.trim()
  if (/^\d{1,9}$/.test(text)) return Number(text) * 1000
  // Date.parse alone would take much that is no HTTP date, a bare number among them.
  const at = /^[A-Z][a-z]{2,8}, /.test(text) ? Date.parse(text) : Number.NaN
  return at > now ? at - now : null
}
