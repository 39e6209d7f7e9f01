/** Who gets in, what strangers learn, and what nonsense does: over every route there is. */
import { gzipSync } from 'node:zlib'
import { connect } from 'node:net'
import { once } from 'node:events'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { aMonitor } from '../../../test/harness/new-rows.ts'
import { hashKey } from '../src/http/auth.ts'
import { ROUTES } from '../src/index.ts'
import { A_MONITOR, ADMIN, type Api, EXPIRED, expectProblem, READER, startApi, WRITER } from './api.ts'

let api: Api
let foreign: Readonly<Record<string, string>>
beforeAll(async () => {
  api = await startApi()
  foreign = await objectsOfAnotherOrganization(api)
})
afterAll(() => api[Symbol.asyncDispose]())

const ABSENT: Readonly<Record<string, string>> = {
  ':id': 'mon_01h455vb4pex5vsknk084sn02q',
  ':event': 'evt_01h455vb4pex5vsknk084sn02q',
  ':request': 'req_01h455vb4pex5vsknk084sn02q',
  ':group': 'grp_01h455vb4pex5vsknk084sn02q',
  ':key': 'key_01h455vb4pex5vsknk084sn02q',
}

const fill = (path: string, ids: Readonly<Record<string, string>>): string =>
  path.replaceAll(
    /:\w+/g,
    (name) => ids[name === ':id' ? (OWN_IDS.find(([prefix]) => path.startsWith(prefix))?.[1] ?? name) : name] ?? name,
  )

/** `:id` stands for an object of the path's own kind. */
const OWN_IDS = [
  ['/webhooks', ':webhook'],
  ['/keys', ':key'],
] as const

const absent = { ...ABSENT, ':webhook': 'wh_01h455vb4pex5vsknk084sn02q' }
const guarded = ROUTES.filter(({ auth }) => auth !== 'none').map(({ method, path, auth }) => ({ method, path, auth }))
/** A key names what may not be there yet, so it is no object's id. */
const single = guarded.filter(({ path }) => path.includes(':') && !path.includes('/by-key/'))

describe.for(guarded)('$method $path', ({ method, path, auth }) => {
  const at = fill(path, absent)

  test('without a key is 401', async () => {
    const reply = await api.call(method, at, { key: null })
    expectProblem(reply, 401, 'no_key')
    expect(reply.headers.get('www-authenticate')).toMatch(/^Bearer realm=/)
  })

  test('with a key nobody knows is 401', async () => {
    expectProblem(await api.call(method, at, { key: 'sk_nobody' }), 401, 'unknown_key')
  })

  test('with an expired key is 401', async () => {
    expectProblem(await api.call(method, at, { key: EXPIRED }), 401, 'expired_key')
  })

  test('needs its scope and no more', async () => {
    const reader = await api.call(method, at, { key: READER })
    const writer = await api.call(method, at, { key: WRITER })
    expect(reader.status === 403).toBe(auth !== 'read')
    expect(writer.status === 403).toBe(auth === 'admin')
  })

  test('with another method is 405 and says which are allowed', async () => {
    const reply = await api.call('PROPFIND', at)
    expectProblem(reply, 405, 'method_not_allowed')
    expect(reply.headers.get('allow')?.split(', ')).toContain(method)
  })
})

/** What a route needs that would not be looked at without a body. */
const BODIES: Readonly<Record<string, object>> = {
  'PATCH /monitors/:id': { frequency: 5 },
  'PATCH /webhooks/:id': { timeout_seconds: 5 },
  'POST /webhooks/:id/recover': { since: 0 },
  'PATCH /groups/:group': { name: 'x' },
  'PATCH /groups/:group/monitors': { frequency: 60 },
  'PATCH /entri/applications/:id': { user_id: 'x' },
}

