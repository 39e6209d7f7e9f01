/** Monitors that are switched off and on, one by one and by group. */
import type { WireMonitor } from '@dnsradar/client'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { expectProblem, startApi } from '../api.ts'
import { type Delivering, startDelivering } from '../delivering.ts'
import { MINUTE, SECOND } from '../times.ts'

let watch: Delivering
beforeAll(async () => {
  watch = await startDelivering()
})
afterAll(() => watch[Symbol.asyncDispose]())

const read = (uuid: string) => watch.get<WireMonitor>(`/monitors/${uuid}`)
const post = (path: string) => watch.api.call('POST', path)

/** Moves time from one due look of the monitor to the next, as often as said, and sees each of them done. */
async function letPass(looks: number, { uuid }: WireMonitor): Promise<void> {
  for (let count = 0; count < looks; count += 1) {
    const { frequency, next_check, last_checked } = await read(uuid)
    const ahead = Date.parse(next_check ?? '') - watch.clock.now()
    expect(ahead).toBeLessThanOrEqual(frequency * MINUTE)
    await watch.clock.advance(ahead + SECOND)
    await vi.waitFor(async () => expect((await read(uuid)).last_checked).not.toBe(last_checked), 10_000)
  }
}

describe('a monitor', () => {
  test.for([
    ['disable', false],
    ['enable', true],
  ] as const)('answers %s with the whole monitor, and so again when asked twice', async ([verb, is_active]) => {
    const monitor = await watch.valid(`whole-${verb}`, { is_active: true })
    await post(`/monitors/${monitor.uuid}/${is_active ? 'disable' : 'enable'}`)
    for (let twice = 0; twice < 2; twice += 1) {
      const { status, body } = await post(`/monitors/${monitor.uuid}/${verb}`)
      expect(status).toBe(200)
      expect(Object.keys(body)).toEqual(Object.keys(monitor))
      const { updated: _, next_check, ...rest } = body
      expect(monitor).toMatchObject({ ...rest, is_active: true })
      expect(body.is_active).toBe(is_active)
      expect(next_check === null).toBe(!is_active)
    }
  })

  test('shows whether it is active', async () => {
    const { uuid } = await watch.valid('shown')
    expect((await read(uuid)).is_active).toBe(true)
    await post(`/monitors/${uuid}/disable`)
    expect((await read(uuid)).is_active).toBe(false)
    await post(`/monitors/${uuid}/enable`)
    expect((await read(uuid)).is_active).toBe(true)
  })

  test('that is disabled asks no name server while others go on asking', async () => {
    const [off, on] = [await watch.valid('off', { frequency: 5 }), await watch.valid('on', { frequency: 5 })]
    await post(`/monitors/${off.uuid}/disable`)
    watch.dns.forget()
    await letPass(2, on)
    expect(watch.dns.count({ name: 'on.example.com' })).toBe(2)
    expect(watch.dns.count({ name: 'off.example.com' })).toBe(0)
  })

  test('that is disabled tells no webhook and makes no event, whatever becomes of its record', async () => {
    const webhook = await watch.webhook({ groups: ['quiet'] })
    const made = { frequency: 5, group: 'quiet' }
    const [off, on] = [await watch.valid('quiet', made), await watch.valid('loud', made)]
    await post(`/monitors/${off.uuid}/disable`)
    for (const monitor of [off, on]) watch.zone(monitor, 'MISMATCH')
    await letPass(2, on)
    await watch.delivered(webhook.uuid)
    const [event] = await watch.events(on.uuid)
    expect((await watch.requests(webhook.uuid)).map(({ event_uuid }) => event_uuid)).toEqual([event?.uuid])
    expect(await watch.events(off.uuid)).toEqual([])
  })

  test('that is disabled while a look is on its way makes nothing of what that look finds', async () => {
    const monitor = await watch.valid('late')
    watch.zone(monitor, 'MISMATCH')
    watch.dns.behave('late.example.com', { kind: 'delayed', ms: 300 })
    watch.dns.forget()
    const look = watch.api.call('POST', `/monitors/${monitor.uuid}/check`)
    await vi.waitFor(() => expect(watch.dns.count({ name: 'late.example.com' })).toBe(1))
    await post(`/monitors/${monitor.uuid}/disable`)
    expectProblem(await look, 409, 'monitor_disabled')
    expect(await watch.events(monitor.uuid)).toEqual([])
    expect(await read(monitor.uuid)).toMatchObject({ state: 'VALID', incidence_count: 0 })
  })

  test('that is enabled again is looked at within its frequency, and tells what it finds', async () => {
    const webhook = await watch.webhook({ groups: ['again'] })
    const monitor = await watch.valid('again', { frequency: 15, group: 'again' })
    await post(`/monitors/${monitor.uuid}/disable`)
    await watch.clock.advance(60 * MINUTE)
    watch.dns.forget()
    await post(`/monitors/${monitor.uuid}/enable`)
    const enabled = watch.clock.now()
    await letPass(1, monitor)
    expect(watch.dns.count({ name: 'again.example.com' })).toBeGreaterThan(0)
    expect(watch.clock.now() - enabled).toBeLessThanOrEqual(15 * MINUTE + SECOND)
    watch.zone(monitor, 'MISMATCH')
    await letPass(1, monitor)
    expect(await watch.changes(monitor.uuid)).toEqual([['VALID', 'MISMATCH']])
    await watch.delivered(webhook.uuid)
    expect(await watch.requests(webhook.uuid)).toHaveLength(1)
  })

  test('keeps its configuration and its events when it is disabled and enabled', async () => {
    const settings = { frequency: 30, group: 'kept', external_id: 'kept-1', metadata: { customer: '7' } }
    const { uuid, subdomain } = await watch.valid('kept', { ...settings, is_exact_match: false })
    await watch.become({ uuid, subdomain }, 'MISMATCH')
    await watch.become({ uuid, subdomain }, 'VALID')
    const history = await watch.events(uuid)
    const { updated: _, next_check: __, last_checked: ___, ...before } = await read(uuid)
    for (const verb of ['disable', 'enable']) {
      await post(`/monitors/${uuid}/${verb}`)
      expect(await read(uuid)).toMatchObject({ ...before, check: expect.anything(), is_active: verb === 'enable' })
      expect(await watch.events(uuid)).toEqual(history)
    }
  })

  test.for([
    ['GET', ''],
    ['PATCH', ''],
    ['DELETE', ''],
    ['POST', '/enable'],
    ['POST', '/disable'],
    ['POST', '/check'],
    ['GET', '/events'],
  ] as const)('that is not there is 404 for %s …%s', async ([method, tail]) => {
    const path = `/monitors/mon_01h455vb4pex5vsknk084sn02q${tail}`
    const json = method === 'PATCH' ? { frequency: 5 } : undefined
    expectProblem(await watch.api.call(method, path, { json }), 404, 'not_found')
  })
})

