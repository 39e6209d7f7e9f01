/**
 * What every storage engine keeps. An engine passes when `describeStore` does; nothing here knows which one it is.
 */
import { describe } from 'vitest'
import { describeAccounts } from './conformance/accounts.ts'
import { describeChecks } from './conformance/checks.ts'
import { describeDeliveries } from './conformance/deliveries.ts'
import { describeEvents } from './conformance/events.ts'
import { describeGroupMonitors } from './conformance/group-monitors.ts'
import { describeGroups } from './conformance/groups.ts'
import { describeKnownMonitors } from './conformance/known-monitors.ts'
import { describeLoose } from './conformance/loose.ts'
import { describeMonitorLists } from './conformance/monitor-lists.ts'
import { describeMonitors } from './conformance/monitors.ts'
import { describePaging } from './conformance/paging.ts'
import { describeQueue } from './conformance/queue.ts'
import { describeSafety } from './conformance/safety.ts'
import { describeSubscriptions } from './conformance/subscriptions.ts'
import { describeSystemDeliveries } from './conformance/system-deliveries.ts'
import { describeSettling } from './conformance/settling.ts'
import { describeSystemEvents } from './conformance/system-events.ts'
import { describeWebhooks } from './conformance/webhooks.ts'
import { describeAudit } from './conformance/audit.ts'
import { describeIdempotency } from './conformance/idempotency.ts'
import { describeRateLimits } from './conformance/rate-limits.ts'
import { describeRetention } from './conformance/retention.ts'
import { describeTransactions } from './conformance/transactions.ts'
import type { OpenDatabase } from './fixtures.ts'

export function describeStore(name: string, open: OpenDatabase): void {
  describe(name, () => {
    describeAccounts(open)
    describeGroups(open)
    describeMonitors(open)
    describeMonitorLists(open)
    describeGroupMonitors(open)
    describeKnownMonitors(open)
    describeChecks(open)
    describeEvents(open)
    describeSystemEvents(open)
    describeWebhooks(open)
    describeSubscriptions(open)
    describeSystemDeliveries(open)
    describeDeliveries(open)
    describeQueue(open)
    describeSettling(open)
    describeLoose(open)
    describePaging(open)
    describeAudit(open)
    describeIdempotency(open)
    describeRateLimits(open)
    describeRetention(open)
    describeTransactions(open)
    describeSafety(open)
  })
}
