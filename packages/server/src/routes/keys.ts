/** API keys. */
import { createKey, deleteKey, listKeys } from '../actions/keys.ts'
import { pageRequest, presentPage } from '../http/page.ts'
import { type Route, route } from '../http/route.ts'
import { presentKey, presentNewKey } from '../present/keys.ts'
import { KEY_LIST, KeyListQuery, NewKeyBody } from '../schemas/accounts.ts'
import { Key, KeyWithSecret, NoContent, pageOf } from '../schemas/wire.ts'

export const keyRoutes: readonly Route[] = [
  route({
    method: 'POST',
    path: '/keys',
    auth: 'admin',
    rateClass: 'write',
    writes: 'key.create',
    body: NewKeyBody,
    status: 201,
    response: KeyWithSecret,
    handler: async ({ deps, account, body }) => presentNewKey(await createKey(deps, account, body)),
  }),
  route({
    method: 'GET',
    path: '/keys',
    auth: 'admin',
    rateClass: 'read',
    query: KeyListQuery,
    status: 200,
    response: pageOf(Key),
    handler: async ({ deps, account, query }) => {
      const asked = pageRequest(KEY_LIST, query)
      return presentPage(await listKeys(deps, account, asked), asked, presentKey)
    },
  }),
  route({
    method: 'DELETE',
    path: '/keys/:id',
    auth: 'admin',
    rateClass: 'write',
    writes: 'key.delete',
    status: 204,
    response: NoContent,
    handler: async ({ deps, account, params }) => deleteKey(deps, account, params['id'] ?? ''),
  }),
]
