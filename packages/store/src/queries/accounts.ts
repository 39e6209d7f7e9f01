/** Organizations and API keys. */
import { RadarError, timeOf, type Accounts, type NewApiKey, type OrganizationId } from '@dnsradar/core'
import { CompiledQuery, type Kysely } from 'kysely'
import { keyColumns, newGroupRow, readApiKey, readOrganization } from '../rows/accounts.ts'
import { bit, id, text } from '../rows/columns.ts'
import type { ApiKeyRow, Bytes, OrganizationRow, Tables } from '../tables.ts'
import { atomic, type QueryContext } from './context.ts'
import { fetchPage, mapPage } from './page.ts'

/** The default group of an organization. */
export const DEFAULT_SLUG = 'default'

/** What a new organization gets where the operator names no plan. */
const DEFAULT_PLAN = 'unlimited'

/** By hand, because every request begins with this one: to build it takes longer than to run it. */
const FIND_KEY = `
  select k.id, k.org_id, k.name, k.scopes, k.created, k.expires, k.last_used,
         o.name as organization, o.plan, o.created as founded
    from api_keys k
    join organizations o on o.id = k.org_id
   where k.hash = `

type FoundKey = Omit<ApiKeyRow, 'hash' | 'is_bootstrap'> & {
  readonly organization: string
  readonly plan: string
  readonly founded: number
}

export function accountQueries(context: QueryContext): Accounts {
  const { db, engine, mint, now } = context
  return {
    ensureDefaultOrganization: (plan) => atomic(db, (trx) => ensureDefault(context, trx, plan)),

    async organization(orgId) {
      const row = await db.selectFrom('organizations').selectAll().where('id', '=', id(orgId)).executeTakeFirst()
      return row === undefined ? null : readOrganization(row)
    },

    createOrganization: ({ name, plan }) =>
      atomic(db, async (trx) => {
        const row = newOrganizationRow(context, { name, plan, isDefault: false })
        await trx.insertInto('organizations').values(row).execute()
        await makeDefaultGroup(context, trx, row.id)
        return readOrganization(row)
      }),

    async listOrganizations(page) {
      return mapPage(
        await fetchPage(db.selectFrom('organizations').selectAll(), 'organizations.id', page),
        readOrganization,
      )
    },

    async updateOrganization(orgId, { name, plan }) {
      const row = await db
        .updateTable('organizations')
        .set((column) => ({
          name: name === undefined ? column.ref('name') : text(name),
          plan: plan === undefined ? column.ref('plan') : text(plan),
        }))
        .where('id', '=', id(orgId))
        .returningAll()
        .executeTakeFirst()
      return row === undefined ? null : readOrganization(row)
    },

    replaceBootstrapKey: (orgId, key) =>
      atomic(db, async (trx) => {
        await trx
          .deleteFrom('api_keys')
          .where('org_id', '=', id(orgId))
          .where('is_bootstrap', '=', 1)
          .where('hash', '!=', key.hash)
          .execute()
        const row = await trx
          .insertInto('api_keys')
          .values({ ...newKeyRow(orgId, key), is_bootstrap: 1 })
          .onConflict((conflict) =>
            conflict
              .column('hash')
              .doUpdateSet({ ...keyColumns(key), is_bootstrap: 1 })
              .where('api_keys.org_id', '=', id(orgId)),
          )
          .returningAll()
          .executeTakeFirst()
        if (row === undefined) {
          throw new RadarError('conflict', 'This API key belongs to another organization. Set another bootstrap key.')
        }
        return readApiKey(row)
      }),

    makeBootstrapKey: (orgId, key) =>
      atomic(db, async (trx) => {
        await lockOrganization(trx, orgId)
        const existing = await trx
          .selectFrom('api_keys')
          .select('id')
          .where('org_id', '=', id(orgId))
          .where('is_bootstrap', '=', 1)
          .executeTakeFirst()
        if (existing !== undefined) return false
        await trx
          .insertInto('api_keys')
          .values({ ...newKeyRow(orgId, key), is_bootstrap: 1 })
          .execute()
        return true
      }),

    async createKey(orgId, key) {
      const row = newKeyRow(orgId, key)
      await db.insertInto('api_keys').values(row).execute()
      return readApiKey(row)
    },

    async listKeys(orgId, page) {
      const keys = db.selectFrom('api_keys').selectAll().where('org_id', '=', id(orgId))
      return mapPage(await fetchPage(keys, 'api_keys.id', page), readApiKey)
    },

    async revokeKey(orgId, keyId) {
      const { numDeletedRows } = await db
        .deleteFrom('api_keys')
        .where('org_id', '=', id(orgId))
        .where('id', '=', id(keyId))
        .executeTakeFirst()
      return numDeletedRows > 0n
    },

    async findKey(hash) {
      const byHash = CompiledQuery.raw(FIND_KEY + engine.placeholder(1), [hash])
      const [row] = (await db.executeQuery<FoundKey>(byHash)).rows
      if (row === undefined) return null
      const { org_id, organization, plan, founded } = row
      return {
        key: readApiKey(row),
        organization: readOrganization({ id: org_id, name: organization, plan, created: founded }),
      }
    },

    async touchKey(keyId, orgId) {
      await db
        .updateTable('api_keys')
        .set({ last_used: now() })
        .where('org_id', '=', id(orgId))
        .where('id', '=', id(keyId))
        .execute()
    },

    async usage(orgId) {
      const count = (table: 'monitors' | 'webhooks') =>
        db
          .selectFrom(table)
          .select((select) => select.fn.countAll<number>().as('count'))
          .where('org_id', '=', id(orgId))
          .executeTakeFirstOrThrow()
      // One after the other: a transaction has one connection, which takes one query at a time.
      const monitors = await count('monitors')
      const webhooks = await count('webhooks')
      return { monitors: monitors.count, webhooks: webhooks.count }
    },
  }

  function newKeyRow(orgId: OrganizationId, key: NewApiKey): ApiKeyRow {
    const keyId = mint('key')
    return {
      id: id(keyId),
      org_id: id(orgId),
      ...keyColumns(key),
      is_bootstrap: 0,
      created: timeOf(keyId),
      last_used: null,
    }
  }
}

