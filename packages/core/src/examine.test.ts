import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { decode, encode } from '../../../test/harness/dns-oracle.ts'
import { type Behaviour, type DnsServer, startDnsServer } from '../../../test/harness/dns-server.ts'
import { systemClock } from './clock.ts'
import { type Examined, type ExamineDeps, examine, examineDue } from './examine.ts'
import { createMint } from './ids.ts'
import type { CheckStatus, Monitor, MonitorState } from './monitor/monitor.ts'
import { createAuthority, parseDnsAllow } from './resolve/authority.ts'
import { createOutages, ILL_ZONES, type Outages } from './resolve/outage.ts'
import { createResolver } from './resolve/resolver.ts'
import { parseUpstream } from './resolve/upstream.ts'

const QUIET = { debug() {}, info() {}, warn() {}, error() {} }
const SERVFAIL: Behaviour = { kind: 'rcode', rcode: 2 }
const REFUSED: Behaviour = { kind: 'rcode', rcode: 5 }
const [GOOD, BAD, WORSE] = ['192.0.2.1', '192.0.2.66', '192.0.2.99']
const WWW = 'www.example.test'
const MINUTE = 60_000
const mint = createMint(() => Date.UTC(2026, 0, 1), randomBytes)

/** Expects `GOOD` and nothing else. */
function monitorOf(ownerName = WWW): Monitor {
  return {
    id: mint('mon'),
    orgId: mint('org'),
    groupId: mint('grp'),
    domain: ownerName,
    subdomain: null,
    ownerName,
    registrable: ownerName.split('.').slice(-2).join('.'),
    type: 'A',
    match: 'exact',
    expected: [GOOD],
    expectedVersion: 1,
    intervalMinutes: 5,
    notify: 'immediately',
    isActive: true,
    externalId: null,
    metadata: {},
    created: 0,
    updated: 0,
  }
}

function statusOf(state: MonitorState, values: readonly string[] = []): CheckStatus {
  const isGood = state === 'VALID' || state === 'UNSET'
  return {
    state,
    current: state === 'UNSET' ? null : values,
    answerHash: null,
    reasons: [],
    incidenceCount: 0,
    brokenSince: isGood ? null : 1,
    wasValid: state !== 'UNSET',
    pending: null,
    lastChecked: null,
    nextCheck: 0,
  }
}

const HELD_VALID = statusOf('VALID', [GOOD])

interface Desk extends AsyncDisposable {
  /** Upstreams, in the order of the answers they were started with. */
  readonly upstreams: readonly DnsServer[]
  /** Servers of `example.test`, in the order of theirs. */
  readonly own: readonly DnsServer[]
  readonly deps: ExamineDeps
  look(status?: CheckStatus, monitor?: Monitor): Promise<Examined>
}

interface Setting {
  /** What each upstream answers for www.example.test; null denies the name. */
  readonly upstreams: readonly (string | null)[]
  readonly own?: readonly (string | null)[]
  readonly allowOwn?: boolean
  readonly outages?: Outages
  readonly confirm?: boolean
  readonly budgetMs?: number
}

async function startDesk(setting: Setting): Promise<Desk> {
  await using stack = new AsyncDisposableStack()
  const serve = async (address: string | null): Promise<DnsServer> => {
    const server = stack.use(await startDnsServer())
    if (address !== null) server.set(WWW, 'A', [address])
    return server
  }
  const upstreams = await Promise.all(setting.upstreams.map(serve))
  const own = await Promise.all((setting.own ?? []).map(serve))
  for (const upstream of upstreams) {
    upstream.set('example.test', 'NS', ['ns1.example.test'])
    upstream.set('ns1.example.test', 'A', ['127.0.0.1'])
  }
  const clock = systemClock
  const resolver = stack.use(
    createResolver({
      upstreams: upstreams.map(({ address }) => parseUpstream(address)),
      clock,
      randomBytes,
      log: QUIET,
    }),
  )
  const allow = parseDnsAllow(setting.allowOwn === false ? [] : own.map(({ address }) => address))
  const deps: ExamineDeps = {
    resolver,
    clock,
    budgetMs: setting.budgetMs ?? 5000,
    confirm: setting.confirm ?? true,
    authority: own.length > 0 ? createAuthority({ resolver, clock, randomBytes, allow }) : undefined,
    outages: setting.outages,
  }
  const held = stack.move()
  return {
    upstreams,
    own,
    deps,
    look: (status = HELD_VALID, monitor = monitorOf()) => examine(deps, { monitor, status }, { fresh: true }),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

const codes = ({ look }: Examined) => look.reasons.map(({ code }) => code)
const roles = ({ look }: Examined) => look.answers.map(({ evidence }) => evidence.role)

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
  { why: 'lame', own: [BAD, BAD], behaviour: REFUSED },
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

// Upstreams that are ill

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
  desk.upstreams[0]?.behave(WWW, { kind: 'delayed', ms: 0 })
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
  desk.upstreams[0]?.behave(WWW, { kind: 'delayed', ms: 0 })
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

/** Where nothing listens any more. */
async function closedPort(): Promise<{ address: string; port: number }> {
  await using server = await startDnsServer()
  return { address: server.address, port: server.port }
}

test.for([true, false])(
  'an upstream that cannot be reached moves no state and is told once, so is its return (guard: %o)',
  async (guard) => {
    const { outages, told } = startOutages(guard)
    const { address, port } = await closedPort()
    const upstreams = [parseUpstream(address)]
    await using resolver = createResolver({ upstreams, clock: systemClock, randomBytes, log: QUIET })
    const deps: ExamineDeps = { resolver, clock: systemClock, budgetMs: 5000, confirm: guard, outages }
    const look = () => examine(deps, { monitor: monitorOf(), status: HELD_VALID }, { fresh: true })
    for (let looks = 0; looks < 3; looks += 1) {
      const examined = await look()
      expect(examined).toMatchObject({ change: null, status: { state: 'VALID', pending: null } })
      expect(codes(examined)).toEqual(['resolver_unreachable'])
    }
    expect(told).toEqual([`outage ${address}`])

    await using back = await startDnsServer(port)
    back.set(WWW, 'A', [GOOD])
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
