/**
 * The difference between what a file asks for and what a server has, in the order in which it is made good.
 *
 * Groups come first because others stand in them. Webhooks come before monitors, so that the first news of a new monitor
 * is delivered; those that name monitors need their ids and come after them, and only then are such monitors looked at
 * (`apply.ts`). What goes, goes last: an apply that breaks off has not lost anything.
 */
import type { Actual } from './actual.ts'
import type { Change, Plan, PlanOptions } from './changes.ts'
import type { Desired } from './desired.ts'
import { planGroups } from './plan-groups.ts'
import { planMonitors } from './plan-monitors.ts'
import { planWebhooks } from './plan-webhooks.ts'
import { inOrder } from '../source/place.ts'

export function planChanges(desired: Desired, actual: Actual, options: PlanOptions): Plan {
  const monitors = planMonitors(desired, actual, options)
  const webhooks = planWebhooks(desired, actual, options)
  const all = [...planGroups(desired, actual), ...monitors.changes, ...webhooks.changes]
  return {
    changes: all.toSorted((a, b) => turnOf(a) - turnOf(b)),
    conflicts: inOrder([...monitors.conflicts, ...webhooks.conflicts]),
  }
}

function turnOf(change: Change): number {
  if (change.action === 'delete') return change.kind === 'monitor' ? 5 : 6
  switch (change.kind) {
    case 'group':
      return 0
    case 'webhook':
      return (change.body.monitors ?? []).length === 0 ? 1 : 3
    case 'monitor':
      // One that is looked at again has news for the webhooks before it.
      return change.action !== 'create' && change.body.is_active === true ? 4 : 2
  }
}

/** How many of each, for one line: `2 to create, 1 to delete`. */
export function countChanges({ changes }: Plan): string {
  const counts = (['create', 'adopt', 'update', 'delete'] as const).flatMap((action) => {
    const count = changes.filter((change) => change.action === action).length
    return count === 0 ? [] : [`${count} to ${action}`]
  })
  return counts.length === 0 ? 'nothing to change' : counts.join(', ')
}
