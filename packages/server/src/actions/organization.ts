/** The caller's own organization. Others are made and changed on the command line only. */
import { notFound, type Organization } from '@dnsradar/core'
import type { Deps } from '../deps.ts'
import type { Account } from '../http/context.ts'
import type { OrganizationPatchInput } from '../schemas/accounts.ts'
import { type Holdings, holdings } from './me.ts'

export interface OwnOrganization extends Holdings {
  readonly organization: Organization
}

export async function getOrganization(deps: Deps, { organization }: Account): Promise<OwnOrganization> {
  return { organization, ...(await holdings(deps, organization)) }
}

export async function patchOrganization(
  deps: Deps,
  { organization: { id } }: Account,
  { name }: OrganizationPatchInput,
): Promise<OwnOrganization> {
  const organization = await deps.store.accounts.updateOrganization(id, { name })
  if (organization === null) throw notFound('organization', id)
  return { organization, ...(await holdings(deps, organization)) }
}
