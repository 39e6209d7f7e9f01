/** Which monitors watch the same already. What expectations mean is core's to say, so candidates are found by name. */
import {
  type GroupId,
  type Monitors,
  type NewMonitor,
  type OrganizationId,
  RadarError,
  watchKey,
  type WatchedMonitor,
} from '@dnsradar/core'
import type { Kysely } from 'kysely'
import { id, readId, readJson, text } from '../rows/columns.ts'
import { readWatched } from '../rows/monitors.ts'
import type { Bytes, MonitorRow, Tables } from '../tables.ts'
import { watched } from './watched.ts'

/** Names of one statement, and ids of another. */
const CHUNK = 500

type Candidate = Pick<MonitorRow, 'id' | 'owner_name' | 'record_type' | 'match' | 'expected' | 'group_id'>

export async function findEquals(
  trx: Kysely<Tables>,
  orgId: OrganizationId,
  wanted: Parameters<Monitors['equals']>[1],
): Promise<readonly (WatchedMonitor | null)[]> {
  const oldest = await oldestOf(trx, orgId, [...new Set(wanted.map(({ monitor }) => text(monitor.ownerName)))])
  const ids = wanted.map(({ monitor, groupId }) => oldest.get(placeOf(watchKey(monitor), groupId)) ?? null)
  const found = await fetchWatched(
    trx,
    orgId,
    ids.filter((found) => found !== null),
  )
  return ids.map((bytes) => (bytes === null ? null : (found.get(readId('mon', bytes)) ?? null)))
}

/** The oldest monitor of each kind that watches one of these names. */
async function oldestOf(
  trx: Kysely<Tables>,
  orgId: OrganizationId,
  names: readonly string[],
): Promise<ReadonlyMap<string, Bytes>> {
  const oldest = new Map<string, Bytes>()
  const keyOf = createKeyReader()
  for (let from = 0; from < names.length; from += CHUNK) {
    const rows: readonly Candidate[] = await trx
      .selectFrom('monitors')
      .select(['id', 'owner_name', 'record_type', 'match', 'expected', 'group_id'])
      .where('org_id', '=', id(orgId))
      .where('owner_name', 'in', names.slice(from, from + CHUNK))
      .orderBy('id')
      .execute()
    for (const row of rows) {
      const key = keyOf(row)
      if (key === null) continue
      const place = placeOf(key, readId('grp', row.group_id))
      if (!oldest.has(place)) oldest.set(place, row.id)
    }
  }
  return oldest
}

function placeOf(key: string, groupId: GroupId): string {
  return `${groupId} ${key}`
}

/** Reads an expectation once, however many monitors have it. Null for one that today's rules would refuse. */
function createKeyReader(): (row: Candidate) => string | null {
  const known = new Map<string, string | null>()
  return (row) => {
    const written = JSON.stringify([row.owner_name, row.record_type, row.match, row.expected])
    const cached = known.get(written)
    if (cached !== undefined) return cached
    const key = keyOf(row)
    known.set(written, key)
    return key
  }
}

function keyOf(row: Candidate): string | null {
  try {
    return watchKey({
      ownerName: row.owner_name,
      type: row.record_type as NewMonitor['type'],
      match: row.match as NewMonitor['match'],
      expected: readJson(row.expected),
    })
  } catch (error) {
    if (error instanceof RadarError) return null
    throw error
  }
}

async function fetchWatched(
  trx: Kysely<Tables>,
  orgId: OrganizationId,
  ids: readonly Bytes[],
): Promise<ReadonlyMap<string, WatchedMonitor>> {
  const found = new Map<string, WatchedMonitor>()
  for (let from = 0; from < ids.length; from += CHUNK) {
    const rows = await watched(trx, orgId)
      .where('m.id', 'in', ids.slice(from, from + CHUNK))
      .execute()
    for (const row of rows) found.set(readId('mon', row.id), readWatched(row))
  }
  return found
}
