/** Who gets in, what strangers learn, and what nonsense does: over every route there is. */
import { gzipSync } from 'node:zlib'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ROUTES } from '../src/index.ts'
import { A_MONITOR, ADMIN, type Api, EXPIRED, expectProblem, READER, type Reply, startApi, WRITER } from './api.ts'
import { ABSENT, type Ids, type Kind, type Shared, startShared, type Tenant } from './tenant.ts'

let shared: Shared
let api: Api
let neighbours: Tenant
beforeAll(async () => {
  shared = await startShared()
  ;({ api, neighbours } = shared)
})
afterAll(() => shared[Symbol.asyncDispose]())

/** `:id` stands for an object of the path's own kind. */
const OWN_KINDS: readonly (readonly [prefix: string, kind: Kind])[] = [
  ['/monitors', 'monitor'],
  ['/webhooks', 'webhook'],
  ['/keys', 'key'],
  ['/entri/applications', 'application'],
]

const fill = (path: string, ids: Ids): string =>
  path.replaceAll(/:(\w+)/g, (_, name: string) => {
    const kind = name === 'id' ? OWN_KINDS.find(([prefix]) => path.startsWith(prefix))?.[1] : name
    return kind === 'external_id' ? 'nobody-has-this' : ids[kind as Kind]
  })

const guarded = ROUTES.filter(({ auth }) => auth !== 'none').map(({ method, path, auth }) => ({ method, path, auth }))
/** A key names what may not be there yet, so it is no object's id. */
const single = guarded.filter(({ path }) => path.includes(':') && !path.includes('/by-key/'))

describe.for(guarded)('$method $path', ({ method, path, auth }) => {
  const at = fill(path, ABSENT)

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
    expectProblem(await api.call(method, fill(path, ABSENT), ask), 404, 'not_found')
  })

  test('for another organization’s object is the same 404', async () => {
    const reply = await api.call(method, fill(path, neighbours.ids), ask)
    expectProblem(reply, 404, 'not_found')
    const nobody = await api.call(method, fill(path, ABSENT), ask)
    expect(reply.body.detail.replaceAll(/[a-z]+_[0-9a-z]{26}/g, 'ID')).toBe(
      nobody.body.detail.replaceAll(/[a-z]+_[0-9a-z]{26}/g, 'ID'),
    )
  })

  test.for(['x', '__proto__', '%00', 'mon_', `mon_${'z'.repeat(26)}`, 'a'.repeat(5000), '%F0%9F%92%A9', '%'])(
    'for the id %s is 404',
    async (id) => {
      const ids = Object.fromEntries(Object.keys(ABSENT).map((kind) => [kind, id])) as Ids
      expectProblem(await api.call(method, fill(path, ids), ask), 404, 'not_found')
    },
  )
})

