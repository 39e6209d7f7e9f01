/** A port on which nobody listens: for a program that wants to know it beforehand, or for what is to be refused. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'

/** On loopback, over TCP. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  server.close()
  await once(server, 'close')
  return port
}
