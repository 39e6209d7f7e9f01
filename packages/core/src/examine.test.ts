import { expect, test } from 'vitest'
import { decode, encode } from '../../../test/harness/dns-oracle.ts'
import type { Behaviour } from '../../../test/harness/dns-server.ts'
import {
  BAD,
  codes,
  GOOD,
  HELD_VALID,
  MINUTE,
  monitorOf,
  roles,
  startDesk,
  statusOf,
  WORSE,
} from '../test/examining.ts'
import { examine, examineDue } from './examine.ts'
import type { Monitor } from './monitor/monitor.ts'

// Two upstreams that disagree

test('when the zone has nobody to ask, two upstreams that disagree change nothing yet', async () => {
  await using desk = await startDesk({ upstreams: [BAD, GOOD] })
  const before = Date.now()
  const examined = await desk.look()
  expect(examined).toMatchObject({
    change: null,
    status: { state: 'VALID', current: [GOOD], pending: { state: 'MISMATCH', disputed: 1 } },
    look: { state: 'VALID', confirmed: false, pendingState: 'MISMATCH', values: [BAD] },
  })
  expect(examined.status.nextCheck - before).toBeLessThan(MINUTE)
  expect(codes(examined)).toEqual(['missing', 'extra', 'inconsistent'])
})

test("the majority of the zone's servers confirms a change that the upstreams disagree about", async () => {
  await using desk = await startDesk({ upstreams: [BAD, GOOD], own: [BAD, GOOD, BAD] })
  const examined = await desk.look()
  expect(examined).toMatchObject({
    change: { kind: 'record.broken', newState: 'MISMATCH', current: [BAD], confirmed: true },
    status: { state: 'MISMATCH', pending: null },
    look: { confirmed: true, pendingState: null },
  })
  expect(codes(examined)).toEqual(['missing', 'extra', 'inconsistent'])
  expect(roles(examined)).toEqual(['upstream', 'upstream', 'authoritative', 'authoritative', 'authoritative'])
})

test('what the zone decided is known by the next look, which asks nobody else', async () => {
  await using desk = await startDesk({ upstreams: [BAD, GOOD], own: [BAD] })
  const monitor = monitorOf()
  const { status } = await desk.look(HELD_VALID, monitor)
  const again = await desk.look(status, monitor)
  expect(again).toMatchObject({ change: null, look: { state: 'MISMATCH', confirmed: true } })
  expect(roles(again)).toEqual(['upstream'])
})

test("the majority of the zone's servers clears a suspicion that one upstream raised", async () => {
  await using desk = await startDesk({ upstreams: [BAD, GOOD], own: [GOOD, GOOD, BAD] })
  const examined = await desk.look()
  expect(examined).toMatchObject({
    change: null,
    status: { state: 'VALID', current: [GOOD], pending: null },
    look: { state: 'VALID', confirmed: true, pendingState: null, values: [GOOD] },
  })
  expect(codes(examined)).toEqual(['inconsistent'])
})

test('a removed record is confirmed by the zone, too', async () => {
  await using desk = await startDesk({ upstreams: [null, GOOD], own: [null, null] })
  expect(await desk.look()).toMatchObject({ change: { kind: 'record.broken', newState: 'NOT_FOUND', confirmed: true } })
})

test('the zone may decide for a value that neither upstream has', async () => {
  await using desk = await startDesk({ upstreams: [null, GOOD], own: [WORSE, WORSE] })
  const examined = await desk.look()
  expect(examined).toMatchObject({ change: { newState: 'MISMATCH', current: [WORSE], confirmed: true } })
  // What was judged is not what the first upstream said: the next look must not take it for known.
  expect(examined.status.answerHash).toBeNull()
})

/** The answer of a resolver: no AA bit. */
function cached(query: Buffer): Buffer {
  const { id = 0, questions = [] } = decode(query)
  const answers = questions.map(({ name }) => ({ name, type: 'A' as const, ttl: 60, data: BAD }))
  return encode({ type: 'response', id, flags: 0, questions, answers })
}