describe('the list of monitors', () => {
  test('is the active ones and the disabled ones, and no monitor is both', async () => {
    await using api = await startApi()
    const json = { domain: 'example.com', record_type: 'A', expected_value: '192.0.2.1' }
    for (const is_active of [true, false, true, false, false])
      await api.call('POST', '/monitors', { json: { ...json, is_active } })
    const uuids = async (query: string) =>
      (await api.call('GET', `/monitors${query}`)).body.data.map((monitor: WireMonitor) => monitor.uuid)
    const [all, active, disabled] = [await uuids(''), await uuids('?is_active=true'), await uuids('?is_active=false')]
    expect([all.length, active.length, disabled.length]).toEqual([5, 2, 3])
    expect(new Set([...active, ...disabled])).toEqual(new Set(all))
  })

  test.for(['yes', '1', 'TRUE', '', 'null'])('has no activity that is called %j', async (value) => {
    expectProblem(await watch.api.call('GET', `/monitors?is_active=${value}`), 400, 'invalid_query', {
      is_active: /true/,
    })
  })
})

describe('the monitors of a group', () => {
  const changes = [
    { why: 'a frequency', change: { frequency: 15 } },
    { why: 'an activity', change: { is_active: false } },
    { why: 'both at once', change: { frequency: 120, is_active: false } },
  ]
  test.for(changes)('all take $why, and those of other groups keep theirs', async ({ change }) => {
    await using api = await startApi()
    const make = async (group: string) => {
      const json = { domain: 'example.com', record_type: 'A', expected_value: '192.0.2.1', frequency: 30, group }
      return (await api.call('POST', '/monitors', { json })).body
    }
    const inside = [await make('inside'), await make('inside'), await make('inside')]
    const outside = await make('outside')
    const { status, body } = await api.call('PATCH', '/groups/inside/monitors', { json: change })
    expect({ status, body }).toEqual({ status: 204, body: undefined })
    const shown = async ({ uuid }: WireMonitor) => (await api.call('GET', `/monitors/${uuid}`)).body
    for (const monitor of inside) {
      expect(await shown(monitor)).toMatchObject({ frequency: 30, is_active: true, ...change })
    }
    expect(await shown(outside)).toMatchObject({ frequency: 30, is_active: true })
  })

  test('are looked at by their new frequency, and not at all when the group is disabled', async () => {
    const monitor = await watch.valid('group-pace', { frequency: 120, group: 'pace' })
    await watch.api.call('PATCH', '/groups/pace/monitors', { json: { frequency: 5 } })
    watch.dns.forget()
    await letPass(3, await read(monitor.uuid))
    expect(watch.dns.count({ name: 'group-pace.example.com' })).toBe(3)
    await watch.api.call('PATCH', '/groups/pace/monitors', { json: { is_active: false } })
    watch.dns.forget()
    await letPass(2, await watch.valid('beside', { frequency: 5 }))
    expect(watch.dns.count({ name: 'group-pace.example.com' })).toBe(0)
  })

  test('take the six frequencies and no other', async () => {
    await using api = await startApi({ DNSRADAR_PLAN: 'starter' })
    const json = { domain: 'example.com', record_type: 'A', expected_value: '192.0.2.1', group: 'paced' }
    const { uuid } = (await api.call('POST', '/monitors', { json })).body
    const pace = (frequency: unknown) => api.call('PATCH', '/groups/paced/monitors', { json: { frequency } })
    for (const frequency of [5, 10, 15, 30, 60, 120]) {
      expect((await pace(frequency)).status).toBe(204)
      expect((await api.call('GET', `/monitors/${uuid}`)).body).toMatchObject({ frequency })
    }
    for (const frequency of [7, 1, 0, -5, 5.5, 121, '5', null, [5]]) {
      expectProblem(await pace(frequency), 400, 'invalid_field', { frequency: /frequency|number/ })
      expect((await api.call('GET', `/monitors/${uuid}`)).body).toMatchObject({ frequency: 120 })
    }
  })
})
