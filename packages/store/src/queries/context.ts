/** What the general queries need, and the few points on which the engines differ for them. */
import type { Mint, MonitorId } from '@dnsradar/core'
import type { Kysely, RawBuilder } from 'kysely'
import type { KeyRing } from '../seal.ts'
import type { Bytes, Tables } from '../tables.ts'

export interface QueryContext {
  readonly db: Kysely<Tables>
  readonly mint: Mint
  /** Epoch milliseconds, whole. */
  readonly now: () => number
  readonly keyRing: KeyRing
  /** Where people see a monitor; null when there is no such page. */
  readonly monitorUrl: (id: MonitorId) => string | null
  readonly engine: EngineTraits
}

/** Runs `work` in a transaction: the one that `db` is already part of, or one of its own. */
export function atomic<T>(db: Kysely<Tables>, work: (trx: Kysely<Tables>) => Promise<T>): Promise<T> {
  return db.isTransaction ? work(db) : db.transaction().execute(work)
}

export interface EngineTraits {
  /** How the statement's parameter number `position` (from 1) is written. */
  placeholder(position: number): string
  /** Where several processes write at once, rows are locked before a decision is based on them. */
  readonly locksRows: boolean
  /** What was not unique, in the engine's words; null when `error` is anything else. */
  uniqueViolation(error: unknown): string | null
  /** The column as one whose index a planner without statistics is not to choose. */
  passedOver(column: string): RawBuilder<unknown>
  /** For lists: from a row of `monitors` (m) to its row of `checks` (c), or the other way when `lead` says so. */
  joinChecks(lead: 'monitors' | 'checks'): RawBuilder<unknown>
  /** The octets of an id as hexadecimal digits, for lists: drivers give text sooner than octets. */
  hex(column: string): RawBuilder<string>
  /** Takes the leases from whoever looks at these monitors, within the transaction `trx`: results will not be recorded. */
  endCheckLeases(trx: Kysely<Tables>, keys: readonly CheckKey[]): Promise<void>
  /** The same for whoever sends to a webhook. */
  endWebhookLease(trx: Kysely<Tables>, orgId: Bytes, webhookId: Bytes): Promise<void>
  /**
   * Where several processes write at once: the condition of a row of this history to which no older one can come any more.
   */
  readonly settledOnly: ((table: History) => Promise<RawBuilder<boolean>>) | null
}

/** The tables that are read on from where one was, as time goes by. */
export type History = 'events' | 'deliveries' | 'system_events' | 'audit'

/** The primary key of `checks`. */
export interface CheckKey {
  readonly orgId: Bytes
  readonly phase: number
  readonly monitorId: Bytes
}
