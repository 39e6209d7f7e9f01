/** The contract of `/groups` and `/summary` over HTTP. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { A_MONITOR, type Api, expectProblem, READER, startApi } from './api.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api[Symbol.asyncDispose]())

const monitorIn = async (group: string, change: object = {}) =>
  (await api.call('POST', '/monitors', { json: { ...A_MONITOR, is_active: false, group, ...change } })).body

/** A group that belongs to an Entri application, with one record. */
async function entriGroup(slug: string) {
  const group = await api.store.groups.create(api.orgId, { slug, name: slug, kind: 'entri', isPublic: false })
  const record = {
    domain: 'example.com',
    subdomain: null,
    ownerName: 'example.com',
    registrable: 'example.com',
  } as const
  const [watched] = await api.store.monitors.create(api.orgId, [
    {
      ...record,
      group: group.id,
      type: 'A',
      match: 'includes',
      expected: ['192.0.2.1'],
      intervalMinutes: 60,
      notify: 'immediately',
      isActive: false,
      externalId: `${slug}-1`,
      metadata: {},
    },
  ])
  return { group, uuid: watched?.monitor.id ?? '' }
}

describe('a group', () => {
  test('is made, found by slug and id, edited and deleted', async () => {
    const { status, body } = await api.call('POST', '/groups', { json: { slug: 'one' } })
    expect(status).toBe(201)
    const shape = { slug: 'one', name: 'one', kind: 'native', is_default: false, is_public: false }
    expect(body).toMatchObject({ ...shape, monitors: 0, webhooks: 0 })
    expect((await api.call('GET', '/groups/one')).body).toEqual(body)
    expect((await api.call('GET', `/groups/${body.uuid}`)).body).toEqual(body)
    const change = { slug: 'uno', name: 'Uno', is_public: true }
    expect((await api.call('PATCH', '/groups/one', { json: change })).body).toEqual({ ...body, ...change })
    expectProblem(await api.call('GET', '/groups/one'), 404, 'not_found')
    const deleted = await api.call('DELETE', `/groups/${body.uuid}`)
    expect([deleted.status, deleted.body]).toEqual([204, undefined])
    expectProblem(await api.call('GET', '/groups/uno'), 404, 'not_found')
  })

  const slugs: { slug: unknown; why: string }[] = [
    { why: 'capitals', slug: 'Prod' },
    { why: 'an id', slug: 'grp_01h455vb4pex5vsknk084sn02q' },
    { why: 'the beginning of an id', slug: 'grp_x' },
    { why: 'nothing', slug: '' },
    { why: 'a hyphen first', slug: '-a' },
    { why: '64 letters', slug: 'a'.repeat(64) },
    { why: 'a slash', slug: 'a/b' },
    { why: 'a line break at the end', slug: 'a\n' },
    { why: 'a number', slug: 7 },
  ]
  test.for(slugs)('is refused with a slug of $why', async ({ slug }) => {
    expectProblem(await api.call('POST', '/groups', { json: { slug } }), 400, 'invalid_field', { slug: /slug|string/ })
  })

  test.for(['a', '0', 'a'.repeat(63), 'a_b-c', 'grp-x'])('may have the slug %s', async (slug) => {
    expect((await api.call('POST', '/groups', { json: { slug } })).status).toBe(201)
  })

  test('is refused with a slug that is taken, also by an edit', async () => {
    await api.call('POST', '/groups', { json: { slug: 'taken' } })
    await api.call('POST', '/groups', { json: { slug: 'free' } })
    expectProblem(await api.call('POST', '/groups', { json: { slug: 'taken' } }), 409, 'conflict', { slug: /taken/ })
    expectProblem(await api.call('PATCH', '/groups/free', { json: { slug: 'taken' } }), 409, 'conflict', { slug: /./ })
  })

  test('with monitors is not deleted; without them it is, and its webhooks lose it and widen to nothing', async () => {
    const { uuid } = await monitorIn('full')
    const hook = { url: 'https://example.com/full', groups: ['full'] }
    const webhook = (await api.call('POST', '/webhooks', { json: hook })).body.uuid
    expectProblem(await api.call('DELETE', '/groups/full'), 409, 'group_not_empty')
    await api.call('DELETE', `/monitors/${uuid}`)
    expect((await api.call('DELETE', '/groups/full')).status).toBe(204)
    expect((await api.call('GET', `/webhooks/${webhook}`)).body).toMatchObject({ groups: [], all_groups: false })
  })

  test('of default keeps its slug and its place, and takes another name', async () => {
    expectProblem(await api.call('DELETE', '/groups/default'), 409, 'conflict')
    expectProblem(await api.call('PATCH', '/groups/default', { json: { slug: 'main' } }), 409, 'conflict', {
      slug: /default/,
    })
    const renamed = await api.call('PATCH', '/groups/default', { json: { slug: 'default', name: 'Everything else' } })
    expect(renamed.body).toMatchObject({ slug: 'default', name: 'Everything else', is_default: true })
  })

  test.for([{}, { kind: 'entri' }, { name: '' }, { name: 'x'.repeat(251) }, { is_public: 'yes' }, { slug: null }])(
    'is not edited by %j',
    async (json) => {
      expect((await api.call('PATCH', '/groups/default', { json })).status).toBe(400)
    },
  )
})

