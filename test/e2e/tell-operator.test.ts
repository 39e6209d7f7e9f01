/** The loop that tells the operator, at work on the embedded store, on a clock that the test moves. */
import { randomBytes } from 'node:crypto'
import type { Log, NoticeChannel, OrganizationId, Store } from '@dnsradar/core'
import { createNotifier, type NotifierDeps, type SendNotice } from '@dnsradar/core/notify'
import { generateKey, openStore, parseKeyRing } from '@dnsradar/store'
import { expect, test, vi } from 'vitest'
import { createTestClock } from '../harness/clock.ts'
import { SILENT } from '../harness/silent-log.ts'

const MINUTE = 60_000
const HOUR = 60 * MINUTE

async function openBench() {
  const clock = createTestClock()
  const errors: string[] = []
  const log: Log = { ...SILENT, error: (_fields, message) => void errors.push(message) }
  const keyRing = parseKeyRing(generateKey())
  const store = await openStore('sqlite::memory:', { clock, log, keyRing, random: randomBytes, serving: true })
  const { organization } = await store.accounts.ensureDefaultOrganization(null)
  return {
    clock,
    errors,
    store,
    orgId: organization.id,
    start: (channels: NotifierDeps['channels']) => start({ store, clock, log, channels }),
    [Symbol.asyncDispose]: () => store[Symbol.asyncDispose](),
  }
}

function start(deps: NotifierDeps) {
  const stopping = new AbortController()
  const running = createNotifier(deps).run(stopping.signal)
  return {
    abort: () => stopping.abort(),
    ended: running,
    async [Symbol.asyncDispose]() {
      stopping.abort()
      await running
    },
  }
}

async function outages(store: Store, orgId: OrganizationId, count: number): Promise<readonly string[]> {
  const ids: string[] = []
  for (let i = 0; i < count; i++) ids.push((await store.systemEvents.record(orgId, 'resolver.outage', {})).id)
  return ids
}

/** A channel that keeps what it was told, and says what it is asked to. */
function recording(answer: string | null = null) {
  const told: string[] = []
  const send: SendNotice = async ({ event }) => {
    told.push(event.id)
    return answer
  }
  return { told, send }
}

test('notices are told in the order in which things happened, many of them too', async () => {
  await using bench = await openBench()
  const url = recording()
  const ids = await outages(bench.store, bench.orgId, 25)
  await using _running = bench.start({ url: url.send })
  await expect.poll(() => url.told).toEqual(ids)
  expect(await bench.store.operatorNotices.nextDue()).toBeNull()
})

test('an operator who cannot be reached for a day is given up, with an error in the log', async () => {
  await using bench = await openBench()
  const url = recording('Connection refused')
  await outages(bench.store, bench.orgId, 1)
  await using _running = bench.start({ url: url.send })
  await expect.poll(() => url.told).toHaveLength(1)
  await vi.waitFor(
    async () => {
      await bench.clock.advance(10 * MINUTE)
      expect(bench.errors).toEqual(['the operator could not be told for a day'])
    },
    { timeout: 5_000, interval: 1 },
  )
  expect(await bench.store.operatorNotices.nextDue()).toBeNull()
  expect(url.told.length).toBeGreaterThan(4)
})

test('a notice that is a day old when a process comes to tell it is told to nobody', async () => {
  await using bench = await openBench()
  const url = recording()
  await outages(bench.store, bench.orgId, 1)
  await bench.clock.advance(24 * HOUR)
  await using _running = bench.start({ url: url.send })
  await expect.poll(() => bench.errors).toEqual(['the operator could not be told for a day'])
  expect(url.told).toEqual([])
})

test.for<{ why: string; channels: readonly NoticeChannel[] }>([
  { why: 'nobody is named', channels: [] },
  { why: 'the way that is owed was taken away', channels: ['email'] },
])('there is nothing to do when $why', async ({ channels }) => {
  await using bench = await openBench()
  await outages(bench.store, bench.orgId, 1)
  const [notice] = await bench.store.operatorNotices.claimDue({ limit: 1, leaseMs: MINUTE })
  if (notice === undefined) throw new Error('nothing is due')
  await bench.store.operatorNotices.settle(notice, { owed: ['url'], at: bench.clock.now() })
  const email = recording()
  await using _running = bench.start(channels.length === 0 ? {} : { email: email.send })
  await expect.poll(() => bench.store.operatorNotices.nextDue()).toBeNull()
  expect(email.told).toEqual([])
})

test('a stop finishes the notice in flight and gives back the others', async () => {
  await using bench = await openBench()
  const { promise: taken, resolve: take } = Promise.withResolvers<null>()
  const told: string[] = []
  const url: SendNotice = ({ event }) => {
    told.push(event.id)
    return taken
  }
  const [first, ...others] = await outages(bench.store, bench.orgId, 3)
  const running = bench.start({ url })
  await expect.poll(() => told).toEqual([first])
  running.abort()
  take(null)
  await running.ended
  expect(told).toEqual([first])
  const due = await bench.store.operatorNotices.claimDue({ limit: 10, leaseMs: MINUTE })
  expect(due.map(({ event }) => event.id)).toEqual(others)
})

test('a store that does not answer is asked again', async () => {
  await using bench = await openBench()
  const url = recording()
  const [id] = await outages(bench.store, bench.orgId, 1)
  let failures = 0
  const operatorNotices = {
    ...bench.store.operatorNotices,
    claimDue: (claim: { limit: number; leaseMs: number }) =>
      ++failures === 1 ? Promise.reject(new Error('gone')) : bench.store.operatorNotices.claimDue(claim),
  }
  await using _running = start({
    store: { operatorNotices },
    channels: { url: url.send },
    clock: bench.clock,
    log: SILENT,
  })
  await expect.poll(() => failures).toBe(1)
  await expect.poll(() => bench.clock.waiting).toBe(1)
  await bench.clock.advance(5_000)
  await expect.poll(() => url.told).toEqual([id])
})
