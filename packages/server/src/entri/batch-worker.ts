/**
 * Adds the domains of batches in the background.
 *
 * Each domain is added in the transaction that settles its item, so a batch that is interrupted is gone on with where it
 * stood, by this process after its restart or by another one. A domain that is refused is an outcome; whatever else goes
 * wrong leaves the rest of the batch for another try.
 */
import { type ClaimedBatch, RadarError } from '@dnsradar/core'
import type { Doorbell } from '@dnsradar/core/doorbell'
import type { ServerDeps } from '../deps.ts'
import { transact } from '../http/perform.ts'
import { validateBody } from '../http/validate.ts'
import type { Caller } from './access.ts'
import { addDomain } from './domains.ts'
import { NewDomainBody } from './schemas.ts'

export interface BatchWorker {
  /** There may be something to do. */
  poke(): void
  /** Ends when `signal` aborts, after the domain that is being added. */
  run(signal: AbortSignal): Promise<void>
}

/** A batch of a process that died is taken up after so long. */
const LEASE_MS = 30_000
const POLL_MS = 30_000

export function createBatchWorker(deps: ServerDeps, bell: Doorbell): BatchWorker {
  return {
    poke: () => bell.ring(),
    async run(signal) {
      while (!signal.aborted) {
        try {
          while (!signal.aborted && (await workOnNext(deps, signal)));
        } catch (error) {
          deps.log.error({ err: error }, 'a batch was interrupted and is gone on with later')
        }
        await bell.wait(POLL_MS, signal)
      }
    },
  }
}

/** False when there is nothing to do. */
async function workOnNext(deps: ServerDeps, signal: AbortSignal): Promise<boolean> {
  const batch = await deps.store.batches.claim(LEASE_MS)
  if (batch === null) return false
  const caller = await callerOf(deps, batch)
  for (const item of batch.items) {
    if (signal.aborted) break
    if (caller !== null) await settle(deps, caller, batch, item)
  }
  await deps.store.batches.release(batch)
  return true
}

async function callerOf({ store }: ServerDeps, { orgId, application: id }: ClaimedBatch): Promise<Caller | null> {
  const application = await store.entri.application(orgId, id)
  const organization = await store.accounts.organization(orgId)
  return application === null || organization === null ? null : { application, organization }
}

async function settle(
  deps: ServerDeps,
  caller: Caller,
  batch: ClaimedBatch,
  { position, body }: ClaimedBatch['items'][number],
): Promise<void> {
  try {
    const isAdded = await transact(deps, async (inner) => {
      if (!(await inner.store.entri.settleBatchItem(batch, position, { status: 'completed' }))) return false
      const { domain, dnsRecords: records, user_id: userId } = validateBody(NewDomainBody, body)
      await addDomain(inner, caller, { domain, records, userId })
      return true
    })
    if (isAdded) deps.deliverer.poke()
  } catch (error) {
    if (!(error instanceof RadarError)) throw error
    await deps.store.entri.settleBatchItem(batch, position, { status: 'failed', error: error.message })
  }
}
