/** The contract of system events: their list, and their deliveries to whoever asks for them. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { A_MONITOR, expectProblem, startApi } from './api.ts'
import { type Receiving, startReceiving } from './receiving.ts'

describe('system events', () => {
  const LIFE = ['monitor.created', 'domain.restored', 'monitor.disabled', 'monitor.enabled', 'monitor.deleted']
  let world: Receiving
  let url: string
  let webhook: string
  let monitor: string
  const list = async (query = '') => (await world.api.call('GET', `/system-events?${query}`)).body
  const types = async (query = '') => (await list(query)).data.map(({ type }: { type: string }) => type)

  beforeAll(async () => {
    world = await startReceiving()
    const { api, dns } = world
    url = world.freshUrl()
    webhook = (await world.createWebhook({ url, events: ['monitor.*', 'domain.*'] })).body.uuid
    dns.set('www.story.example', 'A', ['192.0.2.66'])
    const json = { ...A_MONITOR, domain: 'story.example', external_id: 'c-7' }
    monitor = (await world.create(json)).uuid
    await world.check(monitor)
    dns.set('www.story.example', 'A', ['192.0.2.1'])
    await world.check(monitor)
    await api.call('POST', `/monitors/${monitor}/disable`)
    await api.call('PATCH', `/monitors/${monitor}`, { json: { is_active: true } })
    await api.call('DELETE', `/monitors/${monitor}`)
    await vi.waitUntil(() => world.received(url).length === LIFE.length)
    await api.call('POST', `/webhooks/${webhook}/disable`)
    await api.call('POST', `/webhooks/${webhook}/enable`)
  })
  afterAll(() => world[Symbol.asyncDispose]())

  test('are listed from the newest', async () => {
    expect(await types()).toEqual([...LIFE, 'webhook.recovered'].toReversed())
    expect(await types('order_way=asc')).toEqual([...LIFE, 'webhook.recovered'])
  })

  test('filters', async () => {
    const soon = Math.floor(Date.now() / 1000) + 3600
    const cases: [query: string, found: number][] = [
      ['type=monitor.created', 1],
      ['type=monitor.*', 4],
      ['type=*', 6],
      ['type=resolver.*', 0],
      [`created_before=${soon}`, 6],
      [`created_after=${soon}`, 0],
      [`created_after=1&created_before=${soon}&type=domain.*&order_by=created&limit=1`, 1],
    ]
    for (const [query, found] of cases) expect([query, (await types(query)).length]).toEqual([query, found])
  })

  test.for(['type=record.*', 'type=monitor.c*d', 'type=', 'created_after=now', 'limit=0', 'monitor=x'])(
    'refused: ?%s',
    async (query) => {
      const field = { [query.split('=')[0] ?? '']: /./ }
      expectProblem(await world.api.call('GET', `/system-events?${query}`), 400, 'invalid_query', field)
    },
  )

  test('pages join without gaps or repeats', async () => {
    const first = await list('limit=4')
    const second = await list(`limit=4&after=${first.after}`)
    expect([...first.data, ...second.data].map(({ uuid }: { uuid: string }) => uuid)).toEqual(
      (await list()).data.map(({ uuid }: { uuid: string }) => uuid),
    )
    expect(await list(`limit=4&before=${second.before}`)).toMatchObject({ data: first.data, has_more: false })
    expectProblem(await world.api.call('GET', '/system-events?after=x'), 400, 'invalid_cursor')
  })

  test('say what happened, with the objects as the API shows them', async () => {
    const [created, restored, , , deleted] = (await list('order_way=asc')).data
    expect(created.data.monitor).toMatchObject({ uuid: monitor, state: 'UNSET', external_id: 'c-7', group: 'default' })
    expect(deleted.data.monitor).toMatchObject({ uuid: monitor, is_active: true, state: 'VALID' })
    expect(restored.data).toEqual({
      domain: 'story.example',
      monitors: [monitor],
      broken_since: expect.stringMatching(/Z$/),
      broken_for_seconds: expect.any(Number),
    })
    const [recovered] = (await list('type=webhook.*')).data
    expect(recovered.data).toMatchObject({
      webhook: { uuid: webhook, url, is_active: true },
      reason: 'manual',
      last_error: null,
    })
  })

  test('are delivered in order to whoever asks for them, and found again as requests', async () => {
    expect(world.received(url).map(({ body }) => JSON.parse(body).type)).toEqual(LIFE)
    expect(world.received(url).map(({ headers }) => headers['webhook-sequence'])).toEqual(['1', '2', '3', '4', '5'])
    expect(world.received(url).map(({ headers }) => headers['x-dnsradar-event'])).toEqual(LIFE)
    expect(world.received(url)[0]?.headers).toMatchObject({
      'x-dnsradar-group': 'default',
      'x-dnsradar-external-id': 'c-7',
    })
    const [event] = (await list('order_way=asc')).data
    const { data } = (await world.api.call('GET', `/webhooks/${webhook}/requests?order_way=asc`)).body
    expect(data[0]).toMatchObject({ kind: 'system', event_uuid: null, system_event_uuid: event.uuid, sequence: 1 })
    const one = (await world.api.call('GET', `/webhooks/${webhook}/requests/${data[0].uuid}`)).body
    expect(one.body).toBe(world.received(url)[0]?.body)
    expect(JSON.parse(one.body)).toEqual({
      uuid: data[0].uuid,
      webhook_uuid: webhook,
      created: data[0].created,
      type: 'monitor.created',
      data: { system_event_uuid: event.uuid, ...event.data },
    })
  })
})

test('a resolver that cannot be reached is a system event of the default organization', async () => {
  await using own = await startApi()
  await own.call('POST', '/monitors', { json: A_MONITOR })
  const outages = async () => (await own.call('GET', '/system-events?type=resolver.*')).body.data
  await vi.waitUntil(async () => (await outages()).length > 0, 10_000)
  expect(await outages()).toMatchObject([
    {
      type: 'resolver.outage',
      data: { server: expect.any(String), since: expect.stringMatching(/Z$/), failing_share: expect.any(Number) },
    },
  ])
})
