/**
 * A typed client over any transport.
 *
 * n8n and Zapier bring their own authenticated HTTP helpers and must use them, so the client knows paths, types,
 * paging, errors and when to try again; how a request travels is `send`'s affair.
 */
import type { WirePage } from './contract.ts'
import {
  type ArgumentsOf,
  ENDPOINTS,
  type Endpoint,
  type HttpMethod,
  type ItemOf,
  type ListName,
  type OperationName,
  type ResultOf,
  type StreamName,
} from './endpoints.ts'
import { type ApiError, errorFrom } from './errors.ts'
import { type Open, type StreamOptions, streamMessages } from './stream.ts'

export interface ApiRequest {
  readonly method: HttpMethod
  /** Begins with `/`; its variable segments are encoded. */
  readonly path: string
  readonly query: Readonly<Record<string, string>>
  /** To be sent as JSON; undefined means without a body. */
  readonly body: unknown
  readonly headers: Readonly<Record<string, string>>
}

export interface ApiResponse {
  readonly status: number
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>
  /** The parsed JSON; the text when it was none; null when there was no body. */
  readonly body: unknown
}

/** Resolves for every status; rejects only when no answer came. */
export type Send = (request: ApiRequest, signal?: AbortSignal) => Promise<ApiResponse>

export interface ClientOptions {
  /** Waits `ms` between two tries. Without it nothing is tried again. */
  readonly wait?: (ms: number, signal?: AbortSignal) => Promise<void>
  /** How often a 429 or 503 is tried again; 2 when left out. */
  readonly retries?: number
  /** How a connection that goes on is opened. Without it `stream` fails. */
  readonly open?: Open
  /** A server that asks for a longer wait than this many milliseconds gets no second try; 60000 when left out. */
  readonly longestWaitMs?: number
}

export interface CallOptions {
  readonly signal?: AbortSignal
  /** 1 to 255 visible ASCII characters. Makes a POST safe to repeat. */
  readonly idempotencyKey?: string
}

type Call<Name extends OperationName> = (
  ...args: [...ArgumentsOf<Name>, options?: CallOptions]
) => Promise<ResultOf<Name>>

type Listen<Name extends StreamName> = (
  ...args: [...ArgumentsOf<Name>, options?: StreamOptions]
) => AsyncGenerator<ResultOf<Name>, void, undefined>

type Operations = { readonly [Name in OperationName]: Name extends StreamName ? Listen<Name> : Call<Name> }

export interface Client extends Operations {
  /** Every item of a list, page by page, from the query's `after` on. */
  readonly each: <Name extends ListName>(
    name: Name,
    ...args: ArgumentsOf<Name>
  ) => AsyncGenerator<ItemOf<Name>, void, undefined>
}

const DEFAULT_RETRIES = 2
const DEFAULT_LONGEST_WAIT = 60_000
/** Between two tries when the server does not say. */
const UNASKED_WAIT = 1_000

export function createClient(send: Send, options: ClientOptions = {}): Client {
  const call = async (name: OperationName, args: readonly unknown[]): Promise<unknown> => {
    const endpoint: Endpoint = ENDPOINTS[name]
    const { request, rest } = requestFor(endpoint, args)
    const response = await sendPatiently(send, request, options, rest.signal)
    if (endpoint.output.out === 'page' && !isPage(response.body)) throw unexpected(response)
    return response.body
  }
  const listen = (name: OperationName, args: readonly unknown[]) => {
    const { open, wait } = options
    if (open === undefined) throw new TypeError(`${name}: this transport opens no connections that go on`)
    const { request, rest } = requestFor(ENDPOINTS[name], args)
    const refuse = (response: ApiResponse) => errorFrom(response.status, response.body, pauseAskedBy(response))
    return streamMessages({ open, wait, refuse }, request, rest)
  }
  const operations = Object.fromEntries(
    operationNames().map((name) => {
      const operation = ENDPOINTS[name].output.out === 'stream' ? listen : call
      return [name, (...args: unknown[]) => operation(name, args)]
    }),
  ) as unknown as Operations

  async function* each(name: ListName, ...args: unknown[]): AsyncGenerator<unknown, void, undefined> {
    const segments = args.slice(0, segmentsIn(ENDPOINTS[name].path))
    let query = (args[segments.length] ?? {}) as Record<string, unknown>
    for (;;) {
      const page = (await call(name, [...segments, query])) as WirePage<unknown>
      yield* page.data
      if (!page.has_more) return
      // A cursor that does not move would go round for ever.
      if (page.after === null || page.after === query['after'])
        throw new Error(`${name}: the list's cursor stands still`)
      query = { ...query, after: page.after }
    }
  }
  return { ...operations, each } as unknown as Client
}

