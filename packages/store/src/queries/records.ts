/** All general queries of one context: the store's own, or those of one transaction. */
import type { Records } from '@dnsradar/core'
import { accountQueries } from './accounts.ts'
import { auditQueries } from './audit.ts'
import { atomic, type QueryContext } from './context.ts'
import { deliveryQueries } from './deliveries.ts'
import { entriQueries } from './entri.ts'
import { eventQueries } from './events.ts'
import { groupQueries } from './groups.ts'
import { idempotencyQueries } from './idempotency.ts'
import { monitorQueries } from './monitors.ts'
import { rehearsed } from './savepoint.ts'
import { systemEventQueries } from './system-events.ts'
import { webhookQueries } from './webhooks.ts'

export function recordQueries(context: QueryContext): Records {
  return {
    accounts: accountQueries(context),
    groups: groupQueries(context),
    monitors: monitorQueries(context),
    events: eventQueries(context),
    systemEvents: systemEventQueries(context),
    webhooks: webhookQueries(context),
    deliveries: deliveryQueries(context),
    entri: entriQueries(context),
    audit: auditQueries(context),
    idempotency: idempotencyQueries(context),
    rehearse: (work) => rehearsed(context.db, (trx) => work(recordQueries({ ...context, db: trx }))),
  }
}

export function inTransaction<T>(context: QueryContext, work: (records: Records) => Promise<T>): Promise<T> {
  return atomic(context.db, (trx) => work(recordQueries({ ...context, db: trx })))
}
