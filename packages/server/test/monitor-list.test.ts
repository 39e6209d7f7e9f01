/** The contract of `GET /monitors`: filters, pages, links, and what is refused. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { A_MONITOR, type Api, expectProblem, startApi } from './api.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api[Symbol.asyncDispose]())

const UNKNOWN = 'mon_01h455vb4pex5vsknk084sn02q'

describe('the list', () => {
  test('filters', async () => {
    await using own = await startApi()
    const make = (change: object) =>
      own.call('POST', '/monitors', { json: { ...A_MONITOR, is_active: false, ...change } })
    const mine = { group: 'prod', external_id: 'order:1', metadata: { customer: '7', 'a b': 'c&d' } }
    const one = (await make(mine)).body.uuid
    const other = { domain: 'example.org', subdomain: null, record_type: 'TXT', expected_value: 'x', match: 'includes' }
    const two = (await make({ ...other, metadata: { customer: '8' } })).body.uuid
    const cases: [query: string, found: string[]][] = [
      ['', [one, two]],
      ['group=prod', [one]],
      ['group=nobody', []],
      ['state=UNSET', [one, two]],
      ['state=VALID', []],
      ['domain=example.org', [two]],
      ['subdomain=www', [one]],
      ['subdomain=', [two]],
      ['full_domain=WWW.example.com', [one]],
      ['record_type=TXT', [two]],
      ['is_active=true', []],
      ['is_active=false', [one, two]],
      ['domain=EXAMPLE.org', [two]],
      ['registrable_domain=www.example.com', []],
      ['registrable_domain=Example.com', [one]],
      ['match=includes', [two]],
      ['external_id=order:1', [one]],
      ['metadata[customer]=7', [one]],
      ['metadata%5Bcustomer%5D=8', [two]],
      ['metadata[customer]=9', []],
      ['metadata[customer]=7&metadata[a%20b]=c%26d', [one]],
      ['q=WWW.exam', [one]],
      ['q=order', [one]],
      ['q=example', [one, two]],
      ['q=%25', []],
      ['record_type=A&group=prod&is_active=false&limit=5&order_way=desc', [one]],
    ]
    for (const [query, found] of cases) {
      const { body } = await own.call('GET', `/monitors?${query}`)
      expect([query, body.data.map((row: { uuid: string }) => row.uuid)]).toEqual([query, found])
    }
  })

  test('is paged forward and back without gaps or repeats', async () => {
    await using own = await startApi()
    const made: string[] = []
    for (let i = 0; i < 7; i++) {
      made.push((await own.call('POST', '/monitors', { json: { ...A_MONITOR, is_active: false } })).body.uuid)
    }
    const seen: string[] = []
    let page = (await own.call('GET', '/monitors?limit=3')).body
    expect(page).toMatchObject({ limit: 3, before: null, has_more: true })
    for (;;) {
      seen.push(...page.data.map((row: { uuid: string }) => row.uuid))
      if (page.after === null) break
      expect(page.has_more).toBe(true)
      page = (await own.call('GET', `/monitors?limit=3&after=${page.after}`)).body
    }
    expect(seen).toEqual(made)
    expect(page).toMatchObject({ has_more: false, after: null, before: made[6] })
    const back = (await own.call('GET', `/monitors?limit=3&before=${page.before}`)).body
    expect(back.data.map((row: { uuid: string }) => row.uuid)).toEqual(made.slice(3, 6))
    expect(back).toMatchObject({ has_more: true, before: made[3], after: made[5] })
    const newestFirst = (await own.call('GET', '/monitors?limit=2&order_way=desc&order_by=created')).body
    expect(newestFirst.data.map((row: { uuid: string }) => row.uuid)).toEqual([made[6], made[5]])
  })

  const refused: { query: string; code?: string; field: string }[] = [
    { query: 'limit=0', field: 'limit' },
    { query: 'limit=101', field: 'limit' },
    { query: 'limit=abc', field: 'limit' },
    { query: 'limit=1e1', field: 'limit' },
    { query: 'limit=', field: 'limit' },
    { query: 'limit=1&limit=2', field: 'limit' },
    { query: 'after=x', code: 'invalid_cursor', field: 'after' },
    { query: 'before=evt_01h455vb4pex5vsknk084sn02q', code: 'invalid_cursor', field: 'before' },
    { query: `after=${UNKNOWN}&before=${UNKNOWN}`, code: 'invalid_cursor', field: 'before' },
    { query: `after=${UNKNOWN}&after=${UNKNOWN}`, code: 'invalid_cursor', field: 'after' },
    { query: 'order_by=name', field: 'order_by' },
    { query: 'order_way=up', field: 'order_way' },
    { query: 'is_active=1', field: 'is_active' },
    { query: 'state=BROKEN', field: 'state' },
    { query: 'record_type=FOO', field: 'record_type' },
    { query: 'group=A', field: 'group' },
    { query: 'foo=1', field: 'foo' },
    { query: '__proto__=1', field: '__proto__' },
    { query: 'constructor=1', field: 'constructor' },
    { query: 'full_domain=not%20a%20name', field: 'full_domain' },
    { query: 'registrable_domain=not%20a%20name', field: 'registrable_domain' },
    { query: 'match=fuzzy', field: 'match' },
    { query: 'external_id=a/b', field: 'external_id' },
    { query: 'q=', field: 'q' },
    { query: 'metadata=x', field: 'metadata' },
    { query: 'metadata[a]=1&metadata[a]=2', field: 'metadata.a' },
    { query: 'metadata=x&metadata[a]=1', field: 'metadata' },
    { query: 'metadata[a]=1&metadata=x', field: 'metadata' },
    { query: Array.from({ length: 11 }, (_, i) => `metadata[k${i}]=v`).join('&'), field: 'metadata' },
    { query: 'metadata[]=x', field: 'metadata[]' },
    { query: 'metadata[__proto__]=x', field: 'metadata[__proto__]' },
    { query: 'state[a]=VALID', field: 'state' },
    { query: 'other[a]=1', field: 'other' },
  ]
  test.for(refused)('refused: ?$query', async ({ query, code = 'invalid_query', field }) => {
    expectProblem(await api.call('GET', `/monitors?${query}`), 400, code, { [field]: /./ })
  })

  const links: { query: string; edges: (page: { after: string; before: string }) => string | null }[] = [
    { query: '', edges: () => null },
    { query: '?limit=2', edges: ({ after }) => `</monitors?limit=2&after=${after}>; rel="next"` },
    {
      query: `?after=${UNKNOWN}&limit=2&q=a%26b%3Fc&metadata%5Ba%5D=b`,
      edges: () => null,
    },
  ]
  test.for(links)('$query tells its neighbours in a Link header', async ({ query, edges }) => {
    await using own = await startApi()
    for (let i = 0; i < 3; i++) await own.call('POST', '/monitors', { json: { ...A_MONITOR, is_active: false } })
    const { body, headers } = await own.call('GET', `/monitors${query}`)
    expect(headers.get('link')).toBe(edges(body))
  })

  test('is walked by its Link headers, which keep the query', async () => {
    await using own = await startApi()
    for (let i = 0; i < 5; i++) {
      await own.call('POST', '/monitors', { json: { ...A_MONITOR, is_active: false, metadata: { 'a&b': `=?` } } })
    }
    const targets = (headers: Headers) =>
      new Map(
        [...(headers.get('link') ?? '').matchAll(/<([^>]+)>; rel="(\w+)"/g)].map(([, url = '', rel = '']) => [
          rel,
          url,
        ]),
      )
    const seen: string[] = []
    let next: string | undefined = '/monitors?limit=2&metadata[a%26b]=%3D%3F'
    let back: string | undefined
    while (next !== undefined) {
      const { body, headers } = await own.call('GET', next)
      seen.push(...body.data.map((row: { uuid: string }) => row.uuid))
      next = targets(headers).get('next')
      back = targets(headers).get('prev') ?? back
    }
    expect(new Set(seen).size).toBe(5)
    const { body } = await own.call('GET', back ?? '')
    expect(body.data.map((row: { uuid: string }) => row.uuid)).toEqual(seen.slice(2, 4))
  })

  test('NUL in a parameter is refused', async () => {
    expectProblem(await api.call('GET', '/monitors?domain=%00'), 400, 'invalid_query')
  })

  test('a cursor is good although its row never was', async () => {
    expect((await api.call('GET', `/monitors?before=${UNKNOWN}`)).body).toMatchObject({ data: [], has_more: false })
  })
})
