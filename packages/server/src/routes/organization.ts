/** The caller's organization and what was written in it. */
import { listAudit } from '../actions/audit.ts'
import { getOrganization, patchOrganization } from '../actions/organization.ts'
import { given, pageRequest, presentPage, timeRange } from '../http/page.ts'
import { type Route, route } from '../http/route.ts'
import { presentAuditEntry } from '../present/audit.ts'
import { presentOrganization } from '../present/organization.ts'
import { AUDIT_LIST, AuditListQuery, OrganizationPatchBody } from '../schemas/accounts.ts'
import { AuditEntry, Organization, pageOf } from '../schemas/wire.ts'

export const organizationRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/organization',
    auth: 'read',
    rateClass: 'read',
    status: 200,
    response: Organization,
    handler: async ({ deps, account }) => presentOrganization(await getOrganization(deps, account)),
  }),
  route({
    method: 'PATCH',
    path: '/organization',
    auth: 'admin',
    rateClass: 'write',
    writes: 'organization.update',
    body: OrganizationPatchBody,
    status: 200,
    response: Organization,
    handler: async ({ deps, account, body }) => presentOrganization(await patchOrganization(deps, account, body)),
  }),
  route({
    method: 'GET',
    path: '/audit',
    auth: 'admin',
    rateClass: 'read',
    query: AuditListQuery,
    status: 200,
    response: pageOf(AuditEntry),
    handler: async ({ deps, account, query }) => {
      const asked = pageRequest(AUDIT_LIST, query)
      const filter = given({ created: timeRange(query.created_after, query.created_before) })
      return presentPage(await listAudit(deps, account, filter, asked), asked, presentAuditEntry)
    },
  }),
]
