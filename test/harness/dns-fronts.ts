/**
 * The harness's name server behind TLS (RFC 7858) and HTTPS (RFC 8484), with the certificate of `tls-certificate.ts`.
 */
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createServer as createHttps } from 'node:https'
import { connect, type Server, type Socket } from 'node:net'
import { createServer as createTls } from 'node:tls'
import type { DnsServer } from './dns-server.ts'
import { TEST_CERTIFICATE, TEST_KEY } from './tls-certificate.ts'

export interface DnsFront extends AsyncDisposable {
  readonly port: number
  /** Connections accepted so far. */
  readonly accepted: number
}

const IDENTITY = { key: TEST_KEY, cert: TEST_CERTIFICATE }

/** DNS over TLS: every connection is passed on to the name server's TCP port. */
export function startTlsFront(server: DnsServer): Promise<DnsFront> {
  const front = createTls({ ...IDENTITY, ALPNProtocols: ['dot'] }, (client) => {
    const inner = connect(server.port, '127.0.0.1')
    for (const [from, to] of [
      [client, inner],
      [inner, client],
    ] as const) {
      from.on('error', () => to.destroy())
      from.on('close', () => to.destroy())
      from.pipe(to)
    }
  })
  return listen(front, 'secureConnection')
}

export type Respond = (request: IncomingMessage, response: ServerResponse, answer: Buffer) => void

const asRfc8484: Respond = (_request, response, answer) => {
  response.writeHead(200, { 'content-type': 'application/dns-message' }).end(answer)
}

/** DNS over HTTPS by POST; `respond` may answer in a way of its own. */
export function startHttpsFront(server: DnsServer, respond: Respond = asRfc8484): Promise<DnsFront> {
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of request) chunks.push(chunk as Buffer)
    respond(request, response, await askOverTcp(server, Buffer.concat(chunks)))
  }
  const front = createHttps(IDENTITY, (request, response) => {
    answer(request, response).catch(() => response.destroy())
  })
  return listen(front, 'secureConnection')
}

async function askOverTcp(server: DnsServer, query: Buffer): Promise<Buffer> {
  const socket = connect(server.port, '127.0.0.1')
  const length = Buffer.from([query.length >> 8, query.length & 0xff])
  socket.write(Buffer.concat([length, query]))
  let answer = Buffer.alloc(0)
  for await (const chunk of socket) {
    answer = Buffer.concat([answer, chunk])
    if (answer.length >= 2 && answer.length >= 2 + answer.readUInt16BE()) break
  }
  return answer.subarray(2)
}

async function listen(front: Server, acceptedBy: string): Promise<DnsFront> {
  const sockets = new Set<Socket>()
  let accepted = 0
  front.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.on('close', () => sockets.delete(socket))
  })
  front.on(acceptedBy, () => {
    accepted += 1
  })
  front.on('tlsClientError', () => {})
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  const address = front.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    get accepted() {
      return accepted
    },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy()
      await new Promise((done) => front.close(done))
    },
  }
}
