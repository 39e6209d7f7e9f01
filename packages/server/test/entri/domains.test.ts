/** Domains and their records: what an application can do with them. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { Reply } from '../api.ts'
import { anA, type Dialect, HOUR, PATIENCE, RIGHT, SECOND, START, startDialect, WRONG } from './dialect.ts'

let entri: Dialect
beforeAll(async () => {
  entri = await startDialect()
})
afterAll(() => entri[Symbol.asyncDispose]())

let made = 0
const freshName = () => `d${++made}.example`
/** A domain that is monitored; its name. */
async function aDomain(dnsRecords: readonly object[] = [anA('@')], own: Dialect = entri): Promise<string> {
  const domain = freshName()
  await own.ok('POST', '/monitor/domains', { domain, dnsRecords })
  return domain
}
const recordsOf = async (domain: string) => (await entri.ok('GET', `/monitor/domains/${domain}/records`)).dnsRecords
const refusal = (reply: Reply) => ({ status: reply.status, errors: reply.body.errors })

describe('a domain', () => {
  test('that is added is there, with its records as they were written', async () => {
    const dnsRecords = [
      { type: 'A', host: '@', value: '192.0.2.1', ttl: 3600 },
      { type: 'CNAME', host: 'shop', value: 'shops.example.net', ttl: 300 },
      { type: 'TXT', host: 'full.name.example', value: 'v=spf1 include:_spf.example.net ~all', ttl: 1 },
      { type: 'MX', host: '@', value: 'mx1.example.net', ttl: 0, priority: '10' },
      { type: 'MX', host: '@', value: 'mx2.example.net', ttl: 0, priority: 20 },
    ]
    const added = await entri.ok('POST', '/monitor/domains', { domain: 'name.example', dnsRecords })
    expect(added).toMatchObject({ domain: 'name.example', monitor_status: 'pending', dnsRecords })
    const { message: _, monitor_status: __, ...domain } = added
    expect(await entri.ok('GET', '/monitor/domains/name.example')).toMatchObject(domain)
    expect(await entri.ok('GET', '/monitor/domains/name.example/records')).toEqual({
      domain: 'name.example',
      dnsRecords,
    })
  })

  test('is known by its canonical name', async () => {
    const added = await entri.ok('POST', '/monitor/domains', { domain: 'BÜCHER.Example.', dnsRecords: [anA('@')] })
    expect(added.domain).toBe('xn--bcher-kva.example')
    expect(await entri.ok('GET', '/monitor/domains/Xn--Bcher-KVA.example')).toMatchObject({ domain: added.domain })
  })

  test('is somebody’s: the user of the request, of the application, or the application itself', async () => {
    const users = async (own: Dialect) => {
      const one = await own.ok('POST', '/monitor/domains', {
        domain: 'one.example',
        dnsRecords: [anA('@')],
        user_id: 'seven',
      })
      const two = await own.ok('POST', '/monitor/domains', { domain: 'two.example', dnsRecords: [anA('@')] })
      return [one.user_id, two.user_id]
    }
    await using own = await startDialect()
    expect(await users(own)).toEqual(['seven', own.application.application_id])
    await own.ok('DELETE', '/monitor/domains', { domain: 'one.example' })
    await own.ok('DELETE', '/monitor/domains', { domain: 'two.example' })
    await own.api.call('PATCH', `/entri/applications/${own.application.uuid}`, { json: { user_id: 'house' } })
    expect(await users(own)).toEqual(['seven', 'house'])
  })

  test('that is there already is 409, and stays as it is', async () => {
    const domain = await aDomain()
    const again = await entri.call('POST', '/monitor/domains', { json: { domain, dnsRecords: [anA('www')] } })
    expect(again).toMatchObject({ status: 409, body: { errors: { domain: expect.stringMatching(/already/) } } })
    expect(await recordsOf(domain)).toEqual([anA('@')])
  })

  test('of two that are added at once is added once', async () => {
    const domain = freshName()
    const replies = await Promise.all(
      Array.from({ length: 4 }, () =>
        entri.call('POST', '/monitor/domains', { json: { domain, dnsRecords: [anA('@')] } }),
      ),
    )
    expect(replies.map(({ status }) => status).sort((a, b) => a - b)).toEqual([200, 409, 409, 409])
  })

  test('is updated: its records, whose it is, or both', async () => {
    const domain = await aDomain([anA('@'), anA('www')])
    const update = (json: object) => entri.ok('PUT', '/monitor/domains', { domain, ...json })
    expect(await update({ dnsRecords: [anA('www'), anA('api')] })).toMatchObject({
      dnsRecords: [anA('www'), anA('api')],
    })
    expect(await update({ user_id: 'eight' })).toMatchObject({ user_id: 'eight', dnsRecords: [anA('www'), anA('api')] })
    expect(await update({ user_id: 'nine', dnsRecords: [anA('@')] })).toMatchObject({
      user_id: 'nine',
      dnsRecords: [anA('@')],
    })
    expect(refusal(await entri.call('PUT', '/monitor/domains', { json: { domain } }))).toMatchObject({ status: 400 })
  })

  test('that is deleted is gone, with its monitors and its group', async () => {
    const domain = await aDomain([anA('@'), anA('www')])
    expect(await entri.ok('DELETE', '/monitor/domains', { domain })).toEqual({ domain, message: expect.any(String) })
    for (const [method, path, json] of [
      ['GET', `/monitor/domains/${domain}`, undefined],
      ['GET', `/monitor/domains/${domain}/records`, undefined],
      ['DELETE', '/monitor/domains', { domain }],
      ['PUT', '/monitor/domains', { domain, dnsRecords: [anA('@')] }],
      ['POST', `/monitor/domains/${domain}/records`, { dnsRecords: [anA('@')] }],
      ['PUT', `/monitor/domains/${domain}/records`, { dnsRecords: [anA('@')] }],
      ['DELETE', `/monitor/domains/${domain}/records`, { dnsRecords: [anA('@')] }],
    ] as const) {
      expect({ method, path, status: (await entri.call(method, path, { json })).status }).toMatchObject({ status: 404 })
    }
    expect((await entri.api.call('GET', `/monitors?domain=${domain}`)).body.data).toEqual([])
    const groups = (await entri.api.call('GET', '/groups?limit=100')).body.data
    expect(groups.map(({ name }: { name: string }) => name)).not.toContain(domain)
    // And may come again.
    await entri.ok('POST', '/monitor/domains', { domain, dnsRecords: [anA('@')] })
  })
})

