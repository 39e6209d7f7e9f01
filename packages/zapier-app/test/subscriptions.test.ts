/** What a Zap hears, from whom, and what ends it. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Radar, startRadar } from '../../../test/harness/radar.ts'
import { aPath, watched } from './watched.ts'
import { AT_FIRST_LOOK, nextFor, requestsTo, type Zap, type Zapier, zapierOn } from './zapier.ts'

let radar: Radar
let zapier: Zapier
beforeAll(async () => {
  radar = await startRadar(AT_FIRST_LOOK)
  zapier = zapierOn(radar)
})
afterAll(() => radar[Symbol.asyncDispose]())

describe('a request that the server did not sign', () => {
  let zap: Zap
  let real: Awaited<ReturnType<typeof nextFor>>
  beforeAll(async () => {
    zap = await zapier.switchOn('dns_change', {}, aPath())
    const { breaks } = await watched(radar)
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
    {
      why: 'its signature is no signature',
      change: () => ({ headers: { ...real.headers, 'x-dnsradar-signature': real.body } }),
    },
    { why: 'its body is empty', change: () => ({ body: '' }) },
  ])('stops the run and leaves the Zap on: $why', async ({ change }) => {
    await expect(zapier.receive(zap, { ...real, ...change() })).rejects.toMatchObject({ name: 'HaltedError' })
  })

  test('a run without any request, as the command line’s invoke makes it, is stopped too', async () => {
    await expect(zapier.invoke('dns_change')).rejects.toMatchObject({ name: 'HaltedError' })
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
  const { breaks, recovers } = await watched(radar)
  await breaks()
  const ids = await Promise.all(
    [first, second].map(async (zap) => (await zapier.receive(zap, await nextFor(radar, zap)))[0]?.['id']),
  )
  expect(ids[0]).toBe(ids[1])
  await zapier.switchOff(first)
  await recovers()
  expect(await zapier.receive(second, await nextFor(radar, second, 2))).toMatchObject([{ is_broken: false }])
  expect(requestsTo(radar, first)).toBe(1)
  await zapier.switchOff(second)
})

test('a Zap that Zapier has deleted answers 410, which ends its subscription for good', async () => {
  const zap = await zapier.switchOn('dns_change', {}, aPath())
  radar.receiver.answer((request, response) => response.writeHead(request.path === zap.path ? 410 : 200).end())
  const { breaks, recovers } = await watched(radar)
  await breaks()
  await vi.waitFor(async () =>
    expect(await radar.client.getWebhook(zap.subscribeData.id)).toMatchObject({
      is_active: false,
      disabled_reason: 'gone',
      pending: 0,
    }),
  )
  const other = await zapier.switchOn('dns_change', {}, aPath())
  await recovers()
  await nextFor(radar, other)
  expect(requestsTo(radar, zap), 'neither a retry, nor news, nor word that it ended').toBe(1)
  await zapier.switchOff(other)
  await zapier.switchOff(zap)
})

test('a Zap that is switched on again under its old address takes its subscription over, with a new secret', async () => {
  const first = await zapier.switchOn('dns_change', {}, aPath())
  const second = await zapier.switchOn('record_broken', {}, first.path)
  expect(second.subscribeData.id).toBe(first.subscribeData.id)
  const { breaks } = await watched(radar)
  await breaks()
  const request = await nextFor(radar, second)
  await expect(zapier.receive(first, request)).rejects.toMatchObject({ name: 'HaltedError' })
  expect(await zapier.receive(second, request)).toHaveLength(1)
  await zapier.switchOff(second)
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
  const [other, own] = [await watched(radar), await watched(radar, 'mail')]
  await other.breaks()
  await own.breaks()
  const items = await zapier.receive(zap, await nextFor(radar, zap))
  expect(items).toMatchObject([{ hostname: own.domain, group: 'mail' }])
  expect(await zapier.listed('record_broken', { group: 'mail' })).toMatchObject([{ hostname: own.domain }])
  await zapier.switchOff(zap)
})

test('a Zap of one monitor is told of that one alone, and a monitor that is not there is refused', async () => {
  const [other, own] = [await watched(radar), await watched(radar)]
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
  const { breaks } = await watched(radar)
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

test.for([
  {
    why: 'a kind of change that there is not',
    trigger: 'monitor_paused',
    fields: { changes: ['deleted'] },
    says: /Changes must be/,
  },
  { why: 'another state', trigger: 'dns_change', fields: { states: ['BROKEN'] }, says: /states/ },
  { why: 'another record type', trigger: 'record_broken', fields: { record_types: ['SRV'] }, says: /record_types/ },
])('a Zap is not switched on with $why', async ({ trigger, fields, says }) => {
  await expect(zapier.switchOn(trigger, fields, aPath())).rejects.toMatchObject({
    name: 'AppError',
    message: expect.stringMatching(says),
  })
})
