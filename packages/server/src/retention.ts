/**
 * How long logs are kept, and the work of dropping what is older.
 *
 * Each slice is a transaction of its own and the next one waits its turn, so a purge of millions of rows is felt by
 * nobody; one that ends halfway is gone on with the next time.
 */
import { setImmediate as turn } from 'node:timers/promises'
import type { Clock, Log, Organization, Purged, Store } from '@dnsradar/core'
import { planOf } from './actions/plans.ts'

/** Rows of each kind per transaction. */
const SLICE = 500
const DAY_MS = 86_400_000
/** How long a subscription that said 410 can still be looked at, and be brought back with its history. */
const GONE_KEPT_MS = 7 * DAY_MS
/** How long the outcome of an Entri batch can be asked for. */
const BATCHES_KEPT_MS = 30 * DAY_MS
/** Each goes with its history, in a transaction of its own. */
const WEBHOOKS = 20
const EVERY_MS = 3_600_000
const ORGANIZATIONS_AT_ONCE = 100

/** `retentionMs` of the operator, or null for the plan's own. */
export function retentionOf(plan: string, retentionMs: number | null): number {
  return retentionMs ?? planOf(plan).retentionDays * DAY_MS
}

export interface OrganizationPurge extends Purged {
  readonly organization: Organization
}

export interface Purge {
  /** Those that lost something, row by row. */
  readonly organizations: readonly OrganizationPurge[]
  /** Whole months, of all organizations: the number of tables. */
  readonly partitions: number
  /** Subscriptions whose receivers said long enough ago that they are gone. */
  readonly webhooks: number
}

/** Drops what is too old at `at`; stops between slices when `signal` aborts. */
export async function purge(
  store: Store,
  {
    at,
    retentionMs,
    signal,
  }: { readonly at: number; readonly retentionMs: number | null; readonly signal?: AbortSignal },
): Promise<Purge> {
  const purges: OrganizationPurge[] = []
  const partitions = await dropMonths(store, at, retentionMs)
  for await (const organization of organizations(store)) {
    const before = at - retentionOf(organization.plan, retentionMs)
    let sum: Purged = { events: 0, requests: 0, systemEvents: 0, audit: 0 }
    await inSlices(signal, async () => {
      const purged = await store.retention.purge(organization.id, before, SLICE)
      sum = add(sum, purged)
      return Math.max(...Object.values(purged))
    })
    if (total(sum) > 0) purges.push({ organization, ...sum })
  }
  await inSlices(signal, () => store.retention.purgeMarks(at, SLICE))
  await inSlices(signal, () => store.retention.purgeBatches(at - BATCHES_KEPT_MS, SLICE))
  const webhooks = await inSlices(signal, () => store.retention.purgeGone(at - GONE_KEPT_MS, WEBHOOKS), WEBHOOKS)
  return { organizations: purges, partitions, webhooks }
}

/** Those that the organization with the longest retention needs no more. */
async function dropMonths(store: Store, at: number, retentionMs: number | null): Promise<number> {
  let longest = 0
  for await (const { plan } of organizations(store)) longest = Math.max(longest, retentionOf(plan, retentionMs))
  return longest === 0 ? 0 : store.retention.dropMonths(at - longest)
}

async function* organizations(store: Store): AsyncGenerator<Organization> {
  for (let after: string | null = null; ; ) {
    const page = await store.accounts.listOrganizations({
      limit: ORGANIZATIONS_AT_ONCE,
      way: 'asc',
      after,
      before: null,
    })
    yield* page.items
    after = page.items.at(-1)?.id ?? null
    if (!page.hasNext) return
  }
}

/**
 * Until a slice is not full. Gives the number of rows. SQLite works on this very thread, and so between two slices
 * everything else that waits there has its turn.
 */
async function inSlices(
  signal: AbortSignal | undefined,
  slice: () => Promise<number>,
  full: number = SLICE,
): Promise<number> {
  for (let sum = 0; ; await turn()) {
    if (signal?.aborted === true) return sum
    const rows = await slice()
    sum += rows
    if (rows < full) return sum
  }
}

function add(a: Purged, b: Purged): Purged {
  return {
    events: a.events + b.events,
    requests: a.requests + b.requests,
    systemEvents: a.systemEvents + b.systemEvents,
    audit: a.audit + b.audit,
  }
}

export function total({ events, requests, systemEvents, audit }: Purged): number {
  return events + requests + systemEvents + audit
}

/** Runs until `signal` aborts: at once, so that a process that is often restarted keeps house too, then every hour. */
export async function keepHouse(
  { store, clock, log }: { readonly store: Store; readonly clock: Clock; readonly log: Log },
  retentionMs: number | null,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      // Of several processes one does it: the others find nothing left, or find it busy.
      await store.alone(async () => {
        await store.maintain()
        const { organizations: losers, ...counts } = await purge(store, { at: clock.now(), retentionMs, signal })
        const rows = losers.reduce((sum, purged) => sum + total(purged), 0)
        if (rows + counts.partitions + counts.webhooks > 0) {
          log.info({ rows, organizations: losers.length, ...counts }, 'dropped what retention says')
        }
      })
    } catch (error) {
      log.error({ err: error }, 'housekeeping failed and is tried again in an hour')
    }
    await clock.wait(EVERY_MS, signal)
  }
}
