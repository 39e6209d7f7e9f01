/**
 * **The table** of what an installation consists of, in an order in which no row comes before one that it refers to.
 *
 * Columns are read from the schema of both databases. A table that is missing here would be left behind by a move.
 */
import type { Tables } from '../tables.ts'

export interface MovedTable {
  readonly name: keyof Tables
  /**
   * A history only grows, but for what retention takes, so a repeated move compares it row by row and writes what differs.
   * All else is written anew: rows there change names and owners with each other, and no order of changes would do.
   */
  readonly isHistory: boolean
  /** Of a history: the primary key, which both engines order alike. */
  readonly key: readonly string[]
  /** The rows that mean something elsewhere, as SQL. */
  readonly where?: string
}

function catalogue(name: keyof Tables, rows: Pick<MovedTable, 'where'> = {}): MovedTable {
  return { name, isHistory: false, key: [], ...rows }
}

function history(name: keyof Tables, key: readonly string[] = ['org_id', 'id']): MovedTable {
  return { name, isHistory: true, key }
}

export const MOVED_TABLES: readonly MovedTable[] = [
  catalogue('organizations'),
  catalogue('api_keys'),
  catalogue('groups'),
  catalogue('monitors'),
  catalogue('monitor_labels'),
  catalogue('checks'),
  catalogue('looks'),
  catalogue('webhooks'),
  catalogue('webhook_groups'),
  catalogue('webhook_pauses'),
  catalogue('entri_applications'),
  catalogue('entri_domains'),
  catalogue('entri_records'),
  catalogue('entri_batches'),
  catalogue('entri_batch_items'),
  // Whoever waits for an answer that is still being made waits in vain where nobody makes it.
  catalogue('idempotency', { where: 'response is not null' }),
  history('events'),
  history('system_events'),
  history('audit'),
  history('deliveries'),
  history('attempts', ['org_id', 'delivery_id', 'number']),
]

/** They belong to the database and its processes, and each database has its own. */
export const LEFT_TABLES: readonly string[] = ['migrations', 'moves', 'nodes', 'rate_limits']

/** Who works on a row, which nobody there does, and which transaction wrote it. */
export const LEFT_COLUMNS: readonly string[] = ['lease_owner', 'lease_until', 'lease_token', 'xid']
