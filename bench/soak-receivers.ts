/** Receivers of a soak, by their path: each behaves badly in its own way, for as long as the soak lasts. */
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface Receivers extends AsyncDisposable {
  /** One url for each way. */
  readonly urls: readonly string[]
}

/** `turn` counts the requests of that path. */
type Manner = (response: ServerResponse, turn: number) => void

const MANNERS: Readonly<Record<string, Manner>> = {
  refuses: (response) => void response.writeHead(500).end('no'),
  'works-now-and-then': (response, turn) => void response.writeHead(turn % 3 === 0 ? 200 : 503).end(),
  redirects: (response) => void response.writeHead(302, { Location: 'http://192.0.2.1/' }).end(),
  'asks-for-patience': (response) => void response.writeHead(429, { 'Retry-After': '3' }).end(),
  hangs: () => undefined,
  'hangs-up': (response) => void response.destroy(),
  'is-slow': (response) => void setTimeout(() => response.writeHead(204).end(), 700),
  'never-ends': trickle,
  'talks-too-much': (response) => void response.writeHead(200).end('x'.repeat(1_000_000)),
}

export async function startReceivers(): Promise<Receivers> {
  const turns = new Map<string, number>()
  const server = createServer((request, response) => {
    const path = (request.url ?? '/').slice(1)
    const turn = turns.get(path) ?? 0
    turns.set(path, turn + 1)
    request.resume().on('end', () => MANNERS[path]?.(response, turn))
    // Whoever hangs up on us is the server under test.
    response.on('error', () => response.destroy())
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return {
    urls: Object.keys(MANNERS).map((path) => `http://127.0.0.1:${port}/${path}`),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** A body of a few octets a second, without an end. */
function trickle(response: ServerResponse): void {
  response.writeHead(200)
  const timer = setInterval(() => response.write('.'), 200)
  response.on('close', () => clearInterval(timer))
}