describe.for(single)('$method $path', ({ method, path }) => {
  const ask = { json: BODIES[`${method} ${path}`] }

  test('for an object that is not there is 404', async () => {
    expectProblem(await api.call(method, fill(path, absent), ask), 404, 'not_found')
  })

  test('for another organization’s object is the same 404', async () => {
    const reply = await api.call(method, fill(path, foreign), ask)
    expectProblem(reply, 404, 'not_found')
    const nobody = await api.call(method, fill(path, absent), ask)
    expect(reply.body.detail.replaceAll(/[a-z]+_[0-9a-z]{26}/g, 'ID')).toBe(
      nobody.body.detail.replaceAll(/[a-z]+_[0-9a-z]{26}/g, 'ID'),
    )
  })

  test.for(['x', '__proto__', '%00', 'mon_', `mon_${'z'.repeat(26)}`, 'a'.repeat(5000), '%F0%9F%92%A9', '%'])(
    'for the id %s is 404',
    async (id) => {
      const ids = { ':id': id, ':webhook': id, ':key': id, ':event': id, ':request': id, ':group': id }
      expectProblem(await api.call(method, fill(path, ids), ask), 404, 'not_found')
    },
  )
})

describe('keys', () => {
  test.for([
    { why: 'X-API-Key', headers: { 'X-API-Key': ADMIN } },
    { why: 'its name in any case', headers: { 'x-aPI-kEY': ADMIN } },
    { why: 'Authorization: Bearer', headers: { Authorization: `Bearer ${ADMIN}` } },
    { why: 'bearer in any case', headers: { Authorization: `bearer  ${ADMIN}` } },
  ])('are read from $why', async ({ headers }) => {
    expect((await api.call('GET', '/me', { key: null, headers })).status).toBe(200)
  })

  test.for([{ Authorization: `Basic ${ADMIN}` }, { Authorization: 'Bearer' }, { 'X-API-Key': '' }])(
    'are not read from %o',
    async (headers) => {
      expectProblem(await api.call('GET', '/me', { key: null, headers }), 401, 'no_key')
    },
  )

  test('tell who they are and when they were used', async () => {
    const { body } = await api.call('GET', '/me', { key: READER })
    expect(body).toMatchObject({
      organization: { uuid: api.orgId, plan: 'unlimited' },
      key: { name: 'read', scopes: ['read'] },
      limits: { monitors: null, frequency: 1, webhooks_per_group: 5, subscriptions: 1000, rate: 0 },
      server: { name: 'DNSRADAR', version: expect.any(String) },
    })
    const { items } = await api.store.accounts.listKeys(api.orgId, {
      limit: 100,
      way: 'asc',
      after: null,
      before: null,
    })
    expect(items.find(({ name }) => name === 'read')?.lastUsed).not.toBeNull()
  })
})

