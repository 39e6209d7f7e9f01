/** What happened, whom it is told, and how that went. */
import { describe, expect, test, vi } from 'vitest'
import { actionBench, by, byId } from './action-bench.ts'

const bench = actionBench()
const { act, one } = bench

describe('events', () => {
  test('are listed by filters and times, and read one by one', async () => {
    const { uuid, domain } = await bench.aMonitor()
    bench.radar.dns.set(domain, 'A', ['192.0.2.2'])
    await bench.radar.client.checkMonitor(uuid)
    const filters = { monitor: uuid, new_state: 'MISMATCH', old_state: 'VALID', record_type: 'A' }
    const event = await one('event', 'getAll', { filters, oldestFirst: true })
    expect(event).toMatchObject({ kind: 'record.broken', name: domain, current_value: ['192.0.2.2'] })
    const eventId = event['uuid'] as string
    expect(await one('event', 'get', { eventId })).toEqual(event)
    expect(await one('event', 'get', { eventId, simplify: false })).toHaveProperty('confirmed')
    const yesterday = '={{ $now.minus({ days: 1 }) }}'
    expect(await act('event', 'getAll', { filters: { ...filters, occurred_after: yesterday } })).toHaveLength(1)
    expect(await act('event', 'getAll', { filters: { ...filters, occurred_before: yesterday } })).toHaveLength(0)
  })
})

describe('a webhook', () => {
  test('is created, read, updated, disabled, enabled, tested and deleted', async () => {
    const url = `${bench.radar.receiver.origin}/made-here`
    const additionalFields = {
      events: 'record.broken\nrecord.restored',
      headers: { values: [{ key: 'X-Team', value: 'dns' }] },
    }
    const made = await one('webhook', 'create', { url, additionalFields })
    expect(made).toMatchObject({
      url,
      events: ['record.broken', 'record.restored'],
      signing_secret: expect.any(String),
    })
    const webhook = byId(made['uuid'])
    expect(await one('webhook', 'get', { webhook: by('url', url) })).toMatchObject({
      uuid: made['uuid'],
    })
    expect(
      await one('webhook', 'update', { webhook, updateFields: { groups: 'eu', timeout: 9 }, simplify: false }),
    ).toMatchObject({
      groups: ['eu'],
      timeout_seconds: 9,
    })
    expect(await one('webhook', 'update', { webhook, updateFields: { groups: 'us' } })).toMatchObject({
      groups: ['us'],
    })
    expect(await one('webhook', 'disable', { webhook })).toMatchObject({ is_active: false })
    expect(await one('webhook', 'enable', { webhook })).toMatchObject({ is_active: true })
    expect(await one('webhook', 'test', { webhook })).toMatchObject({ kind: 'test' })
    expect(await act('webhook', 'getAll', { filters: { url } })).toHaveLength(1)
    expect(await one('webhook', 'delete', { webhook })).toEqual({ deleted: true })
  })

  test('sends what a chat understands when that format is chosen', async () => {
    const additionalFields = {
      format: 'slack',
      allGroups: false,
      groups: 'chat',
      recordTypes: ['A'],
      states: ['MISMATCH'],
    }
    const url = `${bench.radar.receiver.origin}/chat`
    const webhook = byId((await one('webhook', 'create', { url, additionalFields }))['uuid'])
    expect(await one('webhook', 'get', { webhook, simplify: false })).toMatchObject({
      format: 'slack',
      groups: ['chat'],
      record_types: ['A'],
      states: ['MISMATCH'],
    })
  })

  test('shows its requests, and sends one again', async () => {
    const made = await bench.aWebhook()
    const { uuid, domain } = await bench.aMonitor()
    bench.radar.dns.set(domain, 'A', ['192.0.2.2'])
    await bench.radar.client.checkMonitor(uuid)
    const webhook = byId(made.uuid)
    await vi.waitFor(async () =>
      expect(
        await act('webhookRequest', 'getAll', { webhook, filters: { status: 'DELIVERED', status_code: '2xx' } }),
      ).toHaveLength(1),
    )
    const tomorrow = '={{ $now.plus({ days: 1 }) }}'
    const filters = { created_before: tomorrow, delivered_after: tomorrow }
    expect(await act('webhookRequest', 'getAll', { webhook, oldestFirst: true, filters })).toEqual([])
    const requestId = (await one('webhookRequest', 'getAll', { webhook }))['uuid'] as string
    expect(await one('webhookRequest', 'retry', { webhook, requestId })).toMatchObject({ kind: 'resend' })
  })
})

bench.describeOutput([
  'event/get',
  'event/getAll',
  'webhook/create',
  'webhook/delete',
  'webhook/disable',
  'webhook/enable',
  'webhook/get',
  'webhook/getAll',
  'webhook/test',
  'webhook/update',
  'webhookRequest/getAll',
  'webhookRequest/retry',
])
