/** The API beside a name server and a webhook receiver, on the machine's own clock: what the tests of webhooks need. */
import { type ReceivedRequest, type Receiver, startReceiver } from '../../../test/harness/webhook-receiver.ts'
import type { Reply } from './api.ts'
import { startWatching, type Watching } from './watching.ts'

export interface Receiving extends Watching {
  readonly receiver: Receiver
  /** A url of the receiver that no other webhook has. */
  freshUrl(): string
  createWebhook(json: object): Promise<Reply>
  /** What came to this url, in order. */
  received(url: string, method?: string): readonly ReceivedRequest[]
}

export async function startReceiving(settings: Readonly<Record<string, string>> = {}): Promise<Receiving> {
  await using stack = new AsyncDisposableStack()
  const receiver = stack.use(await startReceiver())
  const allowed = { DNSRADAR_WEBHOOK_ALLOW: '127.0.0.1', DNSRADAR_DNS_TIMEOUT: '5s' }
  const watching = stack.use(await startWatching({ ...allowed, ...settings }))
  const held = stack.move()
  let made = 0
  return {
    ...watching,
    receiver,
    freshUrl: () => `${receiver.origin}/hook-${++made}`,
    createWebhook: (json) => watching.api.call('POST', '/webhooks', { json }),
    received: (url, method = 'POST') =>
      receiver.requests.filter((request) => request.method === method && url.endsWith(request.path)),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}
