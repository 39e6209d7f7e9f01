/**
 * A webhook receiver on loopback: records every request byte for byte and answers as the test says.
 *
 * Tests wait for requests (`next`, `waitFor`) instead of sleeping.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { AddressInfo, Socket } from 'node:net'
import { TEST_CERTIFICATE, TEST_KEY } from './tls-certificate.ts'

export interface ReceivedRequest {
  readonly method: string
  /** Path and query as sent. */
  readonly path: string
  /** Names in lower case. */
  readonly headers: IncomingMessage['headers']
  /** Name, value, name, value as they came over the wire. */
  readonly rawHeaders: readonly string[]
  readonly raw: Buffer
  readonly body: string
  /** Epoch milliseconds by the machine's clock. */
  readonly time: number
  /** The same number for requests on the same connection. */
  readonly connection: number
}

export type Answer =
  /** A status with a small body. */
  | number
  | { readonly status: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string | Buffer }
  /** No answer at all, until the receiver closes. */
  | 'hang'
  /** 200 after so many milliseconds. */
  | `slow:${number}`
  /** The connection is closed instead of an answer. */
  | 'close'
  /** Full control over the response. */
  | ((request: ReceivedRequest, response: ServerResponse) => void)

export interface ReceiverOptions {
  /** TLS with the certificate of `tls-certificate.ts`. */
  readonly tls?: boolean
  readonly port?: number
}

export interface Receiver extends AsyncDisposable {
  /** Without a trailing slash. */
  readonly origin: string
  readonly port: number
  /** `origin` and a path. */
  readonly url: string
  /** Everything received so far, oldest first. */
  readonly requests: readonly ReceivedRequest[]
  /** How to answer from now on; with `times`, only the next so many requests, before what was said before. */
  answer(answer: Answer, times?: number): void
  /** The next request nobody took yet. Rejects after `timeoutMs` (10 s). */
  next(timeoutMs?: number): Promise<ReceivedRequest>
  /** All requests, once there are `count`. Rejects after `timeoutMs` (10 s) saying how many there are. */
  waitFor(count: number, timeoutMs?: number): Promise<readonly ReceivedRequest[]>
  /** Ends every connection; resolves when they are closed. */
  dropConnections(): Promise<void>
  close(): Promise<void>
}

export async function startReceiver(options: ReceiverOptions = {}): Promise<Receiver> {
  const requests: ReceivedRequest[] = []
  const queued: Answer[] = []
  const sockets = new Map<Socket, number>()
  const watchers = new Set<() => void>()
  let standing: Answer = 200
  let taken = 0
  let connections = 0

  const server = options.tls
    ? createTlsServer({ cert: TEST_CERTIFICATE, key: TEST_KEY }, receive)
    : createServer(receive)
  server.on(options.tls ? 'secureConnection' : 'connection', (socket: Socket) => {
    sockets.set(socket, ++connections)
    socket.once('close', () => sockets.delete(socket))
  })
  const port = await listen(server, options.port ?? 0)
  const origin = `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`

  function receive(incoming: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = []
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk))
    incoming.on('end', () => {
      const request = record(incoming, Buffer.concat(chunks), sockets.get(incoming.socket) ?? 0)
      requests.push(request)
      respond(queued.shift() ?? standing, request, response)
      for (const look of watchers) look()
    })
  }

  /** Resolves as soon as `ready` gives a value; looked at now and after every request. */
  function when<T>(ready: () => T | undefined, timeoutMs: number, missing: () => string): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => settle(() => reject(new Error(missing()))), timeoutMs)
      const settle = (act: () => void): void => {
        clearTimeout(timer)
        watchers.delete(look)
        act()
      }
      const look = (): void => {
        const value = ready()
        if (value !== undefined) settle(() => resolve(value))
      }
      watchers.add(look)
      look()
    })
  }

  const receiver: Receiver = {
    origin,
    port,
    url: `${origin}/hook`,
    requests,
    answer(answer, times) {
      if (times === undefined) standing = answer
      else queued.push(...Array<Answer>(times).fill(answer))
    },
    next: (timeoutMs = 10_000) =>
      when(
        () => (taken < requests.length ? requests[taken++] : undefined),
        timeoutMs,
        () => `no request number ${taken + 1} within ${timeoutMs} ms`,
      ),
    waitFor: (count, timeoutMs = 10_000) =>
      when(
        () => (requests.length >= count ? requests : undefined),
        timeoutMs,
        () => `${requests.length} of ${count} requests within ${timeoutMs} ms`,
      ),
    async dropConnections() {
      const closed = [...sockets.keys()].map(
        (socket) => new Promise((resolve) => socket.once('close', resolve).destroy()),
      )
      await Promise.all(closed)
    },
    async close() {
      await receiver.dropConnections()
      await new Promise((resolve) => server.close(resolve))
    },
    [Symbol.asyncDispose]: () => receiver.close(),
  }
  return receiver
}

function listen(server: Server, port: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => resolve((server.address() as AddressInfo).port))
  })
}

function record(incoming: IncomingMessage, raw: Buffer, connection: number): ReceivedRequest {
  return {
    method: incoming.method ?? '',
    path: incoming.url ?? '',
    headers: incoming.headers,
    rawHeaders: incoming.rawHeaders,
    raw,
    body: raw.toString('utf8'),
    time: Date.now(),
    connection,
  }
}

function respond(answer: Answer, request: ReceivedRequest, response: ServerResponse): void {
  if (typeof answer === 'function') return answer(request, response)
  if (answer === 'hang') return
  if (answer === 'close') return void response.socket?.destroy()
  if (typeof answer === 'string') {
    const timer = setTimeout(() => respond(200, request, response), Number(answer.slice('slow:'.length)))
    response.once('close', () => clearTimeout(timer))
    return
  }
  const { status, headers = {}, body = `status ${status}` } = typeof answer === 'number' ? { status: answer } : answer
  response.writeHead(status, headers).end(status === 204 ? undefined : body)
}
