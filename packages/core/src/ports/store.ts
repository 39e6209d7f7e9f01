/**
 * What a storage engine must keep, and in which transactions.
 *
 * Both engines (SQLite, PostgreSQL) pass one conformance suite. Every method that takes `orgId` sees that organization
 * only. Ids, times and texts come and go in core's form; rows are the engine's affair. Rules are core's: an engine
 * calls `planDelivery` and executes a `Settlement`, it decides neither.
 */
import type { Accounts } from './accounts.ts'
import type { Checks } from './checks.ts'
import type { Events, SystemEvents } from './events.ts'
import type { Groups } from './groups.ts'
import type { Monitors } from './monitors.ts'
import type { Queue } from './queue.ts'
import type { Audit, Idempotency, RateLimits, Retention } from './upkeep.ts'
import type { Deliveries, Webhooks } from './webhooks.ts'

export interface Store extends Records, AsyncDisposable {
  readonly checks: Checks
  readonly queue: Queue
  readonly retention: Retention
  readonly rateLimits: RateLimits
  /**
   * All that `work` does through the records it is given is committed together, or nothing when it rejects. `work` lets
   * every failure of theirs through, and uses nothing else of the store: on SQLite that would wait for itself.
   */
  transaction<T>(work: (records: Records) => Promise<T>): Promise<T>
  /** What an engine wants done from time to time for its own sake; often does no harm. */
  maintain(): Promise<void>
  /** Rejects when the database does not answer. */
  ping(): Promise<void>
}

/** What users read and write. */
export interface Records {
  readonly accounts: Accounts
  readonly groups: Groups
  readonly monitors: Monitors
  readonly events: Events
  readonly systemEvents: SystemEvents
  readonly webhooks: Webhooks
  readonly deliveries: Deliveries
  readonly audit: Audit
  readonly idempotency: Idempotency
  /** Does `work` as it would be done, and takes back all that it wrote. `work` uses only the records it is given. */
  rehearse<T>(work: (records: Records) => Promise<T>): Promise<T>
}
