/** A Zap's trigger from the moment it is switched on until long after it is switched off. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Radar, startRadar } from '../../../test/harness/radar.ts'
import {
  expectSameShape,
  type Fields,
  type Item,
  nextFor,
  sampleOf,
  type Zap,
  type Zapier,
  zapierOn,
} from './zapier.ts'

let radar: Radar
let zapier: Zapier
beforeAll(async () => {
  radar = await startRadar({ settings: { DNSRADAR_CONFIRM: '0' } })
  zapier = zapierOn(radar)
})
afterAll(() => radar[Symbol.asyncDispose]())

const GOOD = ['192.0.2.1']
const BAD = ['192.0.2.66']
let names = 0

/** A monitor of its own domain that is VALID. */
async function watched(group = 'default') {
  const domain = `zap${++names}.example.com`
  radar.dns.set(domain, 'A', GOOD)
  const metadata = { customer: 'Zürich ☂' }
  const input = { domain, record_type: 'A', expected_value: GOOD, group, metadata } as const
  const { uuid } = await radar.client.createMonitor(input)
  await radar.client.checkMonitor(uuid)
  const turn = async (values: readonly string[]): Promise<void> => {
    radar.dns.set(domain, 'A', [...values])
    await radar.client.checkMonitor(uuid)
  }
  return { domain, uuid, group, breaks: () => turn(BAD), recovers: () => turn(GOOD) }
}

function aPath(): string {
  return `/zap/${++names}`
}

interface Story {
  readonly trigger: string
  readonly fields?: Fields
  /** Makes it happen, and says what the item must hold. */
  readonly happens: () => Promise<Item>
}

const STORIES: readonly Story[] = [
  {
    trigger: 'dns_change',
    happens: async () => {
      const { domain, uuid, breaks } = await watched()
      await breaks()
      return {
        hostname: domain,
        kind: 'record.broken',
        is_broken: true,
        current_text: '192.0.2.66',
        missing_text: '192.0.2.1',
        metadata: { customer: 'Zürich ☂' },
        event: expect.objectContaining({ domain, monitor_uuid: uuid, new_state: 'MISMATCH', expected_value: GOOD }),
      }
    },
  },
  {
    trigger: 'record_broken',
    fields: { states: ['MISMATCH', 'NOT_FOUND'], record_types: ['A', 'AAAA'] },
    happens: async () => {
      const { domain, breaks } = await watched()
      await breaks()
      return { hostname: domain, is_broken: true, broken_for_seconds: 0, reason: expect.stringContaining('192.0.2.1') }
    },
  },
  {
    trigger: 'record_restored',
    happens: async () => {
      const { domain, breaks, recovers } = await watched()
      await breaks()
      await recovers()
      return { hostname: domain, is_broken: false, reason: '', broken_for_seconds: expect.any(Number) }
    },
  },
  {
    trigger: 'domain_restored',
    happens: async () => {
      const domain = `restored${++names}.example`
      radar.dns.set(domain, 'A', BAD)
      const { uuid } = await radar.client.createMonitor({ domain, record_type: 'A', expected_value: GOOD })
      await radar.client.checkMonitor(uuid)
      radar.dns.set(domain, 'A', GOOD)
      await radar.client.checkMonitor(uuid)
      return { domain, monitors: [uuid], summary: expect.stringContaining(domain) }
    },
  },
  {
    trigger: 'new_monitor',
    fields: { record_types: ['A', 'MX'] },
    happens: async () => {
      const { uuid, domain } = await watched()
      return { id: uuid, hostname: domain, expected_text: '192.0.2.1' }
    },
  },
  {
    trigger: 'monitor_paused',
    fields: { changes: ['monitor.disabled'] },
    happens: async () => {
      const { uuid, domain } = await watched()
      await radar.client.disableMonitor(uuid)
      return { monitor_id: uuid, hostname: domain, change: 'disabled', is_active: false }
    },
  },
  {
    trigger: 'webhook_disabled',
    happens: async () => {
      const gone = await zapier.switchOn('dns_change', {}, aPath())
      radar.receiver.answer((request, response) => response.writeHead(request.path === gone.path ? 410 : 200).end())
      const { breaks } = await watched()
      await breaks()
      return {
        webhook_id: gone.subscribeData.id,
        reason: 'gone',
        source: 'zapier',
        host: `127.0.0.1:${radar.receiver.port}`,
      }
    },
  },
]

