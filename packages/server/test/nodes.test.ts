/** Which processes there are, told to whoever runs the installation and to nobody else. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hashKey } from '../src/http/auth.ts'
import { ADMIN, type Api, expectProblem, READER, startApi, WRITER } from './api.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api[Symbol.asyncDispose]())

test('a process shows itself with its parts, its version and its last sign of life', async () => {
  const { status, body } = await api.call('GET', '/nodes')
  expect(status).toBe(200)
  expect(body).toMatchObject({ limit: 20, after: null, before: null, has_more: false })
  expect(body.data).toEqual([
    {
      id: expect.stringMatching(/^nod_/),
      roles: ['api', 'check', 'deliver'],
      version: expect.any(String),
      started: expect.stringMatching(/Z$/),
      heartbeat: expect.stringMatching(/Z$/),
    },
  ])
  const [{ id }] = body.data
  expect((await api.call('GET', `/nodes?after=${id}`)).body.data).toEqual([])
  expect((await api.call('GET', `/nodes?before=${id}`)).body.data).toEqual([])
})

test('needs the scope admin', async () => {
  expectProblem(await api.call('GET', '/nodes', { key: READER }), 403, 'missing_scope')
  expectProblem(await api.call('GET', '/nodes', { key: WRITER }), 403, 'missing_scope')
  expect((await api.call('GET', '/nodes', { key: ADMIN })).status).toBe(200)
})

test('is not there for other organizations', async () => {
  const { accounts } = api.store
  const { id } = await accounts.createOrganization({ name: 'another', plan: 'free' })
  const clear = 'sk_admin_of_another_organization'
  await accounts.createKey(id, { hash: hashKey(clear), name: 'admin', scopes: ['admin'], expires: null })
  expectProblem(await api.call('GET', '/nodes', { key: clear }), 404, 'not_found')
})
