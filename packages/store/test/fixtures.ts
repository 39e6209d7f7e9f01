/** What the conformance suite needs around a store: a clock that tests move, and rows worth storing. */
import { randomBytes } from 'node:crypto'
import {
  createMint,
  settle,
  type CheckResult,
  type ClaimedCheck,
  type DueCheck,
  type ClaimedDelivery,
  type Clock,
  type NewMonitor,
  type NewWebhook,
  type NodeId,
  type OrganizationId,
  type Outcome,
  type PageRequest,
  type StateChange,
  type Store,
  type WatchedMonitor,
  type Webhook,
} from '@dnsradar/core'

import { generateKey, parseKeyRing } from '../src/index.ts'
import type { OpenOptions } from '../src/options.ts'
import { aMonitor, aWebhook } from '../../../test/harness/new-rows.ts'
import { SILENT } from '../../../test/harness/silent-log.ts'

export const START = Date.UTC(2026, 5, 1)

export interface TestClock extends Clock {
  advance(ms: number): void
}

export function createTestClock(start: number = START): TestClock {
  let now = start
  return {
    now: () => now,
    monotonic: () => performance.now(),
    wait: () => Promise.resolve(),
    advance: (ms) => void (now += ms),
  }
}

/** One fresh database of the engine under test. */
export interface TestDatabase extends AsyncDisposable {
  readonly clock: TestClock
  /** Opens the database; the caller closes what it opened. */
  open(overrides?: Partial<OpenOptions>): Promise<Store>
  /** Makes every insert of a delivery fail inside the database. */
  breakDeliveries(): Promise<void>
  mendDeliveries(): Promise<void>
  /** Whether these bytes lie anywhere in what the engine stores. */
  holdsText(text: string): Promise<boolean>
  /** Notes a migration from the future. */
  markNewer(): Promise<void>
  /** Columns of octets other than ids, as `table.column`. */
  octetColumns(): Promise<readonly string[]>
  countPauses(webhook: Webhook): Promise<{ open: number; closed: number }>
}

export type OpenDatabase = () => Promise<TestDatabase>

export function testOptions(clock: Clock): OpenOptions {
  return {
    clock,
    random: (length) => randomBytes(length),
    keyRing: parseKeyRing(generateKey()),
    serving: true,
    log: SILENT,
  }
}

/** What helpers need of a store that is open. */
export interface Stand {
  readonly clock: TestClock
  readonly store: Store
  readonly orgId: OrganizationId
}

/** A store with one organization, closed with its database. */
export interface Bench extends Stand, AsyncDisposable {
  readonly database: TestDatabase
}

export async function openBench(open: OpenDatabase): Promise<Bench> {
  const database = await open()
  const store = await database.open()
  const { organization } = await store.accounts.ensureDefaultOrganization(null)
  return {
    database,
    clock: database.clock,
    store,
    orgId: organization.id,
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]()
      await database[Symbol.asyncDispose]()
    },
  }
}

export { aMonitor, aWebhook, SILENT }

const mint = createMint(Date.now, (length) => randomBytes(length))
export const NODE: NodeId = mint('nod')
export const OTHER_NODE: NodeId = mint('nod')
/** An organization that has no rows at all: whatever it asks for must not be found. */
export const STRANGER: OrganizationId = mint('org')
export const LEASE_MS = 60_000
export const CLAIM = { node: NODE, limit: 100, leaseMs: LEASE_MS }
export const FIRST_PAGE: PageRequest = { limit: 100, way: 'asc', after: null, before: null }

export async function createMonitor(bench: Stand, overrides: Partial<NewMonitor> = {}): Promise<WatchedMonitor> {
  const [watched] = await bench.store.monitors.create(bench.orgId, [aMonitor(overrides)])
  if (watched === undefined) throw new Error('no monitor was made')
  return watched
}

export function createWebhook(bench: Stand, overrides: Partial<NewWebhook> = {}): Promise<Webhook> {
  return bench.store.webhooks.create(bench.orgId, aWebhook(overrides), 100)
}

export async function claimMonitor(bench: Stand, watched: WatchedMonitor): Promise<ClaimedCheck> {
  const claimed = await bench.store.checks.claimOne(bench.orgId, watched.monitor.id, CLAIM)
  if (typeof claimed === 'string') throw new Error(`the monitor is ${claimed}`)
  return claimed
}

export const BROKEN: StateChange = {
  kind: 'record.broken',
  oldState: 'VALID',
  newState: 'MISMATCH',
  previous: ['192.0.2.1'],
  current: ['192.0.2.2'],
  incidenceCount: 1,
  reasons: [{ code: 'differs', message: 'Another address.', value: '192.0.2.2' }],
  confirmed: true,
}

export const RESTORED: StateChange = {
  kind: 'record.restored',
  oldState: 'MISMATCH',
  newState: 'VALID',
  previous: ['192.0.2.2'],
  current: ['192.0.2.1'],
  incidenceCount: 1,
  reasons: [],
  confirmed: true,
}

/** A look that found another record, the first such one. */
export function aBreak(check: DueCheck, now: number): CheckResult {
  const status = { ...aResult(check, now).status, state: 'MISMATCH' as const, current: ['192.0.2.2'], brokenSince: now }
  return aResult(check, now, { status, change: BROKEN })
}

/** A look that found the record again. */
export function aRestoration(check: DueCheck, now: number): CheckResult {
  const status = { ...aResult(check, now).status, brokenSince: null }
  return aResult(check, now, { status, change: RESTORED })
}

/** A look that found the record, and is due again in five minutes. */
export function aResult(check: DueCheck, now: number, overrides: Partial<CheckResult> = {}): CheckResult {
  const status = {
    ...check.status,
    state: 'VALID' as const,
    current: ['192.0.2.1'],
    answerHash: 'hash',
    wasValid: true,
    lastChecked: now,
    nextCheck: now + 5 * 60_000,
  }
  return { check, status, change: null, baseline: null, unchanged: false, look: null, ...overrides }
}

/** Records `count` changes of a monitor, one after the other. */
export async function recordChanges(bench: Stand, watched: WatchedMonitor, count = 1): Promise<void> {
  for (let i = 0; i < count; i++) {
    const claimed = await claimMonitor(bench, watched)
    const [recorded] = await bench.store.checks.record([aResult(claimed, bench.clock.now(), { change: BROKEN })])
    if (recorded?.recorded !== true) throw new Error('the change was not recorded')
    bench.clock.advance(1)
  }
}

const PHASES = { dns: 1, connect: 2, tls: null, firstByte: 3 }
export const ACCEPTED: Outcome = {
  kind: 'accepted',
  statusCode: 200,
  responseBody: 'ok',
  ip: '192.0.2.9',
  phases: PHASES,
  durationMs: 12,
}
export const REFUSED: Outcome = {
  kind: 'failed',
  errorClass: 'http_status',
  errorMessage: 'The receiver answered 503.',
  statusCode: 503,
  responseBody: 'later',
  retryAfterMs: 1000,
  ip: '192.0.2.9',
  phases: PHASES,
  durationMs: 12,
}

/** Settles what was claimed as core would. `delays: []` gives up at the first failure. */
export function settlementOf(
  bench: Stand,
  claimed: Pick<ClaimedDelivery, 'webhook' | 'delivery'>,
  outcome: Outcome,
  delays: readonly number[] = [60_000, 120_000],
) {
  const started = bench.clock.now()
  return settle(
    claimed.webhook,
    claimed.delivery,
    outcome,
    { started, finished: started + 12 },
    { delays, random: () => 0 },
  )
}
