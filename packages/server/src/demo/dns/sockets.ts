/** Sockets of a small name server on loopback: datagrams, and connections with framed messages (RFC 1035 section 4.2.2). */
import type { Socket as UdpSocket } from 'node:dgram'
import { once } from 'node:events'
import type { Server as TcpServer, Socket } from 'node:net'

export const LOOPBACK = '127.0.0.1'

export function framed(message: Buffer): Buffer {
  const frame = Buffer.alloc(2 + message.length)
  frame.writeUInt16BE(message.length)
  message.copy(frame, 2)
  return frame
}

export function readFrames(connection: Socket, onMessage: (message: Buffer) => void): void {
  let rest = Buffer.alloc(0)
  connection.on('data', (chunk) => {
    rest = Buffer.concat([rest, chunk])
    while (rest.length >= 2 && rest.length >= 2 + rest.readUInt16BE()) {
      const end = 2 + rest.readUInt16BE()
      onMessage(rest.subarray(2, end))
      rest = rest.subarray(end)
    }
  })
}

/** A free TCP port may be taken for UDP: then another one is tried. */
export async function listenOnBoth(tcp: TcpServer, udp: UdpSocket, port: number): Promise<number> {
  for (let triesLeft = 10; ; triesLeft -= 1) {
    tcp.listen(port, LOOPBACK)
    await once(tcp, 'listening')
    const address = tcp.address()
    const chosen = typeof address === 'object' && address !== null ? address.port : port
    try {
      udp.bind(chosen, LOOPBACK)
      await once(udp, 'listening')
      return chosen
    } catch (error) {
      await new Promise((done) => tcp.close(done))
      if (port !== 0 || triesLeft === 0) throw error
    }
  }
}
