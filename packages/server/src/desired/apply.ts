/**
 * Carries a plan out through the API.
 *
 * New monitors are rehearsed before anything is written, so that a limit of the plan or a refused expectation is met
 * while nothing is done yet. One that a webhook of the same plan names is made disabled, and enabled when the webhook
 * knows its id: so the webhook hears of its first look. What breaks off in the middle is made good by planning and
 * applying again: what was made carries its label already.
 */
import type { Client, WebhookPatch } from '@dnsradar/client'
import type { Actual } from './actual.ts'
import type { Change, Plan } from './changes.ts'
import { batchesOf } from '../source/batches.ts'

export interface ApplyDeps {
  readonly client: Client
  /** A new one for each request that must not be done twice. */
  readonly idempotencyKey: () => string
  readonly onProgress: (done: number, total: number) => void
  readonly signal: AbortSignal
}

type Of<Kind extends Change['kind'], Action extends Change['action']> = Extract<Change, { kind: Kind; action: Action }>
type NewMonitor = Of<'monitor', 'create'>

/** Gives the number of changes made. Rejects at the first that the server refuses. */
export async function applyPlan(deps: ApplyDeps, { changes }: Plan, actual: Actual): Promise<number> {
  const { client, signal, onProgress } = deps
  const fresh = changes.filter(isNewMonitor)
  const awaiting = awaitingWebhooks(fresh, changes)
  for (const batch of batchesOf(fresh)) {
    await client.previewMonitors({ monitors: batch.map(({ body }) => body) }, { signal })
  }
  const ids = new Map(actual.monitors.flatMap(({ uuid, external_id: key }) => (key === null ? [] : [[key, uuid]])))
  let done = 0
  const count = (more: number): void => {
    done += more
    onProgress(done, changes.length)
  }
  const carryOutAll = async (some: readonly Change[]): Promise<void> => {
    for (const change of some) {
      signal.throwIfAborted()
      if (isNewMonitor(change)) {
        // The first of them brings all: they stand together in the plan.
        if (change === fresh[0]) await createMonitors(deps, { fresh, awaiting, ids, count })
        continue
      }
      await carryOut(deps, change, ids)
      count(1)
    }
  }
  await carryOutAll(changes.filter(({ action }) => action !== 'delete'))
  for (const { key } of awaiting) {
    await client.enableMonitor(ids.get(key) ?? key, { signal })
    count(1)
  }
  await carryOutAll(changes.filter(({ action }) => action === 'delete'))
  return done
}

function isNewMonitor(change: Change): change is NewMonitor {
  return change.kind === 'monitor' && change.action === 'create'
}

/** New monitors whose first news is for a webhook that can be told of them only when they are there. */
function awaitingWebhooks(fresh: readonly NewMonitor[], changes: readonly Change[]): ReadonlySet<NewMonitor> {
  const named = new Set(
    changes.flatMap((change) =>
      change.kind === 'webhook' && change.action !== 'delete' ? (change.body.monitors ?? []) : [],
    ),
  )
  return new Set(fresh.filter(({ key, body }) => named.has(key) && body.is_active !== false))
}

interface Creation {
  readonly fresh: readonly NewMonitor[]
  /** Made disabled, and not done with that. */
  readonly awaiting: ReadonlySet<NewMonitor>
  /** By key; what is made is put there. */
  readonly ids: Map<string, string>
  readonly count: (more: number) => void
}

async function createMonitors(
  { client, idempotencyKey, signal }: ApplyDeps,
  { fresh, awaiting, ids, count }: Creation,
): Promise<void> {
  for (const batch of batchesOf(fresh)) {
    const monitors = batch.map((change) => (awaiting.has(change) ? { ...change.body, is_active: false } : change.body))
    const { data } = await client.createMonitors({ monitors }, { idempotencyKey: idempotencyKey(), signal })
    data.forEach(({ uuid }, at) => ids.set(batch[at]?.key ?? '', uuid))
    count(batch.filter((change) => !awaiting.has(change)).length)
  }
}

type Rest = Exclude<Change, NewMonitor>

async function carryOut(deps: ApplyDeps, change: Rest, ids: ReadonlyMap<string, string>): Promise<void> {
  const { client, signal } = deps
  const options = { signal }
  switch (change.kind) {
    case 'group':
      if (change.action === 'create') await client.createGroup(change.body, once(deps))
      else await client.updateGroup(change.id, change.body, options)
      return
    case 'monitor':
      if (change.action === 'delete') await client.deleteMonitor(change.id, options)
      else await client.updateMonitor(change.id, change.body, options)
      return
    case 'webhook':
      if (change.action === 'delete') await client.deleteWebhook(change.id, {}, options)
      else if (change.action === 'create') await client.createWebhook(withIds(change.body, ids), once(deps))
      else await updateWebhook(deps, change, ids)
  }
}

async function updateWebhook(
  { client, signal }: ApplyDeps,
  { id, body, activity }: Of<'webhook', 'update' | 'adopt'>,
  ids: ReadonlyMap<string, string>,
): Promise<void> {
  if (Object.keys(body).length > 0) await client.updateWebhook(id, withIds(body, ids), { signal })
  if (activity === true) await client.enableWebhook(id, { signal })
  if (activity === false) await client.disableWebhook(id, { signal })
}

function once({ idempotencyKey, signal }: ApplyDeps): {
  readonly idempotencyKey: string
  readonly signal: AbortSignal
} {
  return { idempotencyKey: idempotencyKey(), signal }
}

/** Monitors are named by their keys in a file and by their ids on a server. */
function withIds<Body extends Pick<WebhookPatch, 'monitors'>>(body: Body, ids: ReadonlyMap<string, string>): Body {
  return body.monitors === undefined ? body : { ...body, monitors: body.monitors.map((key) => ids.get(key) ?? key) }
}
