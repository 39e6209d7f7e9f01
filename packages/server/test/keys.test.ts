/** The contract of `/keys` and `/organization`. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestClock } from '../../../test/harness/clock.ts'
import { ADMIN, type Api, expectProblem, READER, startApi, WRITER } from './api.ts'

const START = Date.UTC(2030, 0, 1)
let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api[Symbol.asyncDispose]())

const create = (json: object, on = api) => on.call('POST', '/keys', { json })

describe('creating a key', () => {
  test('shows the key this once, and it works within its scopes', async () => {
    const { status, body } = await create({ name: 'ci', scopes: ['read'] })
    expect(status).toBe(201)
    expect(body).toMatchObject({ name: 'ci', scopes: ['read'], expires: null, last_used: null })
    const { key, ...shown } = body
    expect((await api.call('GET', '/me', { key })).body.key).toEqual({ uuid: body.uuid, name: 'ci', scopes: ['read'] })
    expectProblem(await api.call('POST', '/monitors', { key, json: {} }), 403, 'missing_scope')
    const { data } = (await api.call('GET', '/keys?limit=100')).body
    expect(data).toContainEqual({ ...shown, last_used: expect.any(String) })
    expect(JSON.stringify(data)).not.toContain(key)
  })

  test('without scopes it may read and write', async () => {
    expect((await create({ name: 'app' })).body.scopes).toEqual(['read', 'write'])
  })

  test('a scope given twice counts once', async () => {
    expect((await create({ name: 'app', scopes: ['read', 'read'] })).body.scopes).toEqual(['read'])
  })

  const refused: { why: string; json: object; field: string; says: RegExp; code?: string }[] = [
    { why: 'no name', json: {}, field: 'name', says: /is required/ },
    { why: 'an empty name', json: { name: '' }, field: 'name', says: /1 to 255/ },
    { why: 'a name that is too long', json: { name: 'x'.repeat(256) }, field: 'name', says: /at most 255/ },
    { why: 'no scope at all', json: { name: 'a', scopes: [] }, field: 'scopes', says: /is empty/ },
    { why: 'an unknown scope', json: { name: 'a', scopes: ['root'] }, field: 'scopes[0]', says: /read, write, admin/ },
    { why: 'scopes as text', json: { name: 'a', scopes: 'read' }, field: 'scopes', says: /a list/ },
    { why: 'a time in the past', json: { name: 'a', expires: '2020-01-01T00:00:00Z' }, field: 'expires', says: /past/ },
    {
      why: 'a time without a zone',
      json: { name: 'a', expires: '2099-01-01T00:00:00' },
      field: 'expires',
      says: /zone/,
    },
    {
      why: 'a day that does not exist',
      json: { name: 'a', expires: '2099-02-30T00:00:00Z' },
      field: 'expires',
      says: /ISO/,
    },
    { why: 'a number as time', json: { name: 'a', expires: 4_000_000_000 }, field: 'expires', says: /a string/ },
    {
      why: 'a key of the caller',
      json: { name: 'a', key: 'sk_x' },
      field: 'key',
      says: /not known/,
      code: 'unknown_field',
    },
  ]
  test.for(refused)('refused: $why', async ({ json, field, says, code }) => {
    expectProblem(await create(json), 400, code ?? 'invalid_field', { [field]: says })
  })
})

test('a key with an end stops working at that moment', async () => {
  const clock = createTestClock(START)
  await using own = await startApi({}, { clock })
  const { body } = await create({ name: 'hour', expires: '2030-01-01T02:00:00+01:00' }, own)
  expect(body.expires).toBe('2030-01-01T01:00:00Z')
  await clock.advance(3_600_000 - 1)
  expect((await own.call('GET', '/me', { key: body.key })).status).toBe(200)
  await clock.advance(1)
  expectProblem(await own.call('GET', '/me', { key: body.key }), 401, 'expired_key')
})

test('the last use of a key is written at most once a minute', async () => {
  const clock = createTestClock(START)
  await using own = await startApi({}, { clock })
  const { uuid, key } = (await create({ name: 'used' }, own)).body
  const lastUsed = async () =>
    (await own.call('GET', '/keys')).body.data.find((row: { uuid: string }) => row.uuid === uuid).last_used
  await own.call('GET', '/me', { key })
  expect(await lastUsed()).toBe('2030-01-01T00:00:00Z')
  await clock.advance(59_999)
  await own.call('GET', '/me', { key })
  expect(await lastUsed()).toBe('2030-01-01T00:00:00Z')
  await clock.advance(1)
  await own.call('GET', '/me', { key })
  expect(await lastUsed()).toBe('2030-01-01T00:01:00Z')
})

test('a deleted key stops working at once, also the one that asks', async () => {
  const { uuid, key } = (await create({ name: 'gone', scopes: ['admin'] })).body
  expect((await api.call('GET', '/me', { key })).status).toBe(200)
  expect((await api.call('DELETE', `/keys/${uuid}`, { key })).status).toBe(204)
  expectProblem(await api.call('GET', '/me', { key }), 401, 'unknown_key')
  expectProblem(await api.call('DELETE', `/keys/${uuid}`), 404, 'not_found')
})

test('keys are listed oldest first, page by page', async () => {
  await using own = await startApi()
  for (const name of ['x', 'y']) await create({ name }, own)
  const names = (reply: { body: { data: { name: string }[] } }) => reply.body.data.map(({ name }) => name)
  const first = await own.call('GET', '/keys?limit=4')
  expect(names(first)).toEqual(['bootstrap', expect.any(String), expect.any(String), expect.any(String)])
  expect(first.body).toMatchObject({ has_more: true, before: null })
  expect(names(await own.call('GET', `/keys?limit=4&after=${first.body.after}`))).toEqual(['x', 'y'])
  expectProblem(await own.call('GET', '/keys?order_by=name'), 400, 'invalid_query')
  expectProblem(await own.call('GET', '/keys?after=mon_01h455vb4pex5vsknk084sn02q'), 400, 'invalid_cursor')
})

test.for([READER, WRITER])('keys are the affair of admins', async (key) => {
  for (const [method, path] of [
    ['GET', '/keys'],
    ['POST', '/keys'],
    ['DELETE', '/keys/key_x'],
  ] as const) {
    expectProblem(await api.call(method, path, { key }), 403, 'missing_scope')
  }
})

describe('the organization', () => {
  test('shows its plan, limits and usage as /me does', async () => {
    const { body } = await api.call('GET', '/organization', { key: READER })
    const { organization, limits, usage } = (await api.call('GET', '/me', { key: READER })).body
    expect(body).toEqual({ ...organization, limits, usage, created: expect.stringMatching(/Z$/) })
  })

  test('takes another name and nothing else', async () => {
    await using own = await startApi()
    const patch = (json: object, key = ADMIN) => own.call('PATCH', '/organization', { json, key })
    expect((await patch({ name: 'Acme' })).body).toMatchObject({ uuid: own.orgId, name: 'Acme', plan: 'unlimited' })
    expect((await own.call('GET', '/me')).body.organization.name).toBe('Acme')
    expectProblem(await patch({ name: '' }), 400, 'invalid_field', { name: /empty/ })
    expectProblem(await patch({}), 400, 'invalid_field', { name: /is required/ })
    expectProblem(await patch({ name: 'x', plan: 'free' }), 400, 'unknown_field', { plan: /not known/ })
    expectProblem(await patch({ name: 'x' }, WRITER), 403, 'missing_scope')
  })
})
