/** `keys create|list|revoke`: JSON on stdout, the key itself only when it is created. */
import { randomBytes } from 'node:crypto'
import { notFound, type OrganizationId, parseId, RadarError, type Scope, SCOPES, type Store } from '@dnsradar/core'
import { openForCommand } from '../database.ts'
import { generateApiKey, newApiKey } from '../keys.ts'
import { presentKey, presentNewKey } from '../present/keys.ts'
import { auditedAs } from './audit.ts'
import type { BatchContext } from './context.ts'
import { everyItem } from './every-item.ts'
import { printJson } from './output.ts'

export interface Where {
  /** `org_…`; the default organization when not named. */
  readonly organization?: string
}

export async function createKey(
  context: BatchContext,
  asked: Where & { name: string; scopes: string },
): Promise<number> {
  const scopes = readScopes(asked.scopes)
  return withOrganization(context, asked, async (store, orgId) => {
    const clear = generateApiKey(randomBytes)
    const key = await store.transaction(async (records) => {
      const made = await records.accounts.createKey(orgId, newApiKey(clear, asked.name, scopes))
      await auditedAs(records, orgId, 'key.create', made.id, { name: made.name, scopes })
      return made
    })
    printJson(context.output, presentNewKey({ key, clear }))
  })
}

export async function listKeys(context: BatchContext, asked: Where): Promise<number> {
  return withOrganization(context, asked, async (store, orgId) => {
    const keys = await everyItem((page) => store.accounts.listKeys(orgId, page))
    printJson(context.output, keys.map(presentKey))
  })
}

export async function revokeKey(context: BatchContext, asked: Where & { id: string }): Promise<number> {
  return withOrganization(context, asked, async (store, orgId) => {
    const id = parseId('key', asked.id)
    if (id === null) throw notFound('key', asked.id)
    await store.transaction(async (records) => {
      if (!(await records.accounts.revokeKey(orgId, id))) throw notFound('key', asked.id)
      await auditedAs(records, orgId, 'key.delete', id)
    })
    printJson(context.output, { uuid: id, revoked: true })
  })
}

async function withOrganization(
  { env }: BatchContext,
  { organization }: Where,
  work: (store: Store, orgId: OrganizationId) => Promise<void>,
): Promise<number> {
  await using store = await openForCommand(env)
  await work(store, await findOrganization(store, organization))
  return 0
}

async function findOrganization(store: Store, asked: string | undefined): Promise<OrganizationId> {
  if (asked === undefined) return (await store.accounts.ensureDefaultOrganization(null)).organization.id
  const id = parseId('org', asked)
  const organization = id === null ? null : await store.accounts.organization(id)
  if (organization === null) throw notFound('organization', asked)
  return organization.id
}

function readScopes(given: string): readonly Scope[] {
  const words = given.split(',').map((word) => word.trim())
  const scopes = words.map((word) => SCOPES.find((scope) => scope === word))
  if (scopes.every((scope) => scope !== undefined)) return scopes
  throw new RadarError(
    'invalid_field',
    `--scopes ${JSON.stringify(given)} is not accepted; use some of ${SCOPES.join(',')}.`,
  )
}
