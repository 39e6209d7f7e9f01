/**
 * One attempt to hand a request to a receiver: guarded, bounded in time and in memory, never repeated.
 *
 * A request that fails on a kept-alive connection is not tried again on a fresh one, although HTTP clients often do:
 * the receiver may have acted on it, and an attempt in the history stands for at most one request on the wire.
 */
import { type Dispatcher, ProxyAgent } from 'undici'
import type { Outcome, Phases } from '../delivery/delivery.ts'
import type { HttpRequest } from '../delivery/request.ts'
import type { Sender } from '../ports/send.ts'
import { RadarError } from '../errors.ts'
import type { AllowList } from './allow-list.ts'
import { dial, type Trace, untilAborted } from './connect.ts'
import { createConnections } from './connections.ts'
import { startDeadline } from './deadline.ts'
import { AttemptFailure, describeFailure } from './failure.ts'
import { checkTarget, type ListenAddress, type TargetRules } from './guard.ts'
import { type Lookup, systemLookup } from './lookup.ts'
import { readBody, retryAfterMs } from './response.ts'

export interface SenderOptions {
  readonly allow: AllowList
  /** Where our own API listens, once it does: never a target. */
  readonly ownListen: () => ListenAddress | null
  /** Whether outcomes carry what the receiver answered. */
  readonly keepResponses: boolean
  /** The system's resolver by default. */
  readonly resolve?: Lookup
  /** Every request goes through this proxy, which then is the one to check the addresses behind names. */
  readonly proxyUrl?: string
}

/** What is known of an attempt while it runs. */
interface Progress extends Trace {
  readonly started: number
  firstByte: number | null
  statusCode: number | null
}

interface Answer {
  readonly response: Dispatcher.ResponseData
  /** Called once the body is done with; `reusable` when it was read to its end. */
  readonly release: (reusable: boolean) => void
}

type Dispatch = (url: URL, request: HttpRequest, progress: Progress, signal: AbortSignal) => Promise<Answer>

export function createSender(options: SenderOptions): Sender {
  const rules = (): TargetRules => ({ allow: options.allow, ownListen: options.ownListen() })
  const route =
    options.proxyUrl === undefined ? direct(rules, options.resolve ?? systemLookup) : viaProxy(options.proxyUrl)

  return {
    async send(request, signal) {
      const progress = begin()
      const deadline = startDeadline(request.timeoutMs, () => stageOf(request, progress), signal)
      try {
        const url = targetOf(request.url, rules())
        const { response, release } = await route.dispatch(url, request, progress, deadline.signal)
        progress.statusCode = response.statusCode
        const body = await readResponse(response, release, deadline.signal)
        return judge(response, options.keepResponses ? body : null, progress)
      } catch (error) {
        return failed(deadline.signal.aborted ? deadline.signal.reason : error, progress)
      } finally {
        deadline.clear()
      }
    },
    [Symbol.asyncDispose]: () => route.close(),
  }
}

function begin(): Progress {
  return {
    started: performance.now(),
    firstByte: null,
    statusCode: null,
    ip: null,
    dns: null,
    connect: null,
    tls: null,
  }
}

function stageOf({ url }: HttpRequest, { statusCode, ip, connect, tls }: Progress): string {
  if (statusCode !== null) return `while the body of status ${statusCode} was read`
  if (ip === null) return `connecting to ${URL.canParse(url) ? new URL(url).host : 'the url'}`
  return connect !== null && tls === null && url.startsWith('https:')
    ? 'in the TLS handshake'
    : 'waiting for the response'
}

function targetOf(text: string, rules: TargetRules): URL {
  try {
    return checkTarget(text, rules)
  } catch (error) {
    if (error instanceof RadarError) throw new AttemptFailure('blocked_target', error.message)
    throw error
  }
}

interface Route {
  readonly dispatch: Dispatch
  close(): Promise<void>
}

function direct(rules: () => TargetRules, resolve: Lookup): Route {
  const connections = createConnections((origin, trace, signal) =>
    dial({ url: new URL(origin), rules: rules(), resolve, trace, signal }),
  )
  return {
    async dispatch(url, request, progress, signal) {
      const connection = await connections.take(url.origin)
      progress.ip = connection.ip
      connection.serving = { trace: progress, signal }
      const release = (reusable: boolean): void => connections.giveBack(connection, reusable)
      try {
        const response = await untilAborted(requestOn(connection.client, url, request, progress, signal), signal)
        return { response, release }
      } catch (error) {
        release(false)
        throw error
      }
    },
    close: async () => connections[Symbol.asyncDispose](),
  }
}

function viaProxy(proxyUrl: string): Route {
  const agent = new ProxyAgent({ uri: proxyUrl, allowH2: false, headersTimeout: 0, bodyTimeout: 0 })
  return {
    async dispatch(url, request, progress, signal) {
      const response = await untilAborted(requestOn(agent, url, request, progress, signal), signal)
      return { response, release: () => {} }
    },
    close: () => agent.destroy(),
  }
}

async function requestOn(
  dispatcher: Dispatcher,
  url: URL,
  request: HttpRequest,
  progress: Progress,
  signal: AbortSignal,
): Promise<Dispatcher.ResponseData> {
  const response = await dispatcher.request({
    origin: url.origin,
    path: url.pathname + url.search,
    method: request.method,
    headers: request.headers.flat(),
    body: request.body,
    signal,
  })
  const spent = (progress.dns ?? 0) + (progress.connect ?? 0) + (progress.tls ?? 0)
  progress.firstByte = performance.now() - progress.started - spent
  // An attempt that ends right here leaves the body unread; its error then has nobody else to hear it.
  response.body.on('error', () => {})
  return response
}

async function readResponse(
  { body }: Dispatcher.ResponseData,
  release: (reusable: boolean) => void,
  signal: AbortSignal,
): Promise<string> {
  let complete = false
  try {
    const read = await untilAborted(readBody(body), signal)
    complete = read.complete
    return read.text
  } finally {
    release(complete)
  }
}

/** 2xx is success and nothing else is; a null body is one that is not kept. */
function judge(response: Dispatcher.ResponseData, body: string | null, progress: Progress): Outcome {
  const { statusCode } = response
  const seen = { statusCode, ip: progress.ip, ...measured(progress) }
  if (statusCode >= 200 && statusCode <= 299) return { kind: 'accepted', responseBody: body ?? '', ...seen }
  const redirect = statusCode >= 300 && statusCode <= 399 ? ' (redirects are not followed: use the final url)' : ''
  return {
    kind: 'failed',
    errorClass: 'http_status',
    errorMessage: `HTTP ${statusCode}${redirect}`,
    responseBody: body,
    retryAfterMs: retryAfterMs(statusCode, response.headers['retry-after'], Date.now()),
    ...seen,
  }
}

function failed(error: unknown, progress: Progress): Outcome {
  return {
    kind: 'failed',
    ...describeFailure(error),
    statusCode: progress.statusCode,
    responseBody: null,
    retryAfterMs: null,
    ip: progress.ip,
    ...measured(progress),
  }
}

function measured(progress: Progress): { readonly phases: Phases; readonly durationMs: number } {
  const whole = (ms: number | null): number | null => (ms === null ? null : Math.round(ms))
  return {
    phases: {
      dns: whole(progress.dns),
      connect: whole(progress.connect),
      tls: whole(progress.tls),
      firstByte: whole(progress.firstByte),
    },
    durationMs: Math.round(performance.now() - progress.started),
  }
}
