/**
 * What every storage engine keeps. An engine passes when `describeStore` does; nothing here knows which one it is.
 */
import { describe } from 'vitest'
import { describeAccounts } from './conformance/accounts.ts'
import { describeChecks } from './conformance/checks.ts'
import { describeDeliveries } from './conformance/deliveries.ts'
import { describeEvents } from './conformance/events.ts'
import { describeGroups } from './conformance/groups.ts'
import { describeLoose } from './conformance/loose.ts'
import { describeMonitors } from './conformance/monitors.ts'
import { describePaging } from './conformance/paging.ts'
import { describeQueue } from './conformance/queue.ts'
import { describeSafety } from './conformance/safety.ts'
import { describeSettling } from './conformance/settling.ts'
import { describeSystemEvents } from './conformance/system-events.ts'
import { describeWebhooks } from './conformance/webhooks.ts'
import type { OpenDatabase } from './fixtures.ts'

export function describeStore(name: string, open: OpenDatabase): void {
  describe(name, () => {
    describeAccounts(open)
    describeGroups(open)
    describeMonitors(open)
    describeChecks(open)
    describeEvents(open)
    describeSystemEvents(open)
    describeWebhooks(open)
    describeDeliveries(open)
    describeQueue(open)
    describeSettling(open)
    describeLoose(open)
    describePaging(open)
    describeSafety(open)
  })
}
