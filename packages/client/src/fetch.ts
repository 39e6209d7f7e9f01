/** The default transport: the platform's own `fetch`. */
import {
  type ApiRequest,
  type ApiResponse,
  type Client,
  type ClientOptions,
  createClient,
  type Send,
} from './client.ts'
import type { Open } from './stream.ts'

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
  return createClient(fetchTransport(options), { wait, open: fetchStream(options), ...options })
}

export function fetchTransport(options: FetchOptions): Send {
  const ask = createAsk(options)
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT
  return async (request, signal) => {
    const deadline = AbortSignal.timeout(timeoutMs)
    const response = await ask(request, 'application/json', signal ? AbortSignal.any([signal, deadline]) : deadline)
    return answerOf(response)
  }
}

/** A server says something every 15 s; one that is silent for this long is gone, whatever the connection says. */
const SILENCE_MS = 60_000

/** The deadline is for the answer to begin; then it may go on as long as the server is heard of. */
export function fetchStream(options: FetchOptions): Open {
  const ask = createAsk(options)
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT
  return async (request, signal) => {
    const silence = new AbortController()
    let timer = setTimeout(giveUp, timeoutMs)
    const stop = signal ? AbortSignal.any([signal, silence.signal]) : silence.signal
    try {
      const response = await ask(request, 'text/event-stream', stop)
      if (!isEventStream(response)) return { kind: 'refused', response: await answerOf(response) }
      return { kind: 'open', chunks: heard(response.body) }
    } finally {
      clearTimeout(timer)
    }

    function giveUp(): void {
      silence.abort(new Error(`nothing came from ${options.url} in time`))
    }

    async function* heard(body: Response['body']): AsyncGenerator<Uint8Array, void, undefined> {
      const listen = (): void => {
        clearTimeout(timer)
        timer = setTimeout(giveUp, SILENCE_MS)
      }
      try {
        listen()
        for await (const chunk of body ?? []) {
          listen()
          yield chunk
        }
      } finally {
        clearTimeout(timer)
      }
    }
  }
}

function isEventStream(response: Response): boolean {
  return response.ok && (response.headers.get('content-type') ?? '').startsWith('text/event-stream')
}

type Ask = (request: ApiRequest, accept: string, signal: AbortSignal) => Promise<Response>

function createAsk(options: FetchOptions): Ask {
  const base = parseBase(options.url)
  const key = options.key === undefined ? {} : { 'x-api-key': checkedKey(options.key) }
  const fetch = options.fetch ?? globalThis.fetch

  return async (request, accept, signal) => {
    const response = await fetch(addressOf(base, request), {
      method: request.method,
      headers: {
        accept,
        ...request.headers,
        ...key,
        ...(request.body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      body: request.body === undefined ? null : JSON.stringify(request.body),
      redirect: 'manual',
      signal,
    })
    if (response.type === 'opaqueredirect' || (response.status >= 300 && response.status < 400)) {
      await response.body?.cancel()
      throw new Error(`${base.origin} answered with a redirect, which is not followed: set the address it points to`)
    }
    return response
  }
}

async function answerOf(response: Response): Promise<ApiResponse> {
  return { status: response.status, headers: Object.fromEntries(response.headers), body: await bodyOf(response) }
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
