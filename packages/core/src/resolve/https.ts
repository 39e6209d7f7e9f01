/**
 * DNS over HTTPS (RFC 8484) by POST.
 *
 * What goes wrong in HTTP (a status, a type, a proxy's page) says nothing about the zone and is told as the server
 * being out of reach.
 */
import { Pool } from 'undici'
import { MAX_MESSAGE_OCTETS } from '../dns/header.ts'
import { compareReply, type Query, setId } from '../dns/query.ts'
import { type Carrier, describeError, type Patience, type Reply } from './carrier.ts'

const MEDIA_TYPE = 'application/dns-message'
/** Concurrent requests; HTTP/1.1 carries one per connection. */
const CONNECTIONS = 16

export interface HttpsServer {
  readonly url: string
  /** PEM certificates to trust instead of the public ones. */
  readonly ca: string | null
}

export function createHttps(server: HttpsServer, deps: { monotonic: () => number }): Carrier {
  const { origin, pathname, search } = new URL(server.url)
  const pool = new Pool(origin, {
    connections: CONNECTIONS,
    ...(server.ca === null ? {} : { connect: { ca: server.ca } }),
  })

  async function post(query: Query, signal: AbortSignal): Promise<Reply> {
    // RFC 8484 section 4.1: one id for all, so that caches on the way can share answers. HTTP pairs the two messages.
    setId(query, 0)
    const response = await pool.request({
      method: 'POST',
      path: pathname + search,
      headers: { 'content-type': MEDIA_TYPE, accept: MEDIA_TYPE },
      body: query.wire,
      signal,
    })
    // A body that is dropped or cut off ends in an error event, which kills a process that does not listen for it.
    response.body.on('error', () => {})
    const [given = ''] = String(response.headers['content-type'] ?? '').split(';')
    const type = given.trim().toLowerCase()
    if (response.statusCode !== 200 || type !== MEDIA_TYPE) {
      response.body.destroy()
      return { kind: 'unreachable', ours: false, detail: describeStatus(response.statusCode, type) }
    }
    const message = await readBounded(response.body)
    if (message === null) return { kind: 'garbled', detail: 'the server sent more than a DNS message can hold' }
    const verdict = compareReply(query, message)
    if (verdict === 'other') return { kind: 'garbled', detail: 'the server answered something else than the question' }
    return { kind: 'message', message }
  }

  return {
    transport: 'https',
    async exchange(query, patience: Patience) {
      const ms = Math.max(1, Math.ceil(Math.min(patience.shareMs, patience.until - deps.monotonic())))
      const deadline = new AbortController()
      const timer = setTimeout(() => deadline.abort(), ms)
      try {
        return await post(query, deadline.signal)
      } catch (error) {
        return deadline.signal.aborted
          ? { kind: 'silence' }
          : { kind: 'unreachable', ours: false, detail: describeError(error) }
      } finally {
        clearTimeout(timer)
      }
    },
    async [Symbol.asyncDispose]() {
      await pool.destroy()
    },
  }
}

function describeStatus(statusCode: number, type: string): string {
  return `it answered HTTP ${statusCode} with ${type === '' ? 'no content type' : `content of type ${type.slice(0, 100)}`}`
}

/** Null when the body is longer than any DNS message. */
async function readBounded(body: AsyncIterable<Uint8Array>): Promise<Uint8Array | null> {
  const chunks: Uint8Array[] = []
  let octets = 0
  for await (const chunk of body) {
    octets += chunk.length
    if (octets > MAX_MESSAGE_OCTETS) return null
    chunks.push(chunk)
  }
  return Buffer.concat(chunks, octets)
}