describe.for(STORIES)('$trigger', ({ trigger, fields = {}, happens }) => {
  let zap: Zap
  let events: readonly string[]
  let told: Item
  let item: Item
  let repeated: Item[]
  beforeAll(async () => {
    zap = await zapier.switchOn(trigger, fields, aPath())
    events = (await radar.client.getWebhook(zap.subscribeData.id)).events
    told = await happens()
    const request = await nextFor(radar, zap)
    const items = await zapier.receive(zap, request)
    repeated = await zapier.receive(zap, request)
    expect(items).toHaveLength(1)
    item = items[0] as Item
  })

  test('subscribes at the server under its own source, with a secret', async () => {
    const { is_active, source, has_secret } = await radar.client.getWebhook(zap.subscribeData.id)
    expect({ is_active, source, has_secret }).toEqual({ is_active: true, source: 'zapier', has_secret: true })
  })

  test('turns what the server delivers into an item', () => {
    expect(item).toMatchObject(told)
  })

  test('runs once for a delivery that comes twice', () => {
    expect(repeated).toEqual([])
  })

  test('lists live items of the same shape, the delivered one among them', async () => {
    const listed = await zapier.listed(trigger, fields)
    const same = listed.find(({ id }) => id === item['id'])
    expect(same).toBeDefined()
    expectSameShape(item, same)
  })

  test('shows a sample of that shape', () => {
    expectSameShape(sampleOf('triggers', trigger), item)
  })

  test('takes a delivery of another kind for nothing', async () => {
    const request = await deliveryOfAnotherKind(zap)
    expect(await zapier.receive(zap, request)).toEqual([])
  })

  test('ends its subscription when it is switched off, and again does no harm', async () => {
    await zapier.switchOff(zap)
    await expect(radar.client.getWebhook(zap.subscribeData.id)).rejects.toMatchObject({ status: 404 })
    await zapier.switchOff(zap)
  })

  test('hears nothing any more', async () => {
    const before = requestsTo(zap)
    const control = await radar.client.createWebhook({
      url: `${radar.receiver.origin}${aPath()}`,
      all_groups: true,
      events,
    })
    await happens()
    await nextFor(radar, { path: new URL(control.url).pathname })
    await radar.client.deleteWebhook(control.uuid)
    expect(requestsTo(zap)).toBe(before)
    const methods = radar.receiver.requests.filter(({ path }) => path === zap.path).map(({ method }) => method)
    expect(methods, 'it ended the subscription itself and need not be told').not.toContain('DELETE')
  })
})

function requestsTo({ path }: Zap): number {
  return radar.receiver.requests.filter((request) => request.path === path).length
}

/** Signed as the server signs: a `monitor.deleted`, which no trigger speaks of. */
async function deliveryOfAnotherKind(zap: Zap) {
  const path = aPath()
  const { uuid } = await radar.client.createWebhook({
    url: `${radar.receiver.origin}${path}`,
    source: 'zapier',
    secret: zap.subscribeData.secret,
    events: ['monitor.deleted'],
  })
  const { uuid: monitor } = await watched()
  await radar.client.deleteMonitor(monitor)
  const request = await nextFor(radar, { path })
  await radar.client.deleteWebhook(uuid, { by: 'subscriber' })
  return request
}

describe('a request that the server did not sign', () => {
  let zap: Zap
  let real: Awaited<ReturnType<typeof nextFor>>
  beforeAll(async () => {
    zap = await zapier.switchOn('dns_change', {}, aPath())
    const { breaks } = await watched()
    await breaks()
    real = await nextFor(radar, zap)
  })
  afterAll(() => zapier.switchOff(zap))

  test.for([
    { why: 'its body was changed', change: () => ({ body: real.body.replace('MISMATCH', 'VALID') }) },
    { why: 'it has no signature', change: () => ({ headers: { 'content-type': 'application/json' } }) },
    {
      why: 'its signature is of another secret',
      change: () => ({ headers: { ...real.headers, 'x-dnsradar-signature': 'a'.repeat(64) } }),
    },
    { why: 'its body is empty', change: () => ({ body: '' }) },
  ])('stops the run and leaves the Zap on: $why', async ({ change }) => {
    await expect(zapier.receive(zap, { ...real, ...change() })).rejects.toMatchObject({ name: 'HaltedError' })
  })

  test('a secret that Zapier lost is no secret that anybody may use', async () => {
    const lost = { ...zap, subscribeData: { id: zap.subscribeData.id, secret: '' } }
    await expect(zapier.receive(lost, real)).rejects.toMatchObject({ name: 'HaltedError' })
  })

  test('the real one still runs', async () => {
    expect(await zapier.receive(zap, real)).toHaveLength(1)
  })
})

test('two Zaps hear of the same change, and one goes on when the other is switched off', async () => {
  const zaps = [await zapier.switchOn('dns_change', {}, aPath()), await zapier.switchOn('dns_change', {}, aPath())]
  const [first, second] = zaps as [Zap, Zap]
  const { breaks, recovers } = await watched()
  await breaks()
  const ids = await Promise.all(
    [first, second].map(async (zap) => (await zapier.receive(zap, await nextFor(radar, zap)))[0]?.['id']),
  )
  expect(ids[0]).toBe(ids[1])
  await zapier.switchOff(first)
  await recovers()
  expect(await zapier.receive(second, await nextFor(radar, second, 2))).toMatchObject([{ is_broken: false }])
  expect(requestsTo(first)).toBe(1)
  await zapier.switchOff(second)
})