function operationNames(): OperationName[] {
  return Object.keys(ENDPOINTS) as OperationName[]
}

const SEGMENT = /\{[^}]+\}/g

function segmentsIn(path: string): number {
  return path.match(SEGMENT)?.length ?? 0
}

type Options = CallOptions & StreamOptions

/** Arguments stand in this order: one per variable segment, the body or the query, the options. */
function requestFor(endpoint: Endpoint, args: readonly unknown[]): { request: ApiRequest; rest: Options } {
  const count = segmentsIn(endpoint.path)
  const [path = '', own = ''] = endpoint.path.split('?')
  const hasInput = endpoint.input.in !== 'nothing'
  const input = hasInput ? args[count] : undefined
  const rest = (args[count + (hasInput ? 1 : 0)] ?? {}) as Options
  const { idempotencyKey } = rest
  const request = {
    method: endpoint.method,
    path: fill(path, args.slice(0, count)),
    query: { ...(endpoint.input.in === 'query' ? flatten(input) : {}), ...fixedQuery(own) },
    body: endpoint.input.in === 'body' ? input : undefined,
    headers: idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey },
  }
  return { request, rest }
}

function fill(path: string, segments: readonly unknown[]): string {
  let next = 0
  return path.replace(SEGMENT, (name) => {
    const value = segments[next++]
    // Dots would be resolved away by URL parsers and reach another route.
    if (typeof value !== 'string' || value === '' || value === '.' || value === '..') {
      throw new TypeError(`${path}: ${name} must be an id or a slug, got ${JSON.stringify(value)}`)
    }
    return encodeURIComponent(value)
  })
}

/** Members of a parameter are parameters of their own: `metadata[customer]`. */
function flatten(query: unknown): Record<string, string> {
  const entries = Object.entries((query ?? {}) as Record<string, unknown>).flatMap(([key, value]) =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).map(([member, inner]) => [`${key}[${member}]`, inner] as const)
      : [[key, value] as const],
  )
  return Object.fromEntries(
    entries.filter(([, value]) => value !== undefined).map(([key, value]) => [key, String(value)]),
  )
}

function fixedQuery(own: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(own))
}

async function sendPatiently(
  send: Send,
  request: ApiRequest,
  options: ClientOptions,
  signal: AbortSignal | undefined,
): Promise<ApiResponse> {
  const { wait, retries = DEFAULT_RETRIES, longestWaitMs = DEFAULT_LONGEST_WAIT } = options
  for (let tries = 0; ; tries += 1) {
    signal?.throwIfAborted()
    const response = await send(request, signal)
    if (response.status >= 200 && response.status < 300) return response
    const asked = pauseAskedBy(response)
    const pause = asked ?? UNASKED_WAIT
    if (!wait || tries >= retries || pause > longestWaitMs || !mayRepeat(request, response.status)) {
      throw errorFrom(response.status, response.body, asked)
    }
    await wait(pause, signal)
  }
}

/**
 * A 429 was refused before anything was done. A 503 may come from a proxy that lost the answer, so a POST is repeated
 * only under an idempotency key.
 */
function mayRepeat(request: ApiRequest, status: number): boolean {
  if (status === 429) return true
  return status === 503 && (request.method !== 'POST' || 'idempotency-key' in request.headers)
}

function pauseAskedBy({ headers }: ApiResponse): number | null {
  return retryAfterMs(headers['retry-after'], headers['date'])
}

/** `Retry-After` in milliseconds: seconds, or a date counted from the answer's own `Date`; null when unreadable. */
function retryAfterMs(value: string | undefined, date: string | undefined): number | null {
  if (value === undefined) return null
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000
  const pause = Date.parse(value) - Date.parse(date ?? '')
  return Number.isNaN(pause) ? null : Math.max(0, pause)
}

function isPage(body: unknown): body is WirePage<unknown> {
  return typeof body === 'object' && body !== null && 'data' in body && Array.isArray(body.data) && 'has_more' in body
}

function unexpected(response: ApiResponse): ApiError {
  return errorFrom(response.status, null, null)
}
