/** The history of a monitor: what makes an event, what an event says, and how events are found again. */
import type { WireEvent, WireMonitor } from '@dnsradar/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectProblem } from '../api.ts'
import { type Delivering, EXPECTED, type JudgedState, startDelivering } from '../delivering.ts'
import { wireTime } from '../times.ts'

const STATES: readonly JudgedState[] = ['VALID', 'MISMATCH', 'NOT_FOUND', 'TIMEOUT', 'INVALID']

let watch: Delivering
beforeAll(async () => {
  watch = await startDelivering()
})
afterAll(() => watch[Symbol.asyncDispose]())

const check = (monitor: WireMonitor) => watch.check(monitor.uuid)

describe('an event', () => {
  test('is made once by a change of the record, however often it is looked at', async () => {
    const monitor = await watch.valid('once')
    watch.zone(monitor, 'MISMATCH')
    for (let look = 0; look < 5; look += 1) await check(monitor)
    expect(await watch.changes(monitor.uuid)).toEqual([['VALID', 'MISMATCH']])
  })

  test('is made again when the record changes while it is wrong, and not by what stays right', async () => {
    const monitor = await watch.valid('again', { is_exact_match: false })
    for (const values of [[EXPECTED, '192.0.2.7'], ['192.0.2.8'], ['192.0.2.9'], ['192.0.2.9']]) {
      watch.dns.set('again.example.com', 'A', values, 0)
      await check(monitor)
    }
    expect(
      (await watch.events(monitor.uuid)).map(({ previous_value, current_value }) => [previous_value, current_value]),
    ).toEqual([
      [['192.0.2.8'], ['192.0.2.9']],
      [[EXPECTED, '192.0.2.7'], ['192.0.2.8']],
    ])
  })

  test('says which record of which monitor changed from what to what, and when', async () => {
    const monitor = await watch.valid('said')
    await watch.become(monitor, 'MISMATCH')
    const [event] = await watch.events(monitor.uuid)
    expect(event).toMatchObject({
      uuid: expect.stringMatching(/^evt_[0-9a-z]{26}$/),
      monitor_uuid: monitor.uuid,
      domain: 'example.com',
      subdomain: 'said',
      record_type: 'A',
      expected_value: [EXPECTED],
      occurred: wireTime(watch.clock.now()),
      previous_value: [EXPECTED],
      current_value: ['192.0.2.66'],
      old_state: 'VALID',
      new_state: 'MISMATCH',
      incidence_count: 1,
    })
  })

  test.for(STATES.filter((state) => state !== 'VALID'))('holds values as lists in and out of %s', async (state) => {
    const monitor = await watch.valid(`lists-${state.toLowerCase().replace('_', '-')}`)
    await watch.become(monitor, state)
    await watch.become(monitor, 'VALID')
    const found = state === 'MISMATCH' ? ['192.0.2.66'] : []
    expect(await watch.events(monitor.uuid)).toMatchObject([
      { old_state: state, new_state: 'VALID', previous_value: found, current_value: [EXPECTED] },
      { old_state: 'VALID', new_state: state, previous_value: [EXPECTED], current_value: found },
    ])
  })

  test('tells of the recovery, and counts incidents rather than events', async () => {
    const monitor = await watch.valid('counted')
    for (const state of ['NOT_FOUND', 'VALID', 'MISMATCH', 'NOT_FOUND', 'VALID'] as const) {
      await watch.become(monitor, state)
    }
    const told = (await watch.events(monitor.uuid)).map(({ new_state, incidence_count }) => [
      new_state,
      incidence_count,
    ])
    expect(told.toReversed()).toEqual([
      ['NOT_FOUND', 1],
      ['VALID', 1],
      ['MISMATCH', 2],
      ['NOT_FOUND', 2],
      ['VALID', 2],
    ])
  })

  test('is read on its own as it stands in the list, under its own monitor and no other', async () => {
    const [monitor, other] = [await watch.valid('own'), await watch.valid('other')]
    await watch.become(monitor, 'MISMATCH')
    const [event] = await watch.events(monitor.uuid)
    expect(await watch.get(`/monitors/${monitor.uuid}/events/${event?.uuid}`)).toEqual(event)
    for (const path of [
      `/monitors/${other.uuid}/events/${event?.uuid}`,
      `/monitors/mon_01h455vb4pex5vsknk084sn02q/events/${event?.uuid}`,
      `/monitors/${monitor.uuid}/events/evt_01h455vb4pex5vsknk084sn02q`,
    ]) {
      expectProblem(await watch.api.call('GET', path), 404, 'not_found')
    }
  })
})

