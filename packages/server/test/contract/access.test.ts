/** Keys, limits and plans: who may ask, how often, and for how much. */
import { describe, expect, test, vi } from 'vitest'
import { createTestClock } from '../../../../test/harness/clock.ts'
import { sqliteDatabase } from '../../../../test/harness/databases.ts'
import { flip } from '../../../../test/harness/flip.ts'
import { type Radar, startRadar } from '../../../../test/harness/radar.ts'
import { expectProblem, READER, startApi } from '../api.ts'

const MONITOR = { domain: 'piedpiper.com', record_type: 'A', expected_value: '1.2.3.4', is_active: false }
/** The server's own limit, which the other tests switch off. */
const LIMITED = { DNSRADAR_RATE_LIMIT: '' }
const PAID = [
  { plan: 'starter', most: 100 },
  { plan: 'professional', most: 1000 },
  { plan: 'business', most: 2500 },
  { plan: 'scale', most: 10_000 },
]

describe('a key', () => {
  test('travels in X-API-Key', async () => {
    await using api = await startApi()
    for (const name of ['X-API-Key', 'x-api-key', 'X-Api-Key']) {
      expect((await api.call('GET', '/monitors', { key: null, headers: { [name]: READER } })).status).toBe(200)
    }
  })

  test('that is missing or wrong is answered with 401 and a JSON error', async () => {
    await using api = await startApi()
    expectProblem(await api.call('GET', '/monitors', { key: null }), 401, 'no_key')
    expectProblem(await api.call('GET', '/monitors', { key: 'sk_random' }), 401, 'unknown_key')
    const test = '/webhooks/wh_01h455vb4pex5vsknk084sn02q/test'
    expectProblem(await api.call('POST', test, { key: 'sk_random' }), 401, 'unknown_key')
  })
})

describe('within a minute', () => {
  test('250 monitors can be created and not one more, alone or in a batch', async () => {
    await using api = await startApi(LIMITED, { clock: createTestClock() })
    const create = (path: string, json: object) => api.call('POST', path, { json })
    for (let count = 0; count < 125; count += 1) {
      expect((await create('/monitors', MONITOR)).status).toBe(201)
      expect((await create('/monitors/bulk', { monitors: [MONITOR] })).status).toBe(201)
    }
    const refused = [await create('/monitors', MONITOR), await create('/monitors/bulk', { monitors: [MONITOR] })]
    for (const reply of refused) {
      expectProblem(reply, 429, 'rate_limited')
      expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0)
    }
    expect((await api.call('GET', '/monitors?limit=1')).status).toBe(200)
  })

  test('a batch counts once, however many monitors it has', async () => {
    await using api = await startApi(LIMITED, { clock: createTestClock() })
    const monitors = Array.from({ length: 1000 }, () => MONITOR)
    const { headers } = await api.call('POST', '/monitors/bulk', { json: { monitors } })
    expect([headers.get('x-ratelimit-limit'), headers.get('x-ratelimit-remaining')]).toEqual(['250', '249'])
  })
})

describe.for(PAID)('the plan $plan', ({ plan, most }) => {
  test('has its number of monitors and not one more', async () => {
    await using api = await startApi({ DNSRADAR_PLAN: plan })
    for (let made = 0; made < most; made += 1000) {
      const monitors = Array.from({ length: Math.min(1000, most - made) }, () => MONITOR)
      expect((await api.call('POST', '/monitors/bulk', { json: { monitors } })).status).toBe(201)
    }
    expectProblem(await api.call('POST', '/monitors', { json: MONITOR }), 402, 'plan_monitors')
    expect((await api.call('GET', '/me')).body).toMatchObject({ limits: { monitors: most }, usage: { monitors: most } })
  })

  test('has a look every 5 minutes', async () => {
    await using api = await startApi({ DNSRADAR_PLAN: plan })
    const { status, body } = await api.call('POST', '/monitors', { json: { ...MONITOR, frequency: 5 } })
    expect([status, body.frequency]).toEqual([201, 5])
  })
})

test('the free plan has no look more often than once an hour, by whatever way it is asked for', async () => {
  await using api = await startApi({ DNSRADAR_PLAN: 'free' })
  const asks = (frequency: number) => [
    () => api.call('POST', '/monitors', { json: { ...MONITOR, frequency } }),
    () => api.call('POST', '/monitors/bulk', { json: { monitors: [{ ...MONITOR, frequency }] } }),
    () => api.call('POST', '/monitors/bulk', { json: { monitors: [MONITOR], frequency } }),
    () => api.call('PATCH', '/groups/default/monitors', { json: { frequency } }),
  ]
  for (const ask of asks(5)) expectProblem(await ask(), 402, 'plan_frequency')
  for (const ask of asks(60)) expect((await ask()).status).toBeLessThan(300)
})

describe('logs', () => {
  const START = Date.UTC(2030, 0, 1)
  const DAY = 86_400_000

  test.for([{ plan: 'free', days: 7 }, ...PAID.map(({ plan }) => ({ plan, days: 90 }))])(
    'of the plan $plan hold events and requests of the last $days days',
    async ({ plan, days }) => {
      await using database = await sqliteDatabase()
      const at = (ms: number) => {
        const borrowed = { settings: database.settings, [Symbol.asyncDispose]: async () => {} }
        const settings = { DNSRADAR_PLAN: plan, DNSRADAR_CONFIRM: '0' }
        return startRadar({ database: borrowed, settings, overrides: { clock: createTestClock(ms) } })
      }
      const happens = async (ms: number) => {
        await using radar = await at(ms)
        return await oneEvent(radar)
      }
      const old = await happens(START)
      const young = await happens(START + 2 * DAY)
      await using radar = await at(START + (days + 1) * DAY)
      await vi.waitFor(async () => expect(await logged(radar, old.webhook)).toEqual([[young.event], []]), 10_000)
      expect((await logged(radar, young.webhook))[1]).toEqual([young.event])
    },
  )

  /** An event of a monitor that is not looked at again, and a webhook that was told of it. */
  async function oneEvent(radar: Radar): Promise<{ webhook: string; event: string }> {
    const { client, receiver } = radar
    const { uuid: webhook } = await client.createWebhook({ url: receiver.url })
    const [event = ''] = await flip(radar, 1)
    await vi.waitFor(
      async () => expect((await client.listRequests(webhook)).data).toMatchObject([{ status: 'DELIVERED' }]),
      10_000,
    )
    await client.disableWebhook(webhook)
    await client.updateGroupMonitors('default', { is_active: false })
    return { webhook, event }
  }

  /** The account's events, and the events that the webhook's requests tell of. */
  async function logged({ client }: Radar, webhook: string): Promise<[unknown[], unknown[]]> {
    const [events, requests] = [await client.listEvents(), await client.listRequests(webhook)]
    return [events.data.map(({ uuid }) => uuid), requests.data.map(({ event_uuid }) => event_uuid)]
  }
})
