/** A monitor under the key of its owner's own system: made the first time, put in the place of itself afterwards. */
import type { MonitorEdit, NewMonitor, WatchedMonitor } from '@dnsradar/core'
import type { Deps } from '../deps.ts'
import type { Account } from '../http/context.ts'
import { refusal } from '../http/validate.ts'
import { externalId as externalIdField, type NewMonitorInput } from '../schemas/monitors.ts'
import { refuseEntriMonitor, refuseEntriTarget } from './entri-owned.ts'
import { lookAgain } from './monitors.ts'
import { newMonitor } from './new-monitor.ts'
import { admission } from './plans.ts'

export async function putMonitor(
  deps: Deps,
  account: Account,
  key: string,
  input: NewMonitorInput,
): Promise<{ watched: WatchedMonitor; created: boolean }> {
  const externalId = keyOf(key, input)
  const { id: orgId, plan } = account.organization
  const wanted = { ...newMonitor(input, plan), externalId }
  await refuseEntriTarget(deps, account, wanted.group)
  await refuseEntriMonitor(deps, account, await holderOf(deps, account, externalId))
  const put = await deps.store.monitors.put(
    orgId,
    wanted,
    (current) => replacementOf(current, wanted),
    admission(plan, 1),
  )
  if (put.created) deps.checker.poke()
  else if (put.watched.monitor.isActive) lookAgain(deps, put.watched)
  return put
}

function keyOf(key: string, { external_id }: NewMonitorInput): string {
  const { success } = externalIdField.safeParse(key)
  const message = success
    ? `is ${JSON.stringify(external_id)}, and the path says ${JSON.stringify(key)}; leave it out`
    : 'is not accepted; use 1 to 255 visible ASCII characters without /'
  if (success && (external_id === undefined || external_id === key)) return key
  throw refusal('invalid_field', { external_id: message })
}

async function holderOf({ store }: Deps, account: Account, externalId: string): Promise<WatchedMonitor | null> {
  const page = { limit: 1, way: 'asc', after: null, before: null } as const
  const { items } = await store.monitors.list(account.organization.id, { externalId }, page)
  return items[0] ?? null
}

/** Everything is replaced, except that a baseline which was taken is kept, as an edit keeps it. */
function replacementOf({ monitor }: WatchedMonitor, wanted: NewMonitor): MonitorEdit {
  const isTaken = wanted.match === 'baseline' && monitor.match === 'baseline' && wanted.type === monitor.type
  return isTaken ? { ...wanted, expected: monitor.expected } : wanted
}
