/** The default transport: the platform's own `fetch`. */
import {
  type ApiRequest,
  type ApiResponse,
  type Client,
  type ClientOptions,
  createClient,
  type Send,
} from './client.ts'

export interface FetchOptions {
  /** The server's address, with a path when a proxy puts it under one: `https://radar.example.com/dns`. */
  readonly url: string
  /** The API key. Sent to this address only: a redirect is an error, not a way. */
  readonly key?: string
  readonly fetch?: typeof globalThis.fetch
  /** Deadline of one try in milliseconds; 30000 when left out. */
  readonly timeoutMs?: number
}

const DEFAULT_TIMEOUT = 30_000

/** A client that speaks to one server and tries again when it is told to wait. */
export function connect(options: FetchOptions & ClientOptions): Client {
  return createClient(fetchTransport(options), { wait, ...options })
}

export function fetchTransport(options: FetchOptions): Send {
  const base = parseBase(options.url)
  const key = options.key === undefined ? {} : { 'x-api-key': checkedKey(options.key) }
  const fetch = options.fetch ?? globalThis.fetch
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT

  return async (request, signal) => {
    const deadline = AbortSignal.timeout(timeoutMs)
    const response = await fetch(addressOf(base, request), {
      method: request.method,
      headers: {
        accept: 'application/json',
        ...request.headers,
        ...key,
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: request.body === undefined ? null : JSON.stringify(request.body),
      redirect: 'manual',
      signal: signal ? AbortSignal.any([signal, deadline]) : deadline,
    })
    if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
      await response.body?.cancel()
      throw new Error(`${base.origin} answered with a redirect, which is not followed: set the address it points to`)
    }
    return { status: response.status, headers: Object.fromEntries(response.headers), body: await bodyOf(response) }
  }
}

function parseBase(text: string): URL {
  const url = URL.canParse(text) ? new URL(text) : null
  if (url === null || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new TypeError(`The address must be a http or https URL such as http://127.0.0.1:8053, got ${shown(text)}`)
  }
  // Credentials are not shown: they may be real.
  if (url.username !== '' || url.password !== '')
    throw new TypeError('The address must not hold credentials: use `key`')
  if (url.search !== '' || url.hash !== '')
    throw new TypeError(`The address must end with its path, got ${shown(text)}`)
  return url
}

function shown(text: string): string {
  return JSON.stringify(text.slice(0, 100))
}

/** A key that no header can hold would fail inside `fetch`, whose message repeats it. */
function checkedKey(key: string): string {
  if (!/^[\x21-\x7e]+$/.test(key)) throw new TypeError('The API key must be visible ASCII characters without spaces')
  return key
}

function addressOf(base: URL, request: ApiRequest): URL {
  const url = new URL(base.href)
  url.pathname = `${base.pathname.replace(/\/+$/, '')}${request.path}`
  url.search = new URLSearchParams(request.query).toString()
  return url
}

async function bodyOf(response: Response): Promise<ApiResponse['body']> {
  const text = await response.text()
  if (text === '') return null
  if (!/\bjson\b/.test(response.headers.get('content-type') ?? '')) return text
  try {
    return JSON.parse(text)
  } catch {
    return text
  }
}

function wait(ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal?.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        reject(signal.reason instanceof Error ? signal.reason : new Error('aborted'))
      },
      { once: true },
    )
  })
}
