/** Organizations and their API keys. */
import type { ApiKeyId, OrganizationId } from '../ids.ts'
import type { Page, PageRequest } from './lists.ts'

export const SCOPES = ['read', 'write', 'admin'] as const
/** Each includes those before it. */
export type Scope = (typeof SCOPES)[number]

export interface Organization {
  readonly id: OrganizationId
  readonly name: string
  readonly plan: string
  readonly created: number
}

export interface ApiKey {
  readonly id: ApiKeyId
  readonly orgId: OrganizationId
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly created: number
  readonly expires: number | null
  readonly lastUsed: number | null
}

export interface NewApiKey {
  /** SHA-256 of the clear key, 32 bytes. */
  readonly hash: Uint8Array
  readonly name: string
  readonly scopes: readonly Scope[]
  readonly expires: number | null
}

export interface Accounts {
  /**
   * Makes the default organization with its default group when there is none. `plan` is set on it when given.
   * `created` tells whether this call made it.
   */
  ensureDefaultOrganization(plan: string | null): Promise<{ organization: Organization; created: boolean }>
  organization(id: OrganizationId): Promise<Organization | null>
  /** With its default group. */
  createOrganization(organization: { readonly name: string; readonly plan: string }): Promise<Organization>
  listOrganizations(page: PageRequest): Promise<Page<Organization>>
  /** Null when there is no such organization. */
  updateOrganization(
    id: OrganizationId,
    change: { readonly name?: string; readonly plan?: string },
  ): Promise<Organization | null>
  /** Puts this key in the place of the bootstrap key of earlier starts. */
  replaceBootstrapKey(orgId: OrganizationId, key: NewApiKey): Promise<ApiKey>
  /** Makes this the bootstrap key when there is none yet; of processes that start together one gets to. */
  makeBootstrapKey(orgId: OrganizationId, key: NewApiKey): Promise<boolean>
  createKey(orgId: OrganizationId, key: NewApiKey): Promise<ApiKey>
  listKeys(orgId: OrganizationId, page: PageRequest): Promise<Page<ApiKey>>
  revokeKey(orgId: OrganizationId, id: ApiKeyId): Promise<boolean>
  /** Across organizations: this is where the organization of a request comes from. */
  findKey(hash: Uint8Array): Promise<{ key: ApiKey; organization: Organization } | null>
  /** Notes the last use; callers do so at most once a minute and key. */
  touchKey(id: ApiKeyId, orgId: OrganizationId): Promise<void>
  usage(orgId: OrganizationId): Promise<{ monitors: number; webhooks: number }>
}