describe('records', () => {
  test('that are added stand beside those that are there; one that is there already is not there twice', async () => {
    const domain = await aDomain([anA('@')])
    const path = `/monitor/domains/${domain}/records`
    const added = await entri.ok('POST', path, {
      dnsRecords: [anA('www'), { ...anA(domain, RIGHT, 60) }, anA('www', RIGHT, 9)],
    })
    expect(added).toMatchObject({ domain, dnsRecords: [anA(domain, RIGHT, 60), anA('www', RIGHT, 9)] })
    expect(await entri.monitors(domain)).toHaveLength(2)
  })

  test('that replace others are the whole set; those that stay keep their monitors', async () => {
    const domain = await aDomain([anA('@'), anA('www')])
    const [apex] = await entri.monitors(domain)
    const path = `/monitor/domains/${domain}/records`
    const replaced = await entri.ok('PUT', path, { dnsRecords: [anA('api'), anA('@', RIGHT, 5)] })
    expect(replaced.dnsRecords).toEqual([anA('@', RIGHT, 5), anA('api')])
    const after = await entri.monitors(domain)
    expect(after.map(({ subdomain }) => subdomain)).toEqual([null, 'api'])
    expect(after[0]?.uuid).toBe(apex?.uuid)
  })

  const removals: { why: string; named: object[]; left: string[] }[] = [
    { why: 'type, host and value', named: [{ type: 'A', host: 'www', value: RIGHT, ttl: 3600 }], left: ['@', 'www2'] },
    { why: 'type and host', named: [{ type: 'A', host: 'www' }], left: ['@', 'www2'] },
    {
      why: 'another spelling',
      named: [
        { type: 'a', host: '@' },
        { type: 'A', host: 'WWW' },
      ],
      left: ['www2'],
    },
  ]
  test.for(removals)('are removed by $why, and the others stay', async ({ named, left }) => {
    const domain = await aDomain([anA('@'), anA('www'), anA('www', WRONG), anA('www2')].filter((_, i) => i !== 2))
    const removed = await entri.ok('DELETE', `/monitor/domains/${domain}/records`, { dnsRecords: named })
    expect(removed.dnsRecords.map(({ host }: { host: string }) => host)).toEqual(left)
    expect(await entri.monitors(domain)).toHaveLength(left.length)
  })

  test('of one host are told apart by value and priority', async () => {
    const mx = (host: string, priority?: string) => ({
      type: 'MX',
      host: '@',
      value: host,
      ttl: 60,
      ...(priority && { priority }),
    })
    const domain = await aDomain([mx('mx.example.net', '10'), mx('mx.example.net', '20'), mx('mx2.example.net')])
    const path = `/monitor/domains/${domain}/records`
    await entri.ok('DELETE', path, { dnsRecords: [{ type: 'MX', host: '@', value: 'mx.example.net', priority: '20' }] })
    expect(await recordsOf(domain)).toEqual([mx('mx.example.net', '10'), mx('mx2.example.net')])
  })

  test('that are not there refuse the whole removal', async () => {
    const domain = await aDomain([anA('@'), anA('www')])
    const json = {
      dnsRecords: [
        { type: 'A', host: '@' },
        { type: 'A', host: 'nowhere' },
      ],
    }
    const reply = await entri.call('DELETE', `/monitor/domains/${domain}/records`, { json })
    expect(refusal(reply)).toMatchObject({ status: 404, errors: { 'dnsRecords[1]': expect.any(String) } })
    expect(await recordsOf(domain)).toHaveLength(2)
  })

  test('are there when they are there, whatever stands beside them and however long they live', async () => {
    await using own = await startDialect()
    own.dns.set('multi.example', 'A', [RIGHT, WRONG], 77)
    own.dns.set('multi.example', 'TXT', ['something else', 'proof=1'], 77)
    own.dns.set('multi.example', 'MX', ['10 mx.example.net', '20 other.example.net'], 77)
    const dnsRecords = [
      anA('@', RIGHT, 3600),
      { type: 'TXT', host: '@', value: 'proof=1', ttl: 3600 },
      { type: 'MX', host: '@', value: 'mx.example.net', ttl: 3600 },
      { type: 'MX', host: '@', value: 'mx.example.net', ttl: 3600, priority: '10' },
      { type: 'MX', host: '@', value: 'mx.example.net', ttl: 3600, priority: '20' },
    ]
    await own.ok('POST', '/monitor/domains', { domain: 'multi.example', dnsRecords })
    await vi.waitFor(async () => {
      const states = (await own.monitors('multi.example')).map(({ state }) => state)
      expect(states).toEqual(['VALID', 'VALID', 'VALID', 'VALID', 'MISMATCH'])
    }, PATIENCE)
  })
})

