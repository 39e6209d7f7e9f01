/** `kill -9` at the worst moments: what was recorded is delivered after the next start, in order. */
import { describe, expect, test, vi } from 'vitest'
import { databasesOn, ENGINES, sqliteDatabase } from '../harness/databases.ts'
import { deliveryIn } from '../harness/delivered.ts'
import { flip } from '../harness/flip.ts'
import { spawnRadar, surround } from '../harness/radar.ts'

const SETTINGS = { DNSRADAR_RETRY_DELAYS: Array.from({ length: 100 }, () => '200ms').join(',') }

describe.each(ENGINES)('on %s', (engine) => {
  const newDatabase = databasesOn(engine)

  test('events that were not delivered when the process died are delivered once and in order after the start', async () => {
    await using around = await surround({ database: await newDatabase(), settings: SETTINGS })
    const { receiver } = around
    receiver.answer(500)
    await using first = await spawnRadar(around.settings)
    const { uuid: webhook } = await first.client.createWebhook({ url: receiver.url, timeout_seconds: 1 })
    const events = await flip({ client: first.client, dns: around.dns }, 4)
    await receiver.waitFor(1)
    await first.stop('SIGKILL')
    const before = receiver.requests.length
    receiver.answer(200)

    await using second = await spawnRadar(around.settings)
    await vi.waitFor(async () => expect(await second.client.getWebhook(webhook)).toMatchObject({ pending: 0 }), 20_000)
    const told = receiver.requests.slice(before).map((request) => deliveryIn(request).event.event_uuid)
    expect(told).toEqual(events)
    const requests = await second.client.listRequests(webhook)
    expect(requests.data.map(({ status }) => status)).toEqual(events.map(() => 'DELIVERED'))
  })

  test('a request that was under way is repeated under the same id, and only then the next one goes out', async () => {
    await using around = await surround({ database: await newDatabase(), settings: SETTINGS })
    const { receiver } = around
    receiver.answer('hang')
    await using first = await spawnRadar(around.settings)
    const { uuid: webhook } = await first.client.createWebhook({ url: receiver.url, timeout_seconds: 1 })
    const events = await flip({ client: first.client, dns: around.dns }, 2)
    const lost = await receiver.next()
    await first.stop('SIGKILL')
    receiver.answer(200)
    const before = receiver.requests.length

    await using second = await spawnRadar(around.settings)
    await vi.waitFor(async () => expect(await second.client.getWebhook(webhook)).toMatchObject({ pending: 0 }), 20_000)
    const after = receiver.requests.slice(before)
    expect(after.map((request) => deliveryIn(request).event.event_uuid)).toEqual(events)
    expect(after[0]?.headers['webhook-id']).toBe(lost.headers['webhook-id'])
    expect(after[0]?.body).toBe(lost.body)
  })
})

/** One process serves a SQLite file, so the next one knows that nobody else is looking; PostgreSQL waits for the lease to lapse. */
test('on sqlite a monitor that was being looked at is looked at again at once', async () => {
  await using around = await surround({ database: await sqliteDatabase(), settings: { DNSRADAR_DNS_TIMEOUT: '1s' } })
  around.dns.behave('*', { kind: 'silence' })
  await using first = await spawnRadar(around.settings)
  const { uuid } = await first.client.createMonitor({
    domain: 'a.example',
    record_type: 'A',
    expected_value: '192.0.2.1',
  })
  await vi.waitFor(() => expect(around.dns.count()).toBeGreaterThan(0), 10_000)
  await first.stop('SIGKILL')
  around.dns.behave('*', null)
  around.dns.set('a.example', 'A', ['192.0.2.1'])

  await using second = await spawnRadar(around.settings)
  await vi.waitFor(async () => expect(await second.client.getMonitor(uuid)).toMatchObject({ state: 'VALID' }), 20_000)
})
