/**
 * What every storage engine keeps. An engine passes when `describeStore` does; nothing here knows which one it is.
 */
import { describe } from 'vitest'
import { describeBacklog } from './conformance/backlog.ts'
import { describeAccounts } from './conformance/accounts.ts'
import { describeChecks } from './conformance/checks.ts'
import { describeDeliveries } from './conformance/deliveries.ts'
import { describeDeliveryControl } from './conformance/delivery-control.ts'
import { describeDrain } from './conformance/drain.ts'
import { describeEntri } from './conformance/entri.ts'
import { describeEntriBatches } from './conformance/entri-batches.ts'
import { describeEvents } from './conformance/events.ts'
import { describeGroupMonitors } from './conformance/group-monitors.ts'
import { describeGroups } from './conformance/groups.ts'
import { describeKnownMonitors } from './conformance/known-monitors.ts'
import { describeLooks } from './conformance/looks.ts'
import { describeLoose } from './conformance/loose.ts'
import { describeMonitorLists } from './conformance/monitor-lists.ts'
import { describeMonitors } from './conformance/monitors.ts'
import { describeNews } from './conformance/news.ts'
import { describeNotices } from './conformance/notices.ts'
import { describePaging } from './conformance/paging.ts'
import { describeQueue } from './conformance/queue.ts'
import { describeRecording } from './conformance/recording.ts'
import { describeRecovery } from './conformance/recovery.ts'
import { describeSafety } from './conformance/safety.ts'
import { describeSealed } from './conformance/sealed.ts'
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
    describeRecording(open)
    describeDrain(open)
    describeLooks(open)
    describeEvents(open)
    describeSystemEvents(open)
    describeWebhooks(open)
    describeSubscriptions(open)
    describeSystemDeliveries(open)
    describeEntri(open)
    describeEntriBatches(open)
    describeDeliveries(open)
    describeBacklog(open)
    describeQueue(open)
    describeSettling(open)
    describeLoose(open)
    describeDeliveryControl(open)
    describeRecovery(open)
    describePaging(open)
    describeNews(open)
    describeNotices(open)
    describeAudit(open)
    describeIdempotency(open)
    describeRateLimits(open)
    describeRetention(open)
    describeTransactions(open)
    describeSafety(open)
    describeSealed(open)
  })
}
