/**
 * Carries a request out.
 *
 * A write is one transaction: the rows, the audit entry that tells of them, and the answer that a repeat of the request
 * is given. Whatever refuses it leaves nothing behind. A row that is marked `alone` waits for others in its handler, so
 * it runs outside, and claims its mark before and keeps its answer after.
 */
import type { Audit, MarkedRequest, Records } from '@dnsradar/core'
import type { Deps, ServerDeps } from '../deps.ts'
import { objectWritten, toldOf } from './audited.ts'
import type { Account } from './context.ts'
import { type Answer, claimOrReplay, keepAnswer } from './idempotency.ts'
import { givenBy, isOtherSuccess } from './other-success.ts'
import type { ExchangeRoute } from './route.ts'

export interface Performance {
  readonly row: ExchangeRoute
  readonly account: Account | null
  readonly params: Readonly<Record<string, string>>
  /** It waits for others, so it runs outside any transaction. */
  readonly isAlone: boolean
  /** All that it writes is taken back. */
  readonly isRehearsal: boolean
  /** As it was sent: what the audit tells of. */
  readonly sent: unknown
  readonly mark: MarkedRequest | null
  /** Validates, and gives what carries the request out. */
  readonly prepare: () => (deps: Deps) => Promise<unknown>
}

export interface Performed extends Answer {
  /** This is the answer to an earlier request. */
  readonly isReplay: boolean
}

export async function perform(deps: ServerDeps, request: Performance): Promise<Performed> {
  const { row, mark, prepare } = request
  if (request.isAlone) return performAlone(deps, request)
  if (mark === null) {
    // Nothing stands before validation, so what is refused costs no transaction.
    const run = prepare()
    const isReading = row.writes === null || request.isRehearsal
    return isReading ? first(row, await run(deps)) : inTransaction(deps, request, run)
  }
  return inTransaction(deps, request, (inner) => prepare()(inner))
}

async function inTransaction(
  deps: ServerDeps,
  request: Performance,
  run: (deps: Deps) => Promise<unknown>,
): Promise<Performed> {
  const { row, mark } = request
  const performed = await transact<Performed>(deps, async (inner, records) => {
    const known = mark === null ? null : await claimOrReplay(records.idempotency, mark, deps.clock.now())
    if (known !== null) return { ...known, isReplay: true }
    const answer = first(row, await run(inner))
    await conclude(deps, records, request, answer)
    return answer
  })
  if (!performed.isReplay) deps.deliverer.poke()
  return performed
}

/** One transaction; what is woken or sent in it waits for its end. */
export async function transact<T>(deps: ServerDeps, work: (inner: Deps, records: Records) => Promise<T>): Promise<T> {
  const afterwards: (() => void)[] = []
  const done = await deps.store.transaction((records) => work(within(deps, records, afterwards), records))
  for (const act of afterwards) act()
  return done
}

async function performAlone(deps: ServerDeps, request: Performance): Promise<Performed> {
  const { row, mark, prepare } = request
  const { idempotency } = deps.store
  const known = mark === null ? null : await claimOrReplay(idempotency, mark, deps.clock.now())
  if (known !== null) return { ...known, isReplay: true }
  try {
    const answer = first(row, await prepare()(deps))
    await deps.store.transaction((records) => conclude(deps, records, request, answer))
    deps.deliverer.poke()
    return answer
  } catch (error) {
    if (mark !== null) await idempotency.release(mark)
    throw error
  }
}

interface First extends Performed {
  /** What the audit calls it; null when nothing was written. */
  readonly writes: string | null
  /** What was written, when the answer does not say it. */
  readonly object: string | null
}

function first({ status, other, writes }: ExchangeRoute, given: unknown): First {
  const object = objectWritten(given)
  if (!isOtherSuccess(given)) {
    return { status, body: object === null ? given : undefined, isReplay: false, writes, object }
  }
  const { body, writes: told = writes } = givenBy(given)
  return { status: other?.status ?? status, body, isReplay: false, writes: told, object }
}

async function conclude(
  { clock }: ServerDeps,
  { audit, idempotency }: Records,
  request: Performance,
  { status, body, writes, object }: First,
): Promise<void> {
  if (writes !== null) await tell(audit, request, { writes, body, object })
  if (request.mark !== null) await keepAnswer(idempotency, request.mark, { status, body }, clock.now())
}

async function tell(
  audit: Audit,
  { account, params, sent }: Performance,
  { writes, body, object }: { writes: string; body: unknown; object: string | null },
): Promise<void> {
  if (account === null) return
  const told = toldOf(params, sent, body)
  const entry = { keyId: account.key.id, action: writes, object: object ?? told.object, changes: told.changes }
  await audit.record(account.organization.id, entry)
}

/** The loops of this process are told of new work when it is committed: woken earlier they would not see it. */
function within(deps: ServerDeps, records: Records, afterwards: (() => void)[]): Deps {
  return {
    ...deps,
    store: records,
    checker: { ...deps.checker, poke: () => void afterwards.push(deps.checker.poke) },
    deliverer: { poke: () => void afterwards.push(deps.deliverer.poke) },
    batches: { poke: () => void afterwards.push(deps.batches.poke) },
    farewell: (webhook) => void afterwards.push(() => deps.farewell(webhook)),
  }
}
