/**
 * The story of an outcome that arrives after its lease was taken over. No receiver can see what it does to the queue, so
 * it is looked for in the store.
 */
import type { Attempt, Delivery, Webhook } from '@dnsradar/core'
import { CAST, LEASE_MS, RETRY_DELAYS } from './cast.ts'
import { createChance } from './chance.ts'
import type { ChaosDatabase } from './database.ts'
import { createLedger } from './ledger.ts'
import type { Mutant } from './protocol.ts'
import { startWorker } from './worker-process.ts'
import { openWorld } from './world.ts'

/** `pending` is counted anew at every look. */
type Columns = Omit<Webhook, 'pending'>

export interface Story {
  /** The columns of the webhook as its present holder took it, and once the late outcome was written. */
  readonly before: Columns
  readonly after: Columns
  readonly delivery: Delivery
  readonly history: readonly Attempt[]
}

export async function lateOutcome(database: ChaosDatabase, mutant: Mutant | null): Promise<Story> {
  await using world = await openWorld(database, createChance(1), [['prompt', CAST.prompt]])
  const { store, orgId, keyRing } = world
  const webhookId = world.players[0]?.webhook ?? 'wh_'
  const settings = { url: database.url, keyRing, orgId, retryDelays: RETRY_DELAYS, leaseMs: LEASE_MS, mutant }
  const worker = startWorker({ ...settings, name: 'worker' }, createLedger())
  await using _ended = { [Symbol.asyncDispose]: () => worker.kill() }
  const current = async (): Promise<Columns> => {
    const found = await store.webhooks.get(orgId, webhookId)
    if (found === null) throw new Error('the webhook is gone')
    const { pending: _counted, ...columns } = found
    return columns
  }

  worker.serve()
  const sent = worker.listen(({ is }) => is === 'at' || undefined)
  await worker.ask({ do: 'arm', point: 'send:after', fault: 'hold' })
  await worker.ask({ do: 'record', monitors: world.monitors.slice(0, 1) })
  await sent
  // Somebody else's turn, once the lease has run out.
  const takenOver = worker.listen(({ is }) => is === 'at' || undefined)
  await worker.ask({ do: 'arm', point: 'claim:after', fault: 'hold' })
  await takenOver
  const before = await current()
  const settled = worker.listen(({ is }) => is === 'settled' || undefined)
  await worker.ask({ do: 'let-go', point: 'send:after' })
  await settled
  const after = await current()
  const page = { limit: 1, way: 'asc', after: null, before: null } as const
  const [delivery] = (await store.deliveries.list(orgId, webhookId, {}, page)).items
  if (delivery === undefined) throw new Error('nothing was delivered')
  return { before, after, delivery, history: await store.deliveries.attempts(orgId, delivery.id) }
}
