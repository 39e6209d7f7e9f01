/** A small authoritative name server on loopback: it serves one zone over UDP and TCP until it is closed. */
import { createSocket } from 'node:dgram'
import { createServer, type Socket } from 'node:net'
import { decodeQuery, fit, type QueryTransport, respond } from './responses.ts'
import { framed, listenOnBoth, LOOPBACK, readFrames } from './sockets.ts'
import type { Zone } from './zone.ts'

export interface NameServer extends AsyncDisposable {
  /** `127.0.0.1:PORT`, as an upstream is written. */
  readonly address: string
}

/** On a free port, the same number for UDP and TCP. What is no query gets no answer. */
export async function startNameServer(zone: Zone): Promise<NameServer> {
  const connections = new Set<Socket>()
  const answer = (message: Buffer, transport: QueryTransport): Buffer | null => {
    const query = decodeQuery(message)
    if (query?.type !== 'query' || query.questions?.[0] === undefined) return null
    return fit(respond(zone, query), query, transport)
  }
  const udp = createSocket('udp4')
  udp.on('message', (message, from) => {
    const response = answer(message, 'udp')
    if (response !== null) udp.send(response, from.port, from.address)
  })
  const tcp = createServer((connection) => {
    connections.add(connection)
    connection.on('error', () => connection.destroy())
    connection.on('close', () => connections.delete(connection))
    readFrames(connection, (message) => {
      const response = answer(message, 'tcp')
      if (response !== null && connection.writable) connection.write(framed(response))
    })
  })
  const port = await listenOnBoth(tcp, udp, 0)
  return {
    address: `${LOOPBACK}:${port}`,
    async [Symbol.asyncDispose]() {
      for (const connection of connections) connection.destroy()
      await Promise.all([new Promise((done) => tcp.close(done)), new Promise<void>((done) => udp.close(done))])
    },
  }
}