describe('the events of a monitor', () => {
  /** Every state is entered twice from VALID, and left for it. */
  const STORY: readonly JudgedState[] = [1, 2].flatMap(() =>
    STATES.filter((state) => state !== 'VALID').flatMap((state) => [state, 'VALID'] as const),
  )
  let monitor: WireMonitor
  let all: readonly WireEvent[]
  const list = async (query: string) =>
    (await watch.get<{ data: readonly WireEvent[] }>(`/monitors/${monitor.uuid}/events?${query}`)).data
  const second = (event: WireEvent | undefined) => Date.parse(event?.occurred ?? '') / 1000

  beforeAll(async () => {
    monitor = await watch.valid('story')
    for (const state of STORY) await watch.become(monitor, state)
    all = (await watch.events(monitor.uuid)).toReversed()
  })

  test('are all there, in their order', () => {
    expect(all.map(({ new_state }) => new_state)).toEqual(STORY)
    expect(new Set(all.map(second)).size).toBe(STORY.length)
  })

  test.for(STATES)('are found by the new state %s, and by it as the old one', async (state) => {
    const [entered, left] = [await list(`new_state=${state}&limit=100`), await list(`old_state=${state}&limit=100`)]
    expect(entered).toEqual(all.filter(({ new_state }) => new_state === state).toReversed())
    expect(left).toEqual(all.filter(({ old_state }) => old_state === state).toReversed())
    expect(Math.min(entered.length, left.length)).toBeGreaterThan(0)
  })

  test('are found by the state that they left and the one that they entered together', async () => {
    expect(await list('old_state=TIMEOUT&new_state=VALID')).toHaveLength(2)
    expect(await list('old_state=TIMEOUT&new_state=INVALID')).toEqual([])
  })

  test.for(['new_state=GOOD', 'old_state=GOOD', 'new_state=valid', 'new_state=', 'state=VALID'])(
    'are not filtered by ?%s',
    async (query) => {
      const reply = await watch.api.call('GET', `/monitors/${monitor.uuid}/events?${query}`)
      expectProblem(reply, 400, 'invalid_query', { [query.split('=')[0] ?? '']: /./ })
    },
  )

  /** `since` and `until` are the times of the fifth event and of the thirteenth. */
  const combinations: { why: string; query: string; way: 'asc' | 'desc'; keep: (event: WireEvent) => boolean }[] = [
    {
      why: 'the mismatches since a time',
      query: 'new_state=MISMATCH&occurred_after=SINCE&order_by=occurred&order_way=desc&limit=50',
      way: 'desc',
      keep: (event) => event.new_state === 'MISMATCH' && second(event) >= second(all[4]),
    },
    {
      why: 'the time-outs of a span, oldest first',
      query: 'new_state=TIMEOUT&occurred_after=SINCE&occurred_before=UNTIL&order_by=occurred&order_way=asc',
      way: 'asc',
      keep: (event) =>
        event.new_state === 'TIMEOUT' && second(event) >= second(all[4]) && second(event) < second(all[12]),
    },
    {
      why: 'the latest hundred',
      query: 'order_by=occurred&order_way=desc&limit=100',
      way: 'desc',
      keep: () => true,
    },
    {
      why: 'the recoveries since a time',
      query: 'new_state=VALID&occurred_after=SINCE&limit=20',
      way: 'desc',
      keep: (event) => event.new_state === 'VALID' && second(event) >= second(all[4]),
    },
    {
      why: 'the departures from VALID before a time, oldest first',
      query: 'old_state=VALID&occurred_before=UNTIL&order_way=asc',
      way: 'asc',
      keep: (event) => event.old_state === 'VALID' && second(event) < second(all[12]),
    },
  ]
  test.for(combinations)('are found by several filters at once: $why', async ({ query, way, keep }) => {
    const found = await list(query.replace('SINCE', `${second(all[4])}`).replace('UNTIL', `${second(all[12])}`))
    const kept = all.filter(keep)
    expect(kept.length).toBeGreaterThan(0)
    expect(found).toEqual(way === 'asc' ? kept : kept.toReversed())
  })

  test('are paged within their filters', async () => {
    const path = `/monitors/${monitor.uuid}/events?new_state=VALID&limit=3`
    const first = await watch.get<{ after: string; data: readonly WireEvent[] }>(path)
    const rest = await watch.get<{ data: readonly WireEvent[] }>(`${path}&after=${first.after}`)
    const recoveries = all.filter(({ new_state }) => new_state === 'VALID').toReversed()
    expect([...first.data, ...rest.data]).toEqual(recoveries.slice(0, 6))
  })

  test('are those of this monitor alone', async () => {
    const other = await watch.valid('bystander')
    await watch.become(other, 'NOT_FOUND')
    expect(await list('limit=100')).toEqual(all.toReversed())
  })
})
