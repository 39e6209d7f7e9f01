/**
 * Watching live: messages for as long as they are wanted, over as many connections as that takes.
 *
 * A connection that ends is opened again from the last message that was read, so none is missed; some states may come
 * twice.
 */
import type { ApiRequest, ApiResponse, ClientOptions } from './client.ts'
import type { StreamMessage } from './contract.ts'
import { createEventReader } from './event-stream.ts'
import { ApiError } from './errors.ts'

/** Rejects when no answer came. */
export type Open = (request: ApiRequest, signal?: AbortSignal) => Promise<Opened>

export type Opened =
  | { readonly kind: 'refused'; readonly response: ApiResponse }
  /** A success. The octets end or reject when the connection does. */
  | { readonly kind: 'open'; readonly chunks: AsyncIterable<Uint8Array> }

export interface StreamOptions {
  readonly signal?: AbortSignal
  /** The id of a message that was read earlier: what came after it comes first. */
  readonly lastEventId?: string
}

/** Until a server says otherwise. */
const RETRY_MS = 3_000

export interface Streaming {
  readonly open: Open
  readonly wait: ClientOptions['wait']
  /** Throws what the refusal means. */
  readonly refuse: (response: ApiResponse) => ApiError
}

/**
 * Throws when the first connection fails, with an `ApiError` when the server refuses it. After that a lost connection is
 * opened again, and only a refusal that waiting does not change is thrown. Without a way to wait a lost one is the end.
 */
export async function* streamMessages(
  { open, wait, refuse }: Streaming,
  request: ApiRequest,
  { signal, lastEventId }: StreamOptions,
): AsyncGenerator<StreamMessage, void, undefined> {
  let lastId = lastEventId ?? null
  let retryMs = RETRY_MS
  let wasOpen = false
  for (;;) {
    signal?.throwIfAborted()
    let askedMs = 0
    try {
      const opened = await open(from(request, lastId), signal)
      if (opened.kind === 'refused') throw refuse(opened.response)
      wasOpen = true
      const reader = createEventReader()
      const decoder = new TextDecoder()
      for await (const chunk of opened.chunks) {
        for (const { event, data, id } of reader.push(decoder.decode(chunk, { stream: true }))) {
          lastId = id ?? lastId
          retryMs = reader.retryMs ?? retryMs
          if (isType(event)) yield { type: event, id, data: JSON.parse(data) }
        }
        retryMs = reader.retryMs ?? retryMs
      }
    } catch (error) {
      signal?.throwIfAborted()
      if (!wasOpen || !passes(error)) throw error
      askedMs = askedWait(error)
    }
    if (wait === undefined) return
    await wait(Math.max(retryMs, askedMs), signal)
  }
}

function from(request: ApiRequest, lastId: string | null): ApiRequest {
  return lastId === null ? request : { ...request, headers: { ...request.headers, 'last-event-id': lastId } }
}

const TYPES: readonly string[] = ['event', 'request', 'monitor'] satisfies StreamMessage['type'][]

/** A later server may send more than we know of. */
function isType(event: string): event is StreamMessage['type'] {
  return TYPES.includes(event)
}

/** A lost connection, a server that is starting, too many at a time: not what the server says about the request. */
function passes(error: unknown): boolean {
  if (error instanceof SyntaxError) return false
  return !(error instanceof ApiError) || error.status === 429 || error.status >= 500
}

function askedWait(error: unknown): number {
  return error instanceof ApiError ? (error.retryAfterMs ?? 0) : 0
}
