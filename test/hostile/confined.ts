/**
 * The surroundings of a server that is told to talk to anybody: nothing of it leaves the machine.
 *
 * Names are asked of the harness's name server, mails go to its mail server, and every webhook goes through a proxy on
 * loopback that leads all of them to one receiver, whatever host they name. So a literal address is never dialled.
 */
import { createServer, type Server } from 'node:http'
import { type AddressInfo, connect, type Socket } from 'node:net'
import { startMailServer } from '../harness/mail-server.ts'
import { type Surroundings, surround } from '../harness/radar.ts'

export async function confine(settings: Readonly<Record<string, string>> = {}): Promise<Surroundings> {
  await using stack = new AsyncDisposableStack()
  const mail = stack.use(await startMailServer())
  const proxy = createServer()
  const sockets = new Set<Socket>()
  stack.defer(() => closed(proxy, sockets))
  const port = await listening(proxy)
  const surroundings = stack.use(
    await surround({
      settings: {
        DNSRADAR_WEBHOOK_PROXY: `http://127.0.0.1:${port}`,
        DNSRADAR_SMTP_URL: mail.url,
        DNSRADAR_MAIL_FROM: 'radar@example.com',
        // So that what is said in forwarded headers counts.
        DNSRADAR_TRUST_PROXY: '127.0.0.1',
        DNSRADAR_DNS_TIMEOUT: '500ms',
        DNSRADAR_RETRY_DELAYS: '1s,1s',
        ...settings,
      },
    }),
  )
  leadAllTo(surroundings.receiver.port, proxy, sockets)
  surroundings.dns.set('hostile.example', 'A', ['192.0.2.66'], 1)
  surroundings.dns.set('example.com', 'TXT', [['v=spf1 -all'], ['\0\x1b[2J<script>']], 1)
  surroundings.dns.behave('www.example.com', { kind: 'garbage' })
  const held = stack.move()
  return { ...surroundings, [Symbol.asyncDispose]: () => held.disposeAsync() }
}

function leadAllTo(port: number, proxy: Server, sockets: Set<Socket>): void {
  proxy.on('connect', (_request, near: Socket) => {
    const far = connect(port, '127.0.0.1')
    for (const socket of [near, far]) {
      sockets.add(socket)
      socket.once('close', () => sockets.delete(socket))
    }
    near.on('error', () => far.destroy()).on('close', () => far.destroy())
    far.on('error', () => near.destroy()).on('close', () => near.destroy())
    near.write('HTTP/1.1 200 Connection established\r\n\r\n')
    near.pipe(far).pipe(near)
  })
}

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return (server.address() as AddressInfo).port
}

async function closed(server: Server, sockets: ReadonlySet<Socket>): Promise<void> {
  for (const socket of sockets) socket.destroy()
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
}