test('a Zap that Zapier has deleted answers 410, which ends its subscription for good', async () => {
  const zap = await zapier.switchOn('dns_change', {}, aPath())
  radar.receiver.answer((request, response) => response.writeHead(request.path === zap.path ? 410 : 200).end())
  const { breaks } = await watched()
  await breaks()
  await vi.waitFor(async () =>
    expect(await radar.client.getWebhook(zap.subscribeData.id)).toMatchObject({
      is_active: false,
      disabled_reason: 'gone',
    }),
  )
  await zapier.switchOff(zap)
})

test('a subscription that the server ends closes the hook at Zapier', async () => {
  const zap = await zapier.switchOn('dns_change', {}, aPath())
  await radar.client.deleteWebhook(zap.subscribeData.id)
  await vi.waitFor(() => {
    const methods = radar.receiver.requests.filter(({ path }) => path === zap.path).map(({ method }) => method)
    expect(methods).toEqual(['DELETE'])
  })
})

test('the server filters: a Zap of one group does not hear of another', async () => {
  await radar.client.createGroup({ slug: 'mail' })
  const zap = await zapier.switchOn('record_broken', { group: 'mail', monitor: '' }, aPath())
  const [other, own] = [await watched(), await watched('mail')]
  await other.breaks()
  await own.breaks()
  const items = await zapier.receive(zap, await nextFor(radar, zap))
  expect(items).toMatchObject([{ hostname: own.domain, group: 'mail' }])
  expect(await zapier.listed('record_broken', { group: 'mail' })).toMatchObject([{ hostname: own.domain }])
  await zapier.switchOff(zap)
})

test('a Zap of one monitor is told of that one alone, and a monitor that is not there is refused', async () => {
  const [other, own] = [await watched(), await watched()]
  const zap = await zapier.switchOn('dns_change', { monitor: own.uuid }, aPath())
  await other.breaks()
  await own.breaks()
  expect(await zapier.receive(zap, await nextFor(radar, zap))).toMatchObject([{ hostname: own.domain }])
  await zapier.switchOff(zap)
  await expect(zapier.switchOn('dns_change', { monitor: other.uuid.replace(/.$/, '0') })).rejects.toThrow(/monitor/)
})

test.for(['dns_change', 'record_broken'])(
  'the server’s own test shows in %s as a broken record whose ids say that it is a test',
  async (trigger) => {
    const zap = await zapier.switchOn(trigger, {}, aPath())
    await radar.client.testWebhook(zap.subscribeData.id)
    const [item] = await zapier.receive(zap, await nextFor(radar, zap))
    expect(item).toMatchObject({ id: expect.stringMatching(/^evt_test_/), uuid: expect.stringMatching(/^req_test_/) })
    await zapier.switchOff(zap)
  },
)

test.for(['record_restored', 'domain_restored', 'new_monitor', 'monitor_paused', 'webhook_disabled'])(
  'the server’s own test, a broken record, is nothing to %s',
  async (trigger) => {
    const zap = await zapier.switchOn(trigger, {}, aPath())
    await radar.client.testWebhook(zap.subscribeData.id)
    expect(await zapier.receive(zap, await nextFor(radar, zap))).toEqual([])
    await zapier.switchOff(zap)
  },
)

test('a change whose answer was lost is delivered again as the same change, and runs the Zap once', async () => {
  const zap = await zapier.switchOn('dns_change', {}, aPath())
  radar.receiver.answer((request, response) => response.writeHead(request.path === zap.path ? 500 : 200).end())
  const { breaks } = await watched()
  await breaks()
  const lost = await nextFor(radar, zap)
  await vi.waitFor(async () =>
    expect((await radar.client.listRequests(zap.subscribeData.id)).data).toMatchObject([{ status: 'RETRYING' }]),
  )
  radar.receiver.answer(200)
  await radar.client.retryWebhook(zap.subscribeData.id)
  const again = await nextFor(radar, zap, 2)
  expect(again.body).toBe(lost.body)
  expect(await zapier.receive(zap, lost)).toHaveLength(1)
  expect(await zapier.receive(zap, again)).toEqual([])
  await zapier.switchOff(zap)
})

/** What the eight example Zaps of the documentation print. */
const TEMPLATE_KEYS = [
  'uuid',
  'webhook_uuid',
  'created',
  'event__event_uuid',
  'event__monitor_uuid',
  'event__domain',
  'event__subdomain',
  'event__record_type',
  'event__expected_value',
  'event__previous_value',
  'event__current_value',
  'event__old_state',
  'event__new_state',
  'event__occurred',
  'event__incidence_count',
]

test('a live item has the members of the documented templates under their names, lists as lists', async () => {
  const zap = await zapier.switchOn('dns_change', {}, aPath())
  const { breaks } = await watched()
  await breaks()
  const [item] = await zapier.receive(zap, await nextFor(radar, zap))
  const { event, ...top } = item as Item & { event: Item }
  const flat = [...Object.keys(top), ...Object.keys(event).map((key) => `event__${key}`)]
  expect(flat).toEqual(expect.arrayContaining(TEMPLATE_KEYS))
  expect([event['expected_value'], event['previous_value'], event['current_value']]).toEqual([GOOD, GOOD, BAD])
  await zapier.switchOff(zap)
})
