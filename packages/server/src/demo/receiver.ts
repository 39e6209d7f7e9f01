/** The demo's own receiver: verifies what it is sent, and fails while it is told to. */
import { createServer, type IncomingMessage } from 'node:http'
import { type AddressInfo } from 'node:net'
import { type DnsDelivery, verifyBodySignature, verifyWebhook } from '@dnsradar/client'

export interface Received {
  readonly delivery: DnsDelivery
  readonly kind: string
  readonly sequence: number
  /** Both signatures are of the secret, and the time is now. */
  readonly isVerified: boolean
  /** What was answered: 503 while it is down. */
  readonly status: number
}

export interface Receiver extends AsyncDisposable {
  readonly url: string
  readonly port: number
  isDown: boolean
  /** Called for each request, after its answer was decided and before it is sent. */
  onReceived: (received: Received) => void
}

export async function startReceiver(secret: string): Promise<Receiver> {
  const server = createServer((request, response) => {
    receive(request).then(
      (status) => response.writeHead(status).end(),
      () => response.writeHead(400).end(),
    )
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const receiver: Receiver = {
    url: `http://127.0.0.1:${port}/hook`,
    port,
    isDown: false,
    onReceived: () => {},
    async [Symbol.asyncDispose]() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }

  async function receive(request: IncomingMessage): Promise<number> {
    const signed = { body: await bodyOf(request), headers: request.headers }
    const standard = await verifyWebhook(signed, { secret })
    const isVerified = standard.ok && (await verifyBodySignature(signed, secret))
    const status = receiver.isDown ? 503 : isVerified ? 200 : 401
    receiver.onReceived({
      delivery: JSON.parse(signed.body) as DnsDelivery,
      kind: String(request.headers['x-dnsradar-event']),
      sequence: Number(request.headers['webhook-sequence']),
      isVerified,
      status,
    })
    return status
  }
  return receiver
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = []
  for await (const chunk of request) chunks.push(chunk as Buffer)
  return Buffer.concat(chunks).toString('utf8')
}
