/** A Zap's trigger from the moment it is switched on until long after it is switched off. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Radar, startRadar } from '../../../test/harness/radar.ts'
import { expectFields, expectSameShape } from './shapes.ts'
import { aPath, GOOD, METADATA, watched } from './watched.ts'
import {
  AT_FIRST_LOOK,
  type Fields,
  fieldsOf,
  type Item,
  nextFor,
  requestsTo,
  sampleOf,
  type Zap,
  type Zapier,
  zapierOn,
} from './zapier.ts'

let radar: Radar
let zapier: Zapier
beforeAll(async () => {
  radar = await startRadar(AT_FIRST_LOOK)
  zapier = zapierOn(radar)
})
afterAll(() => radar[Symbol.asyncDispose]())

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
      const { domain, uuid, breaks } = await watched(radar)
      await breaks()
      return {
        hostname: domain,
        kind: 'record.broken',
        is_broken: true,
        current_text: '192.0.2.66',
        missing_text: '192.0.2.1',
        metadata: METADATA,
        event: expect.objectContaining({ domain, monitor_uuid: uuid, new_state: 'MISMATCH', expected_value: GOOD }),
      }
    },
  },
  {
    trigger: 'record_broken',
    fields: { states: ['MISMATCH', 'NOT_FOUND'], record_types: ['A', 'AAAA'] },
    happens: async () => {
      const { domain, breaks } = await watched(radar)
      await breaks()
      return { hostname: domain, is_broken: true, broken_for_seconds: 0, reason: expect.stringContaining('192.0.2.1') }
    },
  },
  {
    trigger: 'record_restored',
    happens: async () => {
      const { domain, breaks, recovers } = await watched(radar)
      await breaks()
      await recovers()
      return { hostname: domain, is_broken: false, reason: '', broken_for_seconds: expect.any(Number) }
    },
  },
  {
    trigger: 'domain_restored',
    happens: async () => {
      const { domain, uuid, breaks, recovers } = await watched(radar)
      await breaks()
      await recovers()
      return { domain, monitors: [uuid], summary: expect.stringContaining(domain) }
    },
  },
  {
    trigger: 'new_monitor',
    fields: { record_types: ['A', 'MX'] },
    happens: async () => {
      const { uuid, domain } = await watched(radar)
      return { id: uuid, hostname: domain, expected_text: '192.0.2.1' }
    },
  },
  {
    trigger: 'monitor_paused',
    fields: { changes: ['disabled'] },
    happens: async () => {
      const { uuid, domain } = await watched(radar)
      await radar.client.disableMonitor(uuid)
      return { monitor_id: uuid, hostname: domain, change: 'disabled', is_active: false }
    },
  },
  {
    trigger: 'webhook_disabled',
    happens: async () => {
      const gone = await zapier.switchOn('dns_change', {}, aPath())
      radar.receiver.answer((request, response) => response.writeHead(request.path === gone.path ? 410 : 200).end())
      const { breaks } = await watched(radar)
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

  test('labels fields that hold what their types say', () => {
    expectFields(fieldsOf('triggers', trigger), item)
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
    const before = requestsTo(radar, zap)
    const control = await radar.client.createWebhook({
      url: `${radar.receiver.origin}${aPath()}`,
      all_groups: true,
      events,
    })
    await happens()
    await nextFor(radar, { path: new URL(control.url).pathname })
    await radar.client.deleteWebhook(control.uuid)
    expect(requestsTo(radar, zap)).toBe(before)
    const methods = radar.receiver.requests.filter(({ path }) => path === zap.path).map(({ method }) => method)
    expect(methods, 'it ended the subscription itself and need not be told').not.toContain('DELETE')
  })
})

/** Signed as the server signs: a `monitor.deleted`, which no trigger speaks of. */
async function deliveryOfAnotherKind(zap: Zap) {
  const path = aPath()
  const { uuid } = await radar.client.createWebhook({
    url: `${radar.receiver.origin}${path}`,
    source: 'zapier',
    secret: zap.subscribeData.secret,
    events: ['monitor.deleted'],
  })
  const { uuid: monitor } = await watched(radar)
  await radar.client.deleteMonitor(monitor)
  const request = await nextFor(radar, { path })
  await radar.client.deleteWebhook(uuid, { by: 'subscriber' })
  return request
}
