/**
 * What a storage engine must keep, and in which transactions.
 *
 * Both engines (SQLite, PostgreSQL) pass one conformance suite. Every method that takes `orgId` sees that organization
 * only. Ids, times and texts come and go in core's form; rows are the engine's affair. Rules are core's: an engine
 * calls `planDelivery` and executes a `Settlement`, it decides neither.
 */
import type { Accounts } from './accounts.ts'
import type { Backlog } from './backlog.ts'
import type { Checks } from './checks.ts'
import type { Clock } from './clock.ts'
import type { Entri, EntriBatches } from './entri.ts'
import type { Events, SystemEvents } from './events.ts'
import type { Groups } from './groups.ts'
import type { Hints } from './hints.ts'
import type { Monitors } from './monitors.ts'
import type { NewsFeed } from './news.ts'
import type { Nodes } from './nodes.ts'
import type { OperatorNotices } from './notices.ts'
import type { Queue } from './queue.ts'
import type { Audit, Idempotency, RateLimits, Retention, Sealed } from './upkeep.ts'
import type { Deliveries, Webhooks } from './webhooks.ts'

export interface Store extends Records, AsyncDisposable {
  /** The time that rows are written by: whoever compares with them takes this one and not its own. */
  readonly clock: Clock
  readonly checks: Checks
  readonly queue: Queue
  readonly backlog: Backlog
  readonly operatorNotices: OperatorNotices
  readonly news: NewsFeed
  readonly batches: EntriBatches
  readonly retention: Retention
  readonly rateLimits: RateLimits
  readonly nodes: Nodes
  readonly hints: Hints
  /** Keys for one purpose, made of the key ring: 32 octets each by the id of the ring's key, the current one first. */
  deriveKeys(purpose: string): ReadonlyMap<string, Uint8Array>
  readonly sealed: Sealed
  /**
   * All that `work` does through the records it is given is committed together, or nothing when it rejects. `work` lets
   * every failure of theirs through, and uses nothing else of the store: on SQLite that would wait for itself.
   */
  transaction<T>(work: (records: Records) => Promise<T>): Promise<T>
  /** What an engine wants done from time to time for its own sake; often does no harm. */
  maintain(): Promise<void>
  /** Does `work` unless another process is doing some of the same at the moment: then null. */
  alone<T>(work: () => Promise<T>): Promise<T | null>
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
  readonly entri: Entri
  readonly audit: Audit
  readonly idempotency: Idempotency
  /** Does `work` as it would be done, and takes back all that it wrote. `work` uses only the records it is given. */
  rehearse<T>(work: (records: Records) => Promise<T>): Promise<T>
}