describe('bodies', () => {
  const post = (ask: object) => api.call('POST', '/monitors', ask)

  const cases: { why: string; ask: object; status: number; code: string }[] = [
    { why: 'none', ask: {}, status: 400, code: 'invalid_body' },
    { why: 'broken JSON', ask: { raw: '{"domain":' }, status: 400, code: 'invalid_body' },
    { why: 'a word', ask: { raw: 'hello' }, status: 400, code: 'invalid_body' },
    { why: 'null', ask: { raw: 'null' }, status: 400, code: 'invalid_body' },
    { why: 'a list', ask: { raw: '[]' }, status: 400, code: 'invalid_body' },
    { why: 'a text', ask: { raw: '"x"' }, status: 400, code: 'invalid_body' },
    { why: 'a number', ask: { raw: '1' }, status: 400, code: 'invalid_body' },
    {
      why: 'a hundred thousand brackets',
      ask: { raw: '['.repeat(100_000) + ']'.repeat(100_000) },
      status: 400,
      code: 'invalid_body',
    },
    {
      why: 'a deep object',
      ask: { raw: '{"metadata":'.repeat(40) + '1' + '}'.repeat(40) },
      status: 400,
      code: 'invalid_body',
    },
    { why: '__proto__', ask: { raw: '{"__proto__":{"domain":"example.com"}}' }, status: 400, code: 'unknown_field' },
    {
      why: '__proto__ inside',
      ask: { raw: '{"domain":"example.com","metadata":{"__proto__":"x"}}' },
      status: 400,
      code: 'unknown_field',
    },
    { why: 'constructor', ask: { json: { ...A_MONITOR, constructor: 1 } }, status: 400, code: 'unknown_field' },
    {
      why: 'octets that are no UTF-8',
      ask: { raw: Buffer.from([0x7b, 0x22, 0xff, 0xfe, 0x22, 0x3a, 0x31, 0x7d]) },
      status: 400,
      code: 'invalid_field',
    },
    {
      why: 'a form',
      ask: { raw: 'domain=x', type: 'application/x-www-form-urlencoded' },
      status: 415,
      code: 'unsupported_media_type',
    },
    { why: 'plain text', ask: { raw: '{}', type: 'text/plain' }, status: 415, code: 'unsupported_media_type' },
    {
      why: 'no type that can be read',
      ask: { raw: '{}', type: 'rubbish' },
      status: 415,
      code: 'unsupported_media_type',
    },
    {
      why: 'a charset that JSON does not have',
      ask: { raw: '{}', type: 'application/json; charset=latin1' },
      status: 415,
      code: 'unsupported_media_type',
    },
    {
      why: 'an unknown compression',
      ask: { raw: '{}', headers: { 'Content-Encoding': 'rot13' } },
      status: 415,
      code: 'unsupported_media_type',
    },
    {
      why: 'a broken compression',
      ask: { raw: '{}', headers: { 'Content-Encoding': 'gzip' } },
      status: 400,
      code: 'invalid_body',
    },
    { why: '257 kB', ask: { raw: JSON.stringify({ a: 'x'.repeat(257 * 1024) }) }, status: 413, code: 'body_too_large' },
    {
      why: 'a bomb',
      ask: { raw: gzipSync(JSON.stringify({ a: 'x'.repeat(20_000_000) })), headers: { 'Content-Encoding': 'gzip' } },
      status: 413,
      code: 'body_too_large',
    },
  ]
  test.for(cases)('$why: $status $code', async ({ ask, status, code }) => {
    expectProblem(await post(ask), status, code)
  })

  test('compressed JSON and JSON of another type name are read', async () => {
    const raw = gzipSync(JSON.stringify({ ...A_MONITOR, is_active: false }))
    expect((await post({ raw, headers: { 'Content-Encoding': 'gzip' } })).status).toBe(201)
    const json = { ...A_MONITOR, is_active: false }
    expect((await post({ json, type: 'application/vnd.dnsradar+json; charset=utf-8' })).status).toBe(201)
  })

  test('where none belongs, only an empty object passes', async () => {
    const { uuid } = (await post({ json: A_MONITOR })).body
    const enable = (ask: object) => api.call('POST', `/monitors/${uuid}/enable`, ask)
    expect((await enable({})).status).toBe(200)
    expect((await enable({ json: {} })).status).toBe(200)
    expectProblem(await enable({ json: { now: true } }), 400, 'unknown_field', { now: /no fields at all/ })
    expectProblem(await enable({ raw: '{' }), 400, 'invalid_body')
    expectProblem(await enable({ raw: 'x', type: 'text/plain' }), 415, 'unsupported_media_type')
  })

  test('a wrong key is told before a wrong body is read', async () => {
    expectProblem(await post({ key: 'sk_nobody', raw: '{', type: 'text/plain' }), 401, 'unknown_key')
  })
})

