/**
 * **The table** of what is sealed at rest, and of the place that each value is bound to.
 *
 * A new key takes over whatever stands here, and a start looks here for keys that are still in use. A sealed column that
 * is missing would be lost with the key that is dropped.
 */
import type { ApiKeyId } from '@dnsradar/core'
import { readId } from './rows/columns.ts'
import type { Bytes } from './tables.ts'

/** The key's columns as the driver gives them, and the sealed ones. */
export type SealedRow = Readonly<Record<string, unknown>>

export interface SealedTable {
  readonly name: string
  /** The primary key. */
  readonly key: readonly string[]
  /** No two rows are equal in these. Who locks several rows of the table does so in this order. */
  readonly order: readonly string[]
  readonly columns: readonly string[]
  /** The row's name in the place of its values. */
  readonly rowId: (row: SealedRow) => string
  /** Past this time nobody opens the row again. */
  readonly expires?: string
}

export const SEALED_TABLES: readonly SealedTable[] = [
  {
    name: 'webhooks',
    key: ['org_id', 'id'],
    order: ['id'],
    columns: ['headers', 'secret', 'previous_secret', 'format_options'],
    rowId: ({ id }) => readId('wh', id as Bytes),
  },
  {
    name: 'idempotency',
    key: ['org_id', 'key_id', 'key'],
    order: ['org_id', 'key_id', 'key'],
    columns: ['response'],
    rowId: ({ key_id, key }) => markName(readId('key', key_id as Bytes), key as string),
    expires: 'expires',
  },
  {
    name: 'entri_applications',
    key: ['org_id', 'id'],
    order: ['id'],
    columns: ['secret'],
    rowId: ({ id }) => readId('app', id as Bytes),
  },
]

/** Marks have no id of their own. */
export function markName(keyId: ApiKeyId, mark: string): string {
  return `${keyId}/${mark}`
}
