/** Upstreams that are ill, or not there: nothing follows from what they say. */
import { expect, test } from 'vitest'
import { type Behaviour, startDnsServer } from '../../../test/harness/dns-server.ts'
import { BAD, codes, type Desk, GOOD, HELD_VALID, MINUTE, monitorOf, startDesk, statusOf } from '../test/examining.ts'
import { closedPort, resolverOver, WWW } from '../test/resolvers.ts'
import { systemClock } from './clock.ts'
import { type ExamineDeps, examine } from './examine.ts'
import { createOutages, ILL_ZONES } from './resolve/outage.ts'

const SERVFAIL: Behaviour = { kind: 'rcode', rcode: 2 }

function startOutages(guard = true) {
  const told: string[] = []
  let skipped = 0
  const outages = createOutages({
    clock: { ...systemClock, monotonic: () => performance.now() + skipped },
    guard,
    onOutage: ({ server }) => told.push(`outage ${server}`),
    onRecovered: ({ server }) => told.push(`recovered ${server}`),
  })
  return { outages, told, skip: (ms: number) => (skipped += ms) }
}

/** Looks at names of as many zones as it takes. */
async function lookWidely(desk: Desk): Promise<void> {
  const zones = Array.from({ length: ILL_ZONES }, (_, i) => `www.zone${i}.test`)
  await Promise.all(zones.map((zone) => desk.look(HELD_VALID, monitorOf(zone))))
}

test('while the upstream is ill no state moves, and the reasons say so', async () => {
  const { outages, told } = startOutages()
  await using desk = await startDesk({ upstreams: [GOOD], outages })
  desk.upstreams[0]?.behave('*', SERVFAIL)
  await lookWidely(desk)

  const monitor = monitorOf()
  let status = HELD_VALID
  for (let looks = 0; looks < 4; looks += 1) {
    const before = Date.now()
    const examined = await desk.look(status, monitor)
    expect(examined).toMatchObject({ change: null, look: { state: 'VALID', confirmed: false, pendingState: null } })
    expect(examined.status.nextCheck - before).toBeLessThan(MINUTE)
    expect(codes(examined)).toEqual(['servfail', 'resolver_unreachable'])
    status = examined.status
  }
  expect(told).toEqual([`outage ${desk.upstreams[0]?.address}`])
})

test('not even a restored record moves a state by the word of an ill upstream alone', async () => {
  const { outages } = startOutages()
  await using desk = await startDesk({ upstreams: [GOOD], outages })
  desk.upstreams[0]?.behave('*', SERVFAIL)
  await lookWidely(desk)
  desk.upstreams[0]?.behave(WWW.name, { kind: 'delayed', ms: 0 })
  expect(await desk.look(statusOf('MISMATCH', [BAD]))).toMatchObject({ change: null, status: { state: 'MISMATCH' } })
  expect(await desk.look(statusOf('UNSET'))).toMatchObject({ change: null, status: { state: 'UNSET' } })
})

test('a recovered upstream is believed again, and its recovery told once', async () => {
  const { outages, told, skip } = startOutages()
  await using desk = await startDesk({ upstreams: [BAD], outages })
  const [upstream] = desk.upstreams
  upstream?.behave('*', SERVFAIL)
  await lookWidely(desk)
  upstream?.behave('*', null)
  skip(30_000)
  expect(await desk.look()).toMatchObject({ change: { newState: 'MISMATCH', confirmed: true } })
  expect(told).toEqual([`outage ${upstream?.address}`, `recovered ${upstream?.address}`])
})

test('a sound upstream is believed while the other one is ill', async () => {
  const { outages, told } = startOutages()
  await using desk = await startDesk({ upstreams: [GOOD, BAD], outages })
  const [ill, sound] = desk.upstreams
  ill?.behave('*', SERVFAIL)
  await lookWidely(desk)
  expect(told).toEqual([`outage ${ill?.address}`])
  expect(await desk.look()).toMatchObject({
    change: { newState: 'MISMATCH', confirmed: true },
    look: { answers: [{ evidence: { server: sound?.address } }, { evidence: { server: sound?.address } }] },
  })
})

/** Two upstreams, the first of them ill but for the one name. */
async function startHalfIll(answers: readonly [string, string]): Promise<Desk> {
  const { outages } = startOutages()
  const desk = await startDesk({ upstreams: answers, outages })
  desk.upstreams[0]?.behave('*', SERVFAIL)
  await lookWidely(desk)
  desk.upstreams[0]?.behave(WWW.name, { kind: 'delayed', ms: 0 })
  return desk
}

test('what an ill upstream says is believed when a sound one says the same', async () => {
  await using desk = await startHalfIll([BAD, BAD])
  const examined = await desk.look()
  expect(examined).toMatchObject({ change: { newState: 'MISMATCH', confirmed: true } })
  expect(new Set(examined.look.answers.map(({ evidence }) => evidence.server)).size).toBe(2)
})

test('an ill upstream that a sound one contradicts raises no suspicion', async () => {
  await using desk = await startHalfIll([BAD, GOOD])
  const examined = await desk.look()
  expect(examined).toMatchObject({ change: null, status: { state: 'VALID', pending: null } })
  expect(codes(examined)).toEqual(['missing', 'extra', 'inconsistent', 'resolver_unreachable'])
})

test('without confirmation no upstream is ill, and the first answer decides', async () => {
  const { outages, told } = startOutages(false)
  await using desk = await startDesk({ upstreams: [GOOD], outages, confirm: false })
  desk.upstreams[0]?.behave('*', SERVFAIL)
  await lookWidely(desk)
  expect(await desk.look()).toMatchObject({ change: { newState: 'INVALID' } })
  expect(told).toEqual([])
})

test.for([true, false])(
  'an upstream that cannot be reached moves no state and is told once, so is its return (guard: %o)',
  async (guard) => {
    const { outages, told } = startOutages(guard)
    const { address, port } = await closedPort()
    await using resolver = resolverOver([address])
    const deps: ExamineDeps = { resolver, clock: systemClock, budgetMs: 5000, confirm: guard, outages }
    const look = () => examine(deps, { monitor: monitorOf(), status: HELD_VALID }, { fresh: true })
    for (let looks = 0; looks < 3; looks += 1) {
      const examined = await look()
      expect(examined).toMatchObject({ change: null, status: { state: 'VALID', pending: null } })
      expect(codes(examined)).toEqual(['resolver_unreachable'])
    }
    expect(told).toEqual([`outage ${address}`])

    await using back = await startDnsServer(port)
    back.set(WWW.name, 'A', [GOOD])
    expect(await look()).toMatchObject({ look: { state: 'VALID', values: [GOOD] } })
    expect(told).toEqual([`outage ${address}`, `recovered ${address}`])
  },
)

test('a look that was called off says nothing about the upstream', async () => {
  const { outages, told } = startOutages()
  await using desk = await startDesk({ upstreams: [GOOD], outages })
  await examine(desk.deps, { monitor: monitorOf(), status: HELD_VALID }, { fresh: true, signal: AbortSignal.abort() })
  expect(told).toEqual([])
})