describe('the monitors of a group', () => {
  test('are listed with the filters and the paging of all monitors', async () => {
    const a = await monitorIn('listed', { record_type: 'TXT', expected_value: 'x' })
    const b = await monitorIn('listed')
    await monitorIn('unlisted')
    const uuids = async (query: string) =>
      (await api.call('GET', `/groups/listed/monitors?${query}`)).body.data.map((row: { uuid: string }) => row.uuid)
    expect(await uuids('')).toEqual([a.uuid, b.uuid])
    expect(await uuids('record_type=TXT')).toEqual([a.uuid])
    expect(await uuids(`limit=1&after=${a.uuid}`)).toEqual([b.uuid])
    expectProblem(await api.call('GET', '/groups/listed/monitors?group=unlisted'), 400, 'invalid_query', { group: /./ })
    expectProblem(await api.call('GET', '/groups/nobody/monitors'), 404, 'not_found')
  })

  const change = (json: object, group = 'paced') => api.call('PATCH', `/groups/${group}/monitors`, { json })

  test('are changed together, by slug or id, and those of other groups are not', async () => {
    const made = [await monitorIn('paced'), await monitorIn('paced')]
    const other = await monitorIn('unpaced')
    const answer = await change({ frequency: 30, is_active: true })
    expect([answer.status, answer.body]).toEqual([204, undefined])
    for (const { uuid } of made) {
      const { body } = await api.call('GET', `/monitors/${uuid}`)
      expect(body).toMatchObject({ frequency: 30, is_active: true, group: 'paced' })
      expect(Date.parse(body.next_check) - Date.now()).toBeLessThanOrEqual(30 * 60_000)
    }
    const { check: _, ...unchanged } = (await api.call('GET', `/monitors/${other.uuid}`)).body
    expect(unchanged).toEqual(other)
    const { uuid } = (await api.call('GET', '/groups/paced')).body
    expect((await change({ is_active: false }, uuid)).status).toBe(204)
    expect((await api.call('GET', '/groups/paced/monitors?is_active=true')).body.data).toEqual([])
  })

  const refused: { why: string; json: object; code?: string; field?: string }[] = [
    { why: 'nothing', json: {}, code: 'invalid_body' },
    { why: 'an unknown field', json: { notify: 'immediately' }, code: 'unknown_field', field: 'notify' },
    { why: 'frequency 7', json: { frequency: 7 }, field: 'frequency' },
    { why: 'frequency as text', json: { frequency: '5' }, field: 'frequency' },
    { why: 'is_active as text', json: { is_active: 'true' }, field: 'is_active' },
    { why: 'one good and one bad', json: { is_active: true, frequency: 7 }, field: 'frequency' },
  ]
  test.for(refused)('are not changed by $why', async ({ json, code = 'invalid_field', field }) => {
    const before = await monitorIn('still')
    expectProblem(await change(json, 'still'), 400, code, field === undefined ? {} : { [field]: /./ })
    expect((await api.call('GET', `/monitors/${before.uuid}`)).body).toMatchObject(before)
  })

  test('of a group that is not there are 404, and the group is not made', async () => {
    expectProblem(await change({ frequency: 5 }, 'never'), 404, 'not_found')
    expectProblem(await api.call('GET', '/groups/never'), 404, 'not_found')
  })

  test('get no frequency that the plan does not have', async () => {
    await using free = await startApi({ DNSRADAR_PLAN: 'free' })
    const ask = (frequency: number) => free.call('PATCH', '/groups/default/monitors', { json: { frequency } })
    expectProblem(await ask(5), 402, 'plan_frequency', { frequency: /60/ })
    expect((await ask(120)).status).toBe(204)
  })
})

