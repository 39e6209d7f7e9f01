/** Applications that speak the second dialect; what they do there has a table of its own, `entri/routes.ts`. */
import {
  createApplication,
  deleteApplication,
  getApplication,
  listApplications,
  patchApplication,
} from '../actions/entri-applications.ts'
import { pageRequest, presentPage } from '../http/page.ts'
import { type Route, route } from '../http/route.ts'
import { presentApplication, presentNewApplication } from '../present/entri-applications.ts'
import {
  ENTRI_APPLICATION_LIST,
  EntriApplicationListQuery,
  EntriApplicationPatchBody,
  NewEntriApplicationBody,
} from '../schemas/entri-applications.ts'
import { EntriApplication, NoContent, pageOf } from '../schemas/wire.ts'

export const entriApplicationRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/entri/applications',
    auth: 'admin',
    rateClass: 'write',
    writes: 'entri_application.create',
    body: NewEntriApplicationBody,
    status: 201,
    response: EntriApplication,
    handler: async ({ deps, account, body }) => presentNewApplication(await createApplication(deps, account, body)),
  }),
  route({
    method: 'GET',
    path: '/entri/applications',
    auth: 'admin',
    rateClass: 'read',
    query: EntriApplicationListQuery,
    status: 200,
    response: pageOf(EntriApplication),
    handler: async ({ deps, account, query }) => {
      const asked = pageRequest(ENTRI_APPLICATION_LIST, query)
      return presentPage(await listApplications(deps, account, asked), asked, presentApplication)
    },
  }),
  route({
    method: 'GET',
    path: '/entri/applications/:id',
    auth: 'admin',
    rateClass: 'read',
    status: 200,
    response: EntriApplication,
    handler: async ({ deps, account, params }) =>
      presentApplication(await getApplication(deps, account, params['id'] ?? '')),
  }),
  route({
    method: 'PATCH',
    path: '/entri/applications/:id',
    auth: 'admin',
    rateClass: 'write',
    writes: 'entri_application.update',
    body: EntriApplicationPatchBody,
    status: 200,
    response: EntriApplication,
    handler: async ({ deps, account, params, body }) => {
      const application = await patchApplication(deps, account, params['id'] ?? '', body)
      return body.secret === undefined ? presentApplication(application) : presentNewApplication(application)
    },
  }),
  route({
    method: 'DELETE',
    path: '/entri/applications/:id',
    auth: 'admin',
    rateClass: 'write',
    writes: 'entri_application.delete',
    status: 204,
    response: NoContent,
    handler: async ({ deps, account, params }) => deleteApplication(deps, account, params['id'] ?? ''),
  }),
]
