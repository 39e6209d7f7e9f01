/** What keeps an installation in order: who wrote what, repeated requests, old rows, rate windows. */
import type { ApiKeyId, AuditId, OrganizationId } from '../ids.ts'
import type { Page, PageRequest, TimeRange } from './lists.ts'

/** One write: who did what to which object. */
export interface NewAuditEntry {
  /** Null for the command line. */
  readonly keyId: ApiKeyId | null
  /** `monitor.create`. */
  readonly action: string
  /** The object's id, as the wire shows it. */
  readonly object: string
  /** JSON without secrets. */
  readonly changes: Readonly<Record<string, unknown>>
}

export interface AuditEntry extends NewAuditEntry {
  readonly id: AuditId
  readonly orgId: OrganizationId
  /** The millisecond of the id. */
  readonly created: number
}

export interface Audit {
  record(orgId: OrganizationId, entry: NewAuditEntry): Promise<AuditEntry>
  list(orgId: OrganizationId, filter: { readonly created?: TimeRange }, page: PageRequest): Promise<Page<AuditEntry>>
}

// Idempotency

/** A request that its caller marked, so that a repeat is not a second one. Marks belong to one API key. */
export interface MarkedRequest {
  readonly orgId: OrganizationId
  readonly keyId: ApiKeyId
  readonly mark: string
  /** SHA-256 of all that makes the request what it is. */
  readonly hash: Uint8Array
}

export type Claim =
  /** Nobody used the mark, or long ago: it is this request's now. */
  | { readonly kind: 'new' }
  | { readonly kind: 'done'; readonly response: string }
  /** Another process or transaction committed its claim and has no answer yet. */
  | { readonly kind: 'running' }
  /** The mark stands for a request of another hash. */
  | { readonly kind: 'other' }

export interface Idempotency {
  /** Takes the mark until `expires`. Waits for the end of a transaction that has claimed it. */
  claim(request: MarkedRequest, expires: number): Promise<Claim>
  /** Keeps the answer, sealed, until `expires`. */
  complete(request: MarkedRequest, response: string, expires: number): Promise<void>
  /** Gives back a mark that was claimed and not completed. */
  release(request: MarkedRequest): Promise<void>
}

// Retention

/** How many rows were deleted. */
export interface Purged {
  readonly events: number
  readonly requests: number
  readonly systemEvents: number
  readonly audit: number
}

export interface Retention {
  /**
   * Drops, where logs are kept in a table for each month, those of all organizations that end by `before` and hold no
   * request that still waits to be sent; one that somebody reads is left for the next time. Gives the number of tables.
   */
  dropMonths(before: number): Promise<number>
  /**
   * Deletes up to `limit` rows of each kind that are older than `before`, requests with their attempts. A request that
   * still waits to be sent is never one of them.
   */
  purge(orgId: OrganizationId, before: number, limit: number): Promise<Purged>
  /**
   * Deletes up to `limit` subscriptions, of all organizations, whose receivers said `gone` before `before`, with their
   * history. Gives their number.
   */
  purgeGone(before: number, limit: number): Promise<number>
  /** Deletes up to `limit` idempotency marks that expired by `at`, of all organizations. Gives their number. */
  purgeMarks(at: number, limit: number): Promise<number>
  /** Deletes up to `limit` settled batches that were made before `before`, of all organizations. Gives their number. */
  purgeBatches(before: number, limit: number): Promise<number>
}

// Rate limits

/** Belongs to the instance: of processes that share a database all count together. */
export interface RateLimits {
  /** Counts one more in the window of `key`, which begins with the first one after the last window's end. */
  count(key: string, windowMs: number): Promise<RateWindow>
}

export interface RateWindow {
  /** Including this one. */
  readonly count: number
  /** Epoch milliseconds at which the window is over. */
  readonly ends: number
}

// Secrets at rest

export interface Sealed {
  /**
   * Seals anew, under the first key of the ring, whatever another of its keys sealed: a slice of rows at a time, also
   * beside processes that serve, and from the start again after an end halfway. Gives the number of rows of each table.
   * Rejects when the ring lacks a key that is still in use.
   */
  reseal(): Promise<Readonly<Record<string, number>>>
}