test.for<{ why: string; own: string[]; behaviour?: Behaviour; allowOwn?: boolean }>([
  { why: 'split', own: [GOOD, BAD] },
  { why: 'lame', own: [BAD, BAD], behaviour: { kind: 'rcode', rcode: 5 } },
  { why: 'answering from caches', own: [BAD, BAD], behaviour: { kind: 'raw', reply: (query) => [cached(query)] } },
  { why: 'silent', own: [BAD], behaviour: { kind: 'silence' } },
  { why: 'private and not allowed', own: [BAD], allowOwn: false },
])("when the zone's servers are $why the held state stays", async ({ own, behaviour, allowOwn = true }) => {
  await using desk = await startDesk({ upstreams: [BAD, GOOD], own, allowOwn, budgetMs: 1000 })
  for (const server of desk.own) if (behaviour !== undefined) server.behave('*', behaviour)
  const examined = await desk.look()
  expect(examined).toMatchObject({
    change: null,
    status: { state: 'VALID', pending: { state: 'MISMATCH', disputed: 1 } },
  })
  expect(codes(examined).at(-1)).toBe('inconsistent')
  if (!allowOwn) expect(desk.own[0]?.count()).toBe(0)
})

test('nobody asks the zone while upstreams agree', async () => {
  await using desk = await startDesk({ upstreams: [BAD, BAD], own: [GOOD] })
  const examined = await desk.look()
  expect(examined.change).toMatchObject({ newState: 'MISMATCH', confirmed: true })
  expect(codes(examined)).toEqual(['missing', 'extra'])
  expect(desk.own[0]?.count()).toBe(0)
})

test('without confirmation the first answer decides, and nobody else is asked', async () => {
  await using desk = await startDesk({ upstreams: [BAD, GOOD], own: [GOOD], confirm: false })
  expect(await desk.look()).toMatchObject({ change: { newState: 'MISMATCH', confirmed: false } })
  expect(desk.upstreams[1]?.count()).toBe(0)
  expect(desk.own[0]?.count()).toBe(0)
})

test('a baseline that only the second upstream knows is taken once the zone confirms it', async () => {
  await using desk = await startDesk({ upstreams: [null, GOOD], own: [GOOD] })
  const monitor: Monitor = { ...monitorOf(), match: 'baseline', expected: [] }
  const examined = await desk.look(statusOf('UNSET'), monitor)
  expect(examined).toMatchObject({ change: null, baseline: [GOOD], status: { state: 'VALID' } })
})

// Monitors of which only the question is known

/** Counts how often the whole monitor is asked for. */
function partly(monitor: Monitor | null) {
  let asked = 0
  const whole = async (): Promise<Monitor | null> => {
    asked += 1
    return monitor
  }
  return { whole, asked: () => asked }
}

test('a look that finds what the last one found never asks for the whole monitor', async () => {
  await using desk = await startDesk({ upstreams: [GOOD] })
  const monitor = monitorOf()
  const { status } = await examine(desk.deps, { monitor, status: HELD_VALID }, { fresh: true })
  const { whole, asked } = partly(monitor)
  const examined = await examineDue(desk.deps, { monitor, status }, whole, { fresh: true })
  expect(examined).toMatchObject({ unchanged: true, change: null, look: { state: 'VALID', values: [GOOD] } })
  expect(asked()).toBe(0)
})

test('one that finds something else asks for it once, and judges as ever', async () => {
  await using desk = await startDesk({ upstreams: [BAD, BAD] })
  const monitor = monitorOf()
  const { whole, asked } = partly(monitor)
  const due = { monitor, status: HELD_VALID }
  expect(await examineDue(desk.deps, due, whole, { fresh: true })).toMatchObject({ change: { newState: 'MISMATCH' } })
  expect(asked()).toBe(1)
})

test('of a monitor that is gone by then there is nothing to record', async () => {
  await using desk = await startDesk({ upstreams: [BAD, BAD] })
  const due = { monitor: monitorOf(), status: HELD_VALID }
  expect(await examineDue(desk.deps, due, partly(null).whole, { fresh: true })).toBeNull()
})