/** An update that changes nothing holds the row until the transaction ends: what is counted meanwhile stays so. */
export async function lockOrganization(trx: Kysely<Tables>, orgId: OrganizationId): Promise<void> {
  await trx
    .updateTable('organizations')
    .set((column) => ({ plan: column.ref('plan') }))
    .where('id', '=', id(orgId))
    .execute()
}

/** Two processes may start on an empty database at the same time: the unique index lets one of them make it. */
async function ensureDefault(
  context: QueryContext,
  trx: Kysely<Tables>,
  plan: string | null,
): ReturnType<Accounts['ensureDefaultOrganization']> {
  const fresh = newOrganizationRow(context, { name: 'default', plan: plan ?? DEFAULT_PLAN, isDefault: true })
  const made = await trx
    .insertInto('organizations')
    .values(fresh)
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst()
  if (made !== undefined) {
    await makeDefaultGroup(context, trx, fresh.id)
    return { organization: readOrganization(fresh), created: true }
  }
  if (plan !== null) await trx.updateTable('organizations').set({ plan }).where('is_default', '=', 1).execute()
  const row = await trx.selectFrom('organizations').selectAll().where('is_default', '=', 1).executeTakeFirstOrThrow()
  return { organization: readOrganization(row), created: false }
}

function newOrganizationRow(
  { mint }: QueryContext,
  { name, plan, isDefault }: { readonly name: string; readonly plan: string; readonly isDefault: boolean },
): OrganizationRow {
  const orgId = mint('org')
  return { id: id(orgId), name: text(name), plan: text(plan), is_default: bit(isDefault), created: timeOf(orgId) }
}

async function makeDefaultGroup({ mint }: QueryContext, trx: Kysely<Tables>, orgId: Bytes): Promise<void> {
  const groupId = mint('grp')
  const group = { id: id(groupId), orgId, slug: DEFAULT_SLUG, isDefault: true, created: timeOf(groupId) }
  await trx.insertInto('groups').values(newGroupRow(group)).execute()
}
