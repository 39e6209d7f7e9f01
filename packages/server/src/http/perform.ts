/**
 * Carries a request out.
 *
 * A write is one transaction: the rows, the audit entry that tells of them, and the answer that a repeat of the request
 * is given. Whatever refuses it leaves nothing behind. A row that is marked `alone` waits for others in its handler, so
 * it runs outside, and claims its mark before and keeps its answer after.
 */
import { type Audit, type MarkedRequest, type Records } from '@dnsradar/core'
import type { Deps, ServerDeps } from '../deps.ts'
import { changesOf, objectOf } from './audited.ts'
import type { Account } from './context.ts'
import { type Answer, claimOrReplay, keepAnswer } from './idempotency.ts'
import { givenBy, isOtherSuccess } from './other-success.ts'
import type { Route } from './route.ts'

export interface Performance {
  readonly row: Route
  readonly account: Account | null
  readonly params: Readonly<Record<string, string>>
  /** It waits for others, so it runs outside any transaction. */
  readonly isAlone: boolean
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
    return row.writes === null ? first(row, await run(deps)) : inTransaction(deps, request, run)
  }
  return inTransaction(deps, request, (inner) => prepare()(inner))
}

async function inTransaction(
  deps: ServerDeps,
  request: Performance,
  run: (deps: Deps) => Promise<unknown>,
): Promise<Performed> {
  const { row, mark } = request
  const afterwards: (() => void)[] = []
  const performed = await deps.store.transaction(async (records) => {
    const known = mark === null ? null : await claimOrReplay(records.idempotency, mark, deps.clock.now())
    if (known !== null) return { ...known, isReplay: true }
    const answer = first(row, await run(within(deps, records, afterwards)))
    await conclude(deps, records, request, answer)
    return answer
  })
  for (const act of afterwards) act()
  if (!performed.isReplay) deps.deliverer.poke()
  return performed
}

async function performAlone(deps: ServerDeps, request: Performance): Promise<Performed> {
  const { row, mark, prepare } = request
  const { idempotency } = deps.store
  const known = mark === null ? null : await claimOrReplay(idempotency, mark, deps.clock.now())
  if (known !== null) return { ...known, isReplay: true }
  try {
    const answer = first(row, await prepare()(deps))
    await deps.store.transaction((records) => conclude(deps, records, request, answer))
    return answer
  } catch (error) {
    if (mark !== null) await idempotency.release(mark)
    throw error
  }
}

interface First extends Performed {
  /** What the audit calls it; null when nothing was written. */
  readonly writes: string | null
}

function first({ status, otherStatus, writes }: Route, given: unknown): First {
  if (!isOtherSuccess(given)) return { status, body: given, isReplay: false, writes }
  const { body, writes: told = writes } = givenBy(given)
  return { status: otherStatus ?? status, body, isReplay: false, writes: told }
}

async function conclude(
  { clock }: ServerDeps,
  { audit, idempotency }: Records,
  request: Performance,
  { status, body, writes }: First,
): Promise<void> {
  if (writes !== null) await tell(audit, request, writes, body)
  if (request.mark !== null) await keepAnswer(idempotency, request.mark, { status, body }, clock.now())
}

async function tell(
  audit: Audit,
  { account, params, sent }: Performance,
  action: string,
  answer: unknown,
): Promise<void> {
  if (account === null) return
  const entry = {
    keyId: account.key.id,
    action,
    object: objectOf(params, answer),
    changes: changesOf(sent),
  }
  await audit.record(account.organization.id, entry)
}

/** The loops of this process are told of new work when it is committed: woken earlier they would not see it. */
function within(deps: ServerDeps, records: Records, afterwards: (() => void)[]): Deps {
  return {
    ...deps,
    store: records,
    checker: { ...deps.checker, poke: () => void afterwards.push(deps.checker.poke) },
    deliverer: { poke: () => void afterwards.push(deps.deliverer.poke) },
    farewell: (webhook) => void afterwards.push(() => deps.farewell(webhook)),
  }
}