describe('a group of an Entri application', () => {
  test('is seen, and its monitors are paced and switched like others', async () => {
    const { uuid } = await entriGroup('seen')
    expect((await api.call('GET', '/groups/seen')).body).toMatchObject({ kind: 'entri', monitors: 1 })
    expect((await api.call('PATCH', '/groups/seen/monitors', { json: { frequency: 30 } })).status).toBe(204)
    expect((await api.call('PATCH', `/monitors/${uuid}`, { json: { frequency: 5, is_active: true } })).status).toBe(200)
    expect((await api.call('POST', `/monitors/${uuid}/disable`)).body).toMatchObject({ frequency: 5, is_active: false })
  })

  test('is written by nobody else, and neither are its records', async () => {
    const { uuid } = await entriGroup('owned')
    const native = (await monitorIn('native')).uuid
    const json = { ...A_MONITOR, group: 'owned' }
    const writes = [
      ['PATCH', '/groups/owned', { name: 'x' }],
      ['DELETE', '/groups/owned', undefined],
      ['PATCH', `/monitors/${uuid}`, { expected_value: '192.0.2.2' }],
      ['PATCH', `/monitors/${uuid}`, { frequency: 5, group: 'default' }],
      ['PATCH', `/monitors/${native}`, { group: 'owned' }],
      ['POST', `/monitors/${uuid}/accept`, undefined],
      ['DELETE', `/monitors/${uuid}`, undefined],
      ['POST', '/monitors', json],
      ['POST', '/monitors/bulk', { monitors: [json] }],
      ['PUT', '/monitors/by-key/new', json],
      ['PUT', '/monitors/by-key/owned-1', A_MONITOR],
    ] as const
    for (const [method, path, body] of writes) {
      expectProblem(await api.call(method, path, { json: body }), 409, 'conflict')
    }
    expect((await api.call('GET', '/groups/owned')).body).toMatchObject({ name: 'owned', monitors: 1 })
  })
})

describe('the summary', () => {
  test('counts monitors by state, of all groups or of one', async () => {
    await using own = await startApi()
    const make = (json: object) => own.call('POST', '/monitors', { json: { ...A_MONITOR, is_active: false, ...json } })
    await make({})
    await make({ group: 'eu' })
    await make({ group: 'eu' })
    const states = { VALID: 0, MISMATCH: 0, NOT_FOUND: 0, TIMEOUT: 0, INVALID: 0 }
    const all = { total: 3, inactive: 3, states: { ...states, UNSET: 3 } }
    const eu = { total: 2, inactive: 2, states: { ...states, UNSET: 2 } }
    expect((await own.call('GET', '/summary')).body).toEqual(all)
    expect((await own.call('GET', '/summary?group=eu')).body).toEqual(eu)
    const { uuid } = (await own.call('GET', '/groups/eu')).body
    expect((await own.call('GET', `/summary?group=${uuid}`, { key: READER })).body).toEqual(eu)
    expectProblem(await own.call('GET', '/summary?group=us'), 404, 'not_found')
    expectProblem(await own.call('GET', '/summary?group=A'), 400, 'invalid_query', { group: /./ })
    expectProblem(await own.call('GET', '/summary?state=VALID'), 400, 'invalid_query', { state: /./ })
  })
})

test('a key that may only read changes no group', async () => {
  const writes = [
    ['POST', '/groups'],
    ['PATCH', '/groups/default'],
    ['DELETE', '/groups/default'],
    ['PATCH', '/groups/default/monitors'],
  ] as const
  for (const [method, path] of writes) {
    expectProblem(await api.call(method, path, { key: READER, raw: '{' }), 403, 'missing_scope')
  }
})