describe('routes', () => {
  test.for(['/', '/nope', '/Monitors', '/monitors/x/y/z', '/webhooks/wh_x/nope', '//monitors'])(
    '%s is 404',
    async (path) => {
      expectProblem(await api.call('GET', path), 404, 'not_found')
    },
  )

  test('a slash at the end is forgiven', async () => {
    expect((await api.call('GET', '/monitors/?limit=1')).body).toMatchObject({ limit: 1 })
  })

  test('a path that does not exist is 404, key or not', async () => {
    expectProblem(await api.call('GET', '/nope'), 404, 'not_found')
    expectProblem(await api.call('POST', '/nope', { key: null, raw: '{' }), 404, 'not_found')
  })

  test('HEAD is GET without the body', async () => {
    expect(await api.call('HEAD', '/monitors')).toMatchObject({ status: 200, body: undefined })
  })

  test('a caller’s own request id comes back, a dangerous one does not', async () => {
    const ask = async (id: string) =>
      (await api.call('GET', '/me', { headers: { 'X-Request-Id': id } })).headers.get('x-request-id')
    expect(await ask('trace-42')).toBe('trace-42')
    expect(await ask('x y')).toMatch(/^[0-9a-f-]{36}$/)
  })

  test('answers are not cached and not framed', async () => {
    const { headers } = await api.call('GET', '/me')
    expect(headers.get('cache-control')).toBe('no-store')
    expect(headers.get('x-content-type-options')).toBe('nosniff')
    expect(headers.get('content-security-policy')).toMatch(/default-src 'none'/)
    expect(headers.get('x-powered-by')).toBeNull()
    expect(headers.get('strict-transport-security')).toBeNull()
  })

  test('a public address of https turns on HSTS', async () => {
    await using own = await startApi({ DNSRADAR_PUBLIC_URL: 'https://radar.example.com' })
    const { headers } = await own.call('GET', '/healthz', { key: null })
    expect(headers.get('strict-transport-security')).toMatch(/max-age/)
  })

  test('health and readiness need no key', async () => {
    expect((await api.call('GET', '/healthz', { key: null })).body).toEqual({ status: 'ok' })
    expect((await api.call('GET', '/readyz', { key: null })).body).toEqual({ status: 'ok' })
  })
})

describe('groups', () => {
  test('are listed and found by slug and by id', async () => {
    await api.call('POST', '/monitors', { json: { ...A_MONITOR, is_active: false, group: 'shown' } })
    const { data } = (await api.call('GET', '/groups')).body
    expect(data[0]).toMatchObject({ slug: 'default', is_default: true, kind: 'native', is_public: false })
    const shown = data.find((row: { slug: string }) => row.slug === 'shown')
    expect(shown).toMatchObject({ monitors: 1, webhooks: 0, is_default: false })
    expect((await api.call('GET', '/groups/shown')).body).toEqual(shown)
    expect((await api.call('GET', `/groups/${shown.uuid}`)).body).toEqual(shown)
    expectProblem(await api.call('GET', '/groups?state=VALID'), 400, 'invalid_query', { state: /known are limit/ })
  })
})

test('what is no HTTP gets an answer that is, and the server lives on', async () => {
  const { hostname, port } = new URL(api.address)
  const socket = connect(Number(port), hostname)
  socket.write('\x16\x03\x01\x02rubbish\r\n\r\n')
  const [answer] = (await once(socket, 'data')) as [Buffer]
  expect(answer.toString()).toMatch(/^HTTP\/1\.1 400 /)
  socket.destroy()
  expect((await api.call('GET', '/healthz')).status).toBe(200)
})

/** One of each kind, made past the API. Events and requests need more than a store; absent ids stand for them. */
async function objectsOfAnotherOrganization({ store, otherOrgId }: Api): Promise<Readonly<Record<string, string>>> {
  const [watched] = await store.monitors.create(otherOrgId, [aMonitor({ group: 'theirs', isActive: false })])
  const webhook = await store.webhooks.create(
    otherOrgId,
    {
      url: 'https://example.com/',
      method: 'POST',
      headers: [],
      secret: 'whsec_x',
      callerGaveSecret: false,
      groups: ['theirs'],
      allGroups: false,
      source: null,
      format: 'dnsradar',
      formatOptions: {},
      filters: { events: ['*'], states: [], recordTypes: [], monitors: [] },
      timeoutMs: 5000,
      isActive: true,
    },
    5,
  )
  const theirs = {
    hash: hashKey('sk_of_another_organization'),
    name: 'theirs',
    scopes: ['read' as const],
    expires: null,
  }
  const key = await store.accounts.createKey(otherOrgId, theirs)
  const test = await store.deliveries.createTest(otherOrgId, webhook.id, () => '{}')
  return {
    ...ABSENT,
    ':id': watched?.monitor.id ?? '',
    ':webhook': webhook.id,
    ':request': test?.id ?? '',
    ':key': key.id,
    ':group': watched?.monitor.groupId ?? '',
  }
}