describe('with an id of another organization beside one’s own', () => {
  const own = async (path: string, json: object): Promise<string> => (await api.call('POST', path, { json })).body.uuid

  test('an event, or a request, that belongs to another object is 404', async () => {
    const monitor = await own('/monitors', { ...A_MONITOR, is_active: false })
    const webhook = await own('/webhooks', { url: 'http://127.0.0.1:2/', is_active: false })
    const { event, request } = neighbours.ids
    for (const [method, path] of [
      ['GET', `/monitors/${monitor}/events/${event}`],
      ['GET', `/webhooks/${webhook}/requests/${request}`],
      ['POST', `/webhooks/${webhook}/requests/${request}/retry`],
    ] as const) {
      expectProblem(await api.call(method, path), 404, 'not_found')
    }
  })

  /** A group by slug is one’s own, and made when there is none; by id it has to be there. */
  const bodies: readonly { why: string; ask: () => Promise<Reply>; status: number; code: string }[] = [
    {
      why: 'a new monitor in their group',
      ask: () => api.call('POST', '/monitors', { json: { ...A_MONITOR, group: neighbours.ids.group } }),
      status: 400,
      code: 'invalid_field',
    },
    {
      why: 'several monitors in their group',
      ask: () => api.call('POST', '/monitors/bulk', { json: { monitors: [A_MONITOR], group: neighbours.ids.group } }),
      status: 400,
      code: 'invalid_field',
    },
    {
      why: 'a monitor by key in their group',
      ask: () => api.call('PUT', '/monitors/by-key/ours', { json: { ...A_MONITOR, group: neighbours.ids.group } }),
      status: 400,
      code: 'invalid_field',
    },
    {
      why: 'a monitor of ours into their group',
      ask: async () => {
        const monitor = await own('/monitors', { ...A_MONITOR, subdomain: 'moving', is_active: false })
        return api.call('PATCH', `/monitors/${monitor}`, { json: { group: neighbours.ids.group } })
      },
      status: 400,
      code: 'invalid_field',
    },
    {
      why: 'a webhook that listens to their group',
      ask: () =>
        api.call('POST', '/webhooks', { json: { url: 'http://127.0.0.1:2/', groups: [neighbours.ids.group] } }),
      status: 400,
      code: 'invalid_field',
    },
    {
      why: 'a webhook that listens to their monitor',
      ask: () =>
        api.call('POST', '/webhooks', { json: { url: 'http://127.0.0.1:2/', monitors: [neighbours.ids.monitor] } }),
      status: 400,
      code: 'invalid_field',
    },
  ]
  test.for(bodies)('$why is refused', async ({ ask, status, code }) => {
    const reply = await ask()
    expectProblem(reply, status, code)
    expectNothingOfTheirs(reply)
  })

  test.for([
    '/monitors?group=GROUP',
    '/events?group=GROUP',
    '/events?monitor=MONITOR',
    '/webhooks?group=GROUP',
    '/summary?group=GROUP',
    '/monitors?after=MONITOR',
    '/monitors?before=MONITOR',
    '/events?before=EVENT',
    '/webhooks?before=WEBHOOK',
    '/keys?before=KEY',
    '/entri/applications?before=APPLICATION',
  ])('%s shows nothing of theirs', async (path) => {
    const asked = path.replace(/[A-Z]+$/, (kind) => neighbours.ids[kind.toLowerCase() as Kind])
    expectNothingOfTheirs(await api.call('GET', asked))
  })

  test('a request that was marked by them is not repeated for us', async () => {
    const headers = { 'Idempotency-Key': 'the-same-mark' }
    const ask = { json: { ...A_MONITOR, subdomain: 'marked', is_active: false }, headers }
    const theirs = await api.call('POST', '/monitors', { ...ask, key: neighbours.key })
    const ours = await api.call('POST', '/monitors', ask)
    expect([theirs.status, ours.status]).toEqual([201, 201])
    expect(ours.headers.get('idempotency-replayed')).toBeNull()
    expect(ours.body.uuid).not.toBe(theirs.body.uuid)
    await api.call('DELETE', `/monitors/${theirs.body.uuid}`, { key: neighbours.key })
  })

  test('a stream that goes on behind their event tells of ours alone', async () => {
    const headers = { 'X-API-Key': ADMIN, 'Last-Event-ID': neighbours.ids.event }
    const stream = await fetch(`${api.address}/stream`, { headers })
    const monitor = await own('/monitors', { ...A_MONITOR, subdomain: 'streamed' })
    await api.call('POST', `/monitors/${monitor}/check`)
    let told = ''
    for await (const piece of stream.body ?? []) {
      told += Buffer.from(piece).toString()
      if (told.includes(monitor)) break
    }
    for (const theirs of [...neighbours.names, ...Object.values(neighbours.ids)]) expect(told).not.toContain(theirs)
    await api.call('DELETE', `/monitors/${monitor}`)
  })

  test('the same slug is another group', async () => {
    const { body } = await api.call('POST', '/monitors', {
      json: { ...A_MONITOR, subdomain: 'same-slug', is_active: false, group: 'of-the-neighbours' },
    })
    const found = await api.call('GET', '/groups/of-the-neighbours')
    expect(found.body).toMatchObject({ monitors: 1, webhooks: 0 })
    expect(found.body.uuid).not.toBe(neighbours.ids.group)
    await api.call('DELETE', `/monitors/${body.uuid}`)
    expect((await api.call('DELETE', '/groups/of-the-neighbours')).status).toBe(204)
  })
})

/** Names stand in what was asked for, too, and are then repeated in a refusal. */
function expectNothingOfTheirs({ status, body }: Reply): void {
  const text = JSON.stringify(body)
  for (const name of neighbours.names) expect(text).not.toContain(name)
  if (status < 400) for (const id of Object.values(neighbours.ids)) expect(text).not.toContain(id)
}

test('after all this the other organization has what it had', async () => {
  await using own = await startShared()
  const before = await own.neighbours.belongings()
  for (const { method, path } of single) {
    await own.api.call(method, fill(path, own.neighbours.ids), { json: BODIES[`${method} ${path}`] })
  }
  expect(await own.neighbours.belongings()).toEqual(before)
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
