/** Batches, as applications send them and ask for them. What works on them is `batch-worker.ts`. */
import { type EntriBatch, notFound } from '@dnsradar/core'
import type { Deps } from '../deps.ts'
import { readId } from '../schemas/fields.ts'
import type { Caller } from './access.ts'

const LONGEST_NAME = 300

export async function createBatch(
  deps: Deps,
  { application }: Caller,
  domains: readonly unknown[],
): Promise<EntriBatch> {
  const items = domains.map((body) => ({ domain: nameIn(body), body }))
  const batch = await deps.store.entri.createBatch(application.orgId, application.id, items)
  deps.batches.poke()
  return batch
}

export async function findBatch(deps: Deps, { application }: Caller, id: string): Promise<EntriBatch> {
  const known = readId('bat', id)
  const found = known === null ? null : await deps.store.entri.batch(application.orgId, application.id, known)
  if (found === null) throw notFound('batch', id)
  return found
}

/** The domain as it was written, to tell it by; empty where none was. */
function nameIn(body: unknown): string {
  const isObject = typeof body === 'object' && body !== null && 'domain' in body
  return isObject && typeof body.domain === 'string' ? body.domain.slice(0, LONGEST_NAME) : ''
}
