/** What the general queries need, and the few points on which the engines differ for them. */
import type { Mint } from '@dnsradar/core'
import type { Kysely } from 'kysely'
import type { KeyRing } from '../seal.ts'
import type { Bytes, Tables } from '../tables.ts'

export interface QueryContext {
  readonly db: Kysely<Tables>
  readonly mint: Mint
  /** Epoch milliseconds, whole. */
  readonly now: () => number
  readonly keyRing: KeyRing
  readonly engine: EngineTraits
}

export interface EngineTraits {
  /** How the statement's parameter number `position` (from 1) is written. */
  placeholder(position: number): string
  /** Where several processes write at once, rows are locked before a decision is based on them. */
  readonly locksRows: boolean
  /** What was not unique, in the engine's words; null when `error` is anything else. */
  uniqueViolation(error: unknown): string | null
  /** Takes the lease from whoever looks at a monitor, within the transaction `trx`: their result will not be recorded. */
  endCheckLease(trx: Kysely<Tables>, key: CheckKey): Promise<void>
  /** The same for whoever sends to a webhook. */
  endWebhookLease(trx: Kysely<Tables>, orgId: Bytes, webhookId: Bytes): Promise<void>
}

/** The primary key of `checks`. */
export interface CheckKey {
  readonly orgId: Bytes
  readonly phase: number
  readonly monitorId: Bytes
}
