/** Organizations, API keys and groups. */
import type { ApiKey, Group, NewApiKey, Organization, OrganizationId } from '@dnsradar/core'
import type { ApiKeyRow, GroupRow, OrganizationRow } from '../tables.ts'
import { bit, json, readId, readJson, text } from './columns.ts'

export function readOrganization(row: Omit<OrganizationRow, 'is_default'>): Organization {
  return { id: readId('org', row.id), name: row.name, plan: row.plan, created: row.created }
}

export function readApiKey(row: Omit<ApiKeyRow, 'hash' | 'is_bootstrap'>): ApiKey {
  return {
    id: readId('key', row.id),
    orgId: readId('org', row.org_id),
    name: row.name,
    scopes: readJson(row.scopes),
    created: row.created,
    expires: row.expires,
    lastUsed: row.last_used,
  }
}

/** What the caller of `createKey` decides about a key. */
export function keyColumns(key: NewApiKey): Pick<ApiKeyRow, 'hash' | 'name' | 'scopes' | 'expires'> {
  return { hash: key.hash, name: text(key.name), scopes: json(key.scopes), expires: key.expires }
}

export function newGroupRow(group: {
  id: Uint8Array
  orgId: Uint8Array
  slug: string
  isDefault: boolean
  created: number
}): GroupRow {
  const slug = text(group.slug)
  return {
    id: group.id,
    org_id: group.orgId,
    slug,
    name: slug,
    kind: 'native',
    is_default: bit(group.isDefault),
    is_public: 0,
    created: group.created,
  }
}

export function readGroup(row: GroupRow & { monitors: number; webhooks: number }, orgId: OrganizationId): Group {
  return {
    id: readId('grp', row.id),
    orgId,
    slug: row.slug,
    name: row.name,
    kind: row.kind as Group['kind'],
    isDefault: row.is_default === 1,
    isPublic: row.is_public === 1,
    monitors: row.monitors,
    webhooks: row.webhooks,
    created: row.created,
  }
}
