/**
 * A monitored record, the API, and a webhook receiver, on a clock that stands still until the test moves it: times on
 * the wire are exact, and nothing happens that the test did not cause.
 */
import type { WireEvent, WireMonitor, WirePage, WireRequest, WireWebhook } from '@dnsradar/client'
import { expect, vi } from 'vitest'
import { createTestClock, type TestClock } from '../../../test/harness/clock.ts'
import { type Receiver, startReceiver } from '../../../test/harness/webhook-receiver.ts'
import { PATIENCE, SECOND, START } from './times.ts'
import { startWatching, type Watching } from './watching.ts'

export const EXPECTED = '192.0.2.1'
const OTHER = '192.0.2.66'
const SERVFAIL = 2

export type JudgedState = 'VALID' | 'MISMATCH' | 'NOT_FOUND' | 'TIMEOUT' | 'INVALID'

export interface Delivering extends Watching {
  readonly receiver: Receiver
  readonly clock: TestClock
  /** The body of a success. */
  get<T>(path: string): Promise<T>
  /** A monitor of `NAME.example.com` that has been seen to be VALID. */
  valid(name: string, change?: object): Promise<WireMonitor>
  /** Makes the record what the state says and looks at it, one second later. */
  become(monitor: Pick<WireMonitor, 'uuid' | 'subdomain'>, state: JudgedState): Promise<void>
  /** The record without a look. */
  zone(monitor: Pick<WireMonitor, 'subdomain'>, state: JudgedState): void
  webhook(change?: object): Promise<WireWebhook>
  readWebhook(uuid: string): Promise<WireWebhook>
  /** Newest first. */
  events(monitor: string): Promise<readonly WireEvent[]>
  requests(webhook: string, query?: string): Promise<readonly WireRequest[]>
  /** Waits until nothing is left to deliver. */
  delivered(webhook: string): Promise<void>
  /** Waits until the webhook's oldest unfinished request has had so many tries and waits for the next. */
  failing(webhook: string, tries: number): Promise<void>
}

export async function startDelivering(settings: Readonly<Record<string, string>> = {}): Promise<Delivering> {
  await using stack = new AsyncDisposableStack()
  const clock = createTestClock(START)
  const receiver = stack.use(await startReceiver())
  const resolvers = { DNSRADAR_WEBHOOK_ALLOW: '127.0.0.1', DNSRADAR_DNS_TIMEOUT: '1s' }
  const watching = stack.use(await startWatching({ ...resolvers, ...settings }, { clock, random: () => 0 }))
  const held = stack.move()
  const { api, dns, create, check } = watching

  async function get<T>(path: string): Promise<T> {
    const reply = await api.call('GET', path)
    expect({ status: reply.status, says: reply.body.detail }).toMatchObject({ status: 200 })
    return reply.body
  }
  const list = async <T>(path: string) => (await get<WirePage<T>>(path)).data

  function zone({ subdomain }: Pick<WireMonitor, 'subdomain'>, state: JudgedState): void {
    const name = `${subdomain}.example.com`
    dns.behave(name, null)
    switch (state) {
      // Without a lifetime, so that every look is a question that the name server can count.
      case 'VALID':
        return dns.set(name, 'A', [EXPECTED], 0)
      case 'MISMATCH':
        return dns.set(name, 'A', [OTHER], 0)
      case 'NOT_FOUND':
        return dns.remove(name)
      case 'TIMEOUT':
        return dns.behave(name, { kind: 'silence' })
      case 'INVALID':
        return dns.behave(name, { kind: 'rcode', rcode: SERVFAIL })
    }
  }

  const delivering: Delivering = {
    ...watching,
    receiver,
    clock,
    get,
    zone,
    async valid(name, change = {}) {
      zone({ subdomain: name }, 'VALID')
      const json = { domain: 'example.com', subdomain: name, record_type: 'A', expected_value: EXPECTED }
      const { uuid } = await create({ ...json, ...change })
      const { check: _, ...monitor } = await check(uuid)
      expect(monitor.state).toBe('VALID')
      return monitor
    },
    async become(monitor, state) {
      zone(monitor, state)
      await clock.advance(SECOND)
      expect((await check(monitor.uuid)).state).toBe(state)
    },
    async webhook(change = {}) {
      const reply = await api.call('POST', '/webhooks', { json: { url: receiver.url, method: 'POST', ...change } })
      expect({ status: reply.status, says: reply.body.detail }).toMatchObject({ status: 201 })
      return reply.body
    },
    readWebhook: (uuid) => get(`/webhooks/${uuid}`),
    events: (monitor) => list(`/monitors/${monitor}/events?limit=100`),
    requests: (webhook, query = 'limit=100') => list(`/webhooks/${webhook}/requests?${query}`),
    async delivered(webhook) {
      await vi.waitFor(
        async () => expect(await delivering.readWebhook(webhook)).toMatchObject({ pending: 0 }),
        PATIENCE,
      )
    },
    async failing(webhook, tries) {
      const head = async () => (await delivering.requests(webhook)).findLast(({ status }) => status === 'RETRYING')
      await vi.waitFor(async () => expect(await head()).toMatchObject({ retries: tries - 1 }), PATIENCE)
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
  return delivering
}
