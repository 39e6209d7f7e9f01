/** The contract of bulk creation and of monitors under keys of their owner's. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { A_MONITOR, type Api, expectProblem, READER, startApi, WRITER } from './api.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api[Symbol.asyncDispose]())

const OFF = { ...A_MONITOR, is_active: false }
const bulk = (monitors: readonly object[], rest: object = {}, query = '') =>
  api.call('POST', `/monitors/bulk${query}`, { json: { monitors, ...rest } })
const count = async (server = api) => (await server.call('GET', '/summary')).body.total as number
const uuidsOf = (reply: { body: { data: { uuid: string }[] } }) => reply.body.data.map(({ uuid }) => uuid)

describe('a bulk', () => {
  test('is answered in the order asked, with defaults for what items leave out', async () => {
    const defaults = { group: 'bulk', frequency: 30, notify: 'on_success', is_active: false }
    const own = { group: 'own', frequency: 5, notify: 'after_success', is_active: true, is_exact_match: false }
    const { status, body } = await bulk([A_MONITOR, { ...A_MONITOR, ...own }, { ...A_MONITOR, group: null }], defaults)
    expect(status).toBe(201)
    expect(body.data).toMatchObject([
      { ...defaults, expected_value: ['192.0.2.1'], is_exact_match: true },
      own,
      { ...defaults, group: 'default' },
    ])
    for (const { uuid, group } of body.data) {
      expect((await api.call('GET', `/monitors/${uuid}`)).body).toMatchObject({ uuid, group })
    }
  })

  test('makes each new group once', async () => {
    await bulk(
      [
        { ...OFF, group: 'n1' },
        { ...OFF, group: 'n2' },
        { ...OFF, group: 'n1' },
      ],
      { group: 'n3' },
    )
    expect((await api.call('GET', '/groups/n1')).body).toMatchObject({ monitors: 2 })
    expect((await api.call('GET', '/groups/n2')).body).toMatchObject({ monitors: 1 })
    expectProblem(await api.call('GET', '/groups/n3'), 404, 'not_found')
  })

  test('holds 1 to 1000 monitors and counts as one request', async () => {
    await using limited = await startApi({ DNSRADAR_RATE_LIMIT: '5' })
    const ask = (monitors: readonly object[]) =>
      limited.call('POST', '/monitors/bulk', { json: { monitors, is_active: false } })
    const many = Array.from({ length: 1000 }, (_, i) => ({ ...OFF, subdomain: `n${i}` }))
    expectProblem(await ask([]), 400, 'invalid_field', { monitors: /empty/ })
    expectProblem(await ask([...many, OFF]), 400, 'invalid_field', { monitors: /1000/ })
    expect(await count(limited)).toBe(0)
    const full = await ask(many)
    expect(full.body.data.map(({ subdomain }: { subdomain: string }) => subdomain)).toEqual(
      many.map((one) => one.subdomain),
    )
    expect(full.headers.get('x-ratelimit-remaining')).toBe('2')
    expect(await count(limited)).toBe(1000)
  })

  const refused: { why: string; item: object; field: string; status?: number; code?: string }[] = [
    { why: 'no domain', item: { ...OFF, domain: undefined }, field: 'domain' },
    { why: 'no record type', item: { ...OFF, record_type: undefined }, field: 'record_type' },
    {
      why: 'no expectation',
      item: { ...OFF, expected_value: undefined },
      field: 'expected_value',
      code: 'invalid_expectation',
    },
    {
      why: 'mixed MX priorities',
      item: { ...OFF, record_type: 'MX', expected_value: ['10 mx1.example.com', 'mx2.example.com'] },
      field: 'expected_value[1]',
      code: 'invalid_expectation',
    },
    { why: 'an unknown field', item: { ...OFF, domian: 'x' }, field: 'domian', code: 'unknown_field' },
    { why: 'a sentence as domain', item: { ...OFF, domain: 'not a domain' }, field: 'domain' },
    { why: 'frequency 7', item: { ...OFF, frequency: 7 }, field: 'frequency' },
    { why: 'a group id of nobody', item: { ...OFF, group: 'grp_01h455vb4pex5vsknk084sn02q' }, field: 'group' },
    {
      why: 'an external id that is taken',
      item: { ...OFF, external_id: 'taken' },
      field: 'external_id',
      status: 409,
      code: 'external_id_taken',
    },
  ]
  test.for(refused)(
    'with $why in one item makes nothing and names the item',
    async ({ item, field, status = 400, code = 'invalid_field' }) => {
      await api.call('POST', '/monitors', { json: { ...OFF, external_id: 'taken' } })
      const before = await count()
      const reply = await bulk([{ ...OFF, group: 'left-behind' }, OFF, OFF, item])
      expectProblem(reply, status, code, { [`monitors[3].${field}`]: /./ })
      expect(reply.body.detail).toContain('monitors[3]')
      expect(await count()).toBe(before)
      expectProblem(await api.call('GET', '/groups/left-behind'), 404, 'not_found')
    },
  )

  test('with several faults tells them together', async () => {
    const reply = await bulk([{ ...OFF, domain: 'not a domain' }, OFF, { ...OFF, expected_value: 'x' }])
    expectProblem(reply, 400, 'invalid_field')
    expect(Object.keys(reply.body.errors)).toEqual(['monitors[0].domain', 'monitors[2].expected_value'])
  })

  test('with the same external id twice is refused at the second', async () => {
    const reply = await bulk([
      { ...OFF, external_id: 'twice' },
      { ...OFF, external_id: 'twice' },
    ])
    expectProblem(reply, 409, 'external_id_taken', { 'monitors[1].external_id': /twice/ })
  })

  test('whose defaults are refused says so of the default', async () => {
    expectProblem(await bulk([OFF], { frequency: 7 }), 400, 'invalid_field', { frequency: /not offered/ })
    const nobody = 'grp_01h455vb4pex5vsknk084sn02q'
    expectProblem(await bulk([OFF], { group: nobody }), 400, 'invalid_field', { group: /no group/ })
    expectProblem(await bulk([OFF], { match: 'exact' }), 400, 'unknown_field', { match: /./ })
  })

  test('that goes beyond the plan is refused whole', async () => {
    await using free = await startApi({ DNSRADAR_PLAN: 'free' })
    const ask = (length: number) =>
      free.call('POST', '/monitors/bulk', { json: { monitors: Array.from({ length }, () => OFF) } })
    expect((await ask(49)).status).toBe(201)
    expectProblem(await ask(2), 402, 'plan_monitors')
    expect(await count(free)).toBe(49)
    const fast = { monitors: [OFF, { ...OFF, frequency: 5 }] }
    const reply = await free.call('POST', '/monitors/bulk', { json: fast })
    expectProblem(reply, 402, 'plan_frequency', { 'monitors[1].frequency': /60/ })
  })

  test('may have a body of 12 MB, and a single monitor may not', async () => {
    const big = { ...OFF, domain: 'not a domain', metadata: { a: 'x'.repeat(2000) } }
    const fits = JSON.stringify({ monitors: Array.from({ length: 1000 }, () => big) }).padEnd(12 * 1024 * 1024)
    const send = (path: string, raw: string) => api.call('POST', path, { raw })
    expectProblem(await send('/monitors/bulk', fits), 400, 'invalid_field')
    expectProblem(await send('/monitors/bulk', `${fits} `), 413, 'body_too_large')
    expect((await send('/monitors/bulk', `${fits} `)).body.detail).toContain('12288 kB')
    expectProblem(await send('/monitors', fits), 413, 'body_too_large')
  })

  test('is needed with write scope', async () => {
    expectProblem(await api.call('POST', '/monitors/bulk', { key: READER, raw: '{' }), 403, 'missing_scope')
  })

  test('is one entry of the audit, and a repeat under the same key is none', async () => {
    const headers = { 'Idempotency-Key': 'bulk-1' }
    const ask = () => api.call('POST', '/monitors/bulk', { json: { monitors: [OFF, OFF] }, headers, key: WRITER })
    const before = await count()
    const first = await ask()
    expect(uuidsOf(await ask())).toEqual(uuidsOf(first))
    expect(await count()).toBe(before + 2)
    const [entry] = (await api.call('GET', '/audit?limit=1')).body.data
    expect(entry).toMatchObject({ action: 'monitor.create', changes: { monitors: [{}, {}] } })
  })
})

describe('a bulk that ignores what exists', () => {
  const MX = { domain: 'ignore.example', record_type: 'MX', is_active: false, group: 'ignored' }
  const one = { ...MX, expected_value: ['10 mx1.example.com', '20 mx2.example.com'] }

  test('answers the equal monitor in its place, however it was written', async () => {
    const [known] = uuidsOf(await bulk([one]))
    const spelled = {
      ...one,
      expected_value: ['20 MX2.example.com.', '10 mx1.example.com'],
      frequency: 5,
      external_id: 'new',
    }
    const other = { ...one, match: 'includes' }
    const reply = await bulk([other, spelled, one], { ignore: true })
    expect(reply.status).toBe(201)
    const [made, second, third] = reply.body.data
    expect([second.uuid, third.uuid]).toEqual([known, known])
    expect(second).toMatchObject({ frequency: 60, external_id: null })
    expect(made.uuid).not.toBe(known)
  })

  test('answers 201 also when it found all of them', async () => {
    const first = uuidsOf(await bulk([one], { ignore: true }))
    const again = await bulk([one], { ignore: true })
    expect([again.status, uuidsOf(again)]).toEqual([201, first])
  })

  test('makes what is twice in it once, also in a group that it makes', async () => {
    const twice = { ...one, group: 'ignored-new' }
    const [a, b, c] = uuidsOf(
      await bulk([twice, { ...twice, expected_value: one.expected_value.toReversed() }, one], { ignore: true }),
    )
    expect(b).toBe(a)
    expect(c).not.toBe(a)
    expect((await api.call('GET', '/groups/ignored-new')).body).toMatchObject({ monitors: 1 })
  })

  test('knows a group by slug, by id and by default', async () => {
    const inDefault = { ...one, group: undefined }
    const { uuid } = (await api.call('GET', '/groups/default')).body
    const spellings = [inDefault, { ...one, group: null }, { ...one, group: 'default' }, { ...one, group: uuid }]
    expect(new Set(uuidsOf(await bulk(spellings, { ignore: true }))).size).toBe(1)
  })

  test('without being asked to makes equals', async () => {
    const [a, b] = uuidsOf(await bulk([one, one]))
    expect(a).not.toBe(b)
  })
})

describe('the rehearsal of a bulk', () => {
  test('tells what would be made and what is there, and writes nothing', async () => {
    const [known] = uuidsOf(await bulk([{ ...OFF, group: 'rehearsed' }]))
    const before = await count()
    const audited = (await api.call('GET', '/audit?limit=1')).body.data
    const items = [
      { ...OFF, group: 'rehearsed' },
      { ...OFF, group: 'unmade', external_id: 'unmade' },
    ]
    const reply = await bulk(items, { ignore: true }, '?dry_run=true')
    expect(reply.status).toBe(200)
    expect(reply.body.data).toMatchObject([
      { index: 0, result: 'existing', monitor: { uuid: known } },
      { index: 1, result: 'create', monitor: { group: 'unmade', external_id: 'unmade', state: 'UNSET' } },
    ])
    expect(await count()).toBe(before)
    expectProblem(await api.call('GET', '/groups/unmade'), 404, 'not_found')
    expect((await api.call('GET', '/audit?limit=1')).body.data).toEqual(audited)
    expect((await bulk(items.slice(1), {}, '?dry_run=false')).status).toBe(201)
  })

  test('refuses what the bulk would refuse', async () => {
    await bulk([{ ...OFF, external_id: 'rehearsed' }])
    const taken = await bulk([OFF, { ...OFF, external_id: 'rehearsed' }], {}, '?dry_run=true')
    expectProblem(taken, 409, 'external_id_taken', { 'monitors[1].external_id': /./ })
    expectProblem(await bulk([OFF], {}, '?dry_run=1'), 400, 'invalid_query', { dry_run: /./ })
  })
})

describe('a monitor under a key', () => {
  const put = (key: string, change: object = {}) =>
    api.call('PUT', `/monitors/by-key/${encodeURIComponent(key)}`, { json: { ...OFF, ...change } })

  test('is created the first time and replaced afterwards; id and creation stay', async () => {
    const first = await put('order:1', { frequency: 5, group: 'keyed', metadata: { a: 'b' } })
    expect(first.status).toBe(201)
    expect(first.body).toMatchObject({ external_id: 'order:1', frequency: 5, group: 'keyed' })
    const second = await put('order:1', { expected_value: '192.0.2.2' })
    expect(second.status).toBe(200)
    const { uuid, created } = first.body
    expect(second.body).toMatchObject({ uuid, created, expected_value: ['192.0.2.2'] })
    expect(second.body).toMatchObject({ frequency: 60, group: 'default', metadata: {}, external_id: 'order:1' })
    const found = await api.call('GET', '/monitors?external_id=order:1')
    expect(uuidsOf(found)).toEqual([uuid])
    const actions = (await api.call('GET', '/audit?limit=2')).body.data.map(
      ({ action, object }: { action: string; object: string }) => [action, object],
    )
    expect(actions).toEqual([
      ['monitor.update', uuid],
      ['monitor.create', uuid],
    ])
  })

  test('is created once, however many come at the same time', async () => {
    const replies = await Promise.all(Array.from({ length: 8 }, () => put('race')))
    expect(replies.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      200, 200, 200, 200, 200, 200, 200, 201,
    ])
    expect(new Set(replies.map(({ body }) => body.uuid)).size).toBe(1)
  })

  test.for(['check', 'events', 'a%b', 'a?b#c', '...', 'mon_x', '~'])('may have the key %s', async (key) => {
    const made = await put(key)
    expect([made.status, made.body.external_id]).toEqual([201, key])
    expect((await put(key)).body.uuid).toBe(made.body.uuid)
  })

  test.for([' ', 'a/b', 'ü', 'a'.repeat(256)])('has no key such as %j', async (key) => {
    expectProblem(await put(key), 400, 'invalid_field', { external_id: /visible ASCII/ })
  })

  test('may say its key once more, and no other', async () => {
    expect((await put('said', { external_id: 'said' })).status).toBe(201)
    expectProblem(await put('said', { external_id: 'other' }), 400, 'invalid_field', { external_id: /path/ })
    expectProblem(await put('said', { external_id: null }), 400, 'invalid_field', { external_id: /path/ })
  })

  test('is held to the rules of a new one, and to the plan', async () => {
    expectProblem(await put('rules', { domain: undefined }), 400, 'invalid_field', { domain: /required/ })
    await using free = await startApi({ DNSRADAR_PLAN: 'free' })
    await free.call('POST', '/monitors/bulk', { json: { monitors: Array.from({ length: 49 }, () => OFF) } })
    const ask = (key: string) => free.call('PUT', `/monitors/by-key/${key}`, { json: OFF })
    expect((await ask('last')).status).toBe(201)
    expect((await ask('last')).status).toBe(200)
    expectProblem(await ask('beyond'), 402, 'plan_monitors')
  })
})

describe('a new monitor whose first look is waited for', () => {
  test('comes with that look', async () => {
    const { status, body } = await api.call('POST', '/monitors?wait=true', { json: A_MONITOR })
    expect(status).toBe(201)
    expect(body.check).toMatchObject({ state: 'UNSET', reasons: [{ code: 'resolver_unreachable' }] })
    expect(body.last_checked).not.toBeNull()
    const [entry] = (await api.call('GET', '/audit?limit=1')).body.data
    expect(entry).toMatchObject({ action: 'monitor.create', object: body.uuid })
  })

  test('comes without one when it is not active', async () => {
    const { body } = await api.call('POST', '/monitors?wait=true', { json: OFF })
    expect(body).toMatchObject({ is_active: false, check: null })
  })

  test('is made once under one idempotency key', async () => {
    const ask = () =>
      api.call('POST', '/monitors?wait=true', { json: A_MONITOR, headers: { 'Idempotency-Key': 'w-1' } })
    const first = await ask()
    const again = await ask()
    expect(again.body).toEqual(first.body)
    expect(again.headers.get('idempotency-replayed')).toBe('true')
  })

  test('is not waited for otherwise', async () => {
    expect((await api.call('POST', '/monitors?wait=false', { json: OFF })).body).not.toHaveProperty('check')
    expectProblem(await api.call('POST', '/monitors?wait=yes', { json: OFF }), 400, 'invalid_query', { wait: /./ })
  })
})