describe('a list of domains', () => {
  let own: Dialect
  const names = Array.from({ length: 5 }, (_, i) => `n${i}.example`)
  beforeAll(async () => {
    own = await startDialect({}, {}, Date.UTC(2030, 0, 1, 23, 59, 58))
    for (const domain of names) {
      await own.ok('POST', '/monitor/domains', { domain, dnsRecords: [anA('@')] })
      await own.clock.advance(SECOND)
    }
  })
  afterAll(() => own[Symbol.asyncDispose]())
  const list = (query: string) => own.ok('GET', `/monitor/domains?${query}`)
  const namesIn = ({ domains }: { domains: { domain: string }[] }) => domains.map(({ domain }) => domain)

  test('is paged by offset and limit, the oldest first, each domain once', async () => {
    const first = await list('limit=2')
    expect(first).toMatchObject({ total: 5, offset: 0, limit: 2 })
    const pages = [first, await list('limit=2&offset=2'), await list('limit=2&offset=4')]
    expect(pages.flatMap(namesIn)).toEqual(names)
    expect(await list('offset=5')).toEqual({ domains: [], total: 5, offset: 5, limit: 20 })
    expect(await list('offset=1000000000')).toMatchObject({ domains: [], total: 5 })
  })

  test.for([
    ['from_date=2030-01-02', 2, 5],
    ['to_date=2030-01-01', 0, 2],
    ['from_date=2030-01-01&to_date=2030-01-01', 0, 2],
    ['from_date=2030-01-01T23:59:59Z', 1, 5],
    ['from_date=2030-01-02T00:00:00Z', 2, 5],
    ['to_date=2030-01-01T23:59:59Z', 0, 2],
    ['to_date=2030-01-01T23:59:58Z', 0, 1],
    ['from_date=2030-01-02T01:59:59%2B02:00', 1, 5],
    ['from_date=2030-01-01T23:59:59', 1, 5],
    ['from_date=2031-01-01', 5, 5],
  ] as const)('is cut by the date of creation: %s', async ([query, from, until]) => {
    const found = await list(query)
    expect(namesIn(found)).toEqual(names.slice(from, until))
    expect(found.total).toBe(until - from)
  })

  test.for([
    'offset=-1',
    'offset=a',
    'offset=1.5',
    'offset=',
    'limit=0',
    'limit=101',
    'limit=ten',
    'limit=1&limit=2',
    'from_date=yesterday',
    'to_date=2030-02-30',
    'from_date=1767225600',
  ])('is 400 for %s', async (query) => {
    const reply = await own.call('GET', `/monitor/domains?${query}`)
    const [name = ''] = query.split('=')
    expect(refusal(reply)).toEqual({ status: 400, errors: { [name]: expect.any(String) } })
  })

  test('leaves aside what it does not know', async () => {
    expect(namesIn(await list('sort=name'))).toEqual(names)
  })
})

const HOURS = 6
test('each record is asked for once an hour, hour after hour', async () => {
  await using own = await startDialect()
  const [apex, www] = ['hourly.example', 'www.hourly.example']
  await own.healthy(apex, ['@', 'www'])
  own.dns.forget()
  const asked = () => [own.dns.count({ name: apex }), own.dns.count({ name: www })]
  const nextLook = async () => {
    const { data } = (await own.api.call('GET', `/monitors?domain=${apex}`)).body
    // Shown in whole seconds, and due within that second.
    return Math.min(...data.map(({ next_check }: { next_check: string }) => Date.parse(next_check))) + SECOND
  }
  for (let look = 1; look <= 2 * HOURS; look++) {
    await own.clock.advance((await nextLook()) - own.clock.now())
    await vi.waitUntil(async () => (await nextLook()) > own.clock.now(), PATIENCE)
    expect(asked().reduce((sum, count) => sum + count)).toBe(look)
  }
  expect(asked()).toEqual([HOURS, HOURS])
  expect(own.clock.now()).toBeLessThanOrEqual(START + (HOURS + 1) * HOUR)
  expect(own.clock.now()).toBeGreaterThan(START + (HOURS - 1) * HOUR)
})
