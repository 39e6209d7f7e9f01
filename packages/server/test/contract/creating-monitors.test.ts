/** What `POST /monitors` takes and what it answers. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createTestClock } from '../../../../test/harness/clock.ts'
import type { ZoneType, ZoneValue } from '../../../../test/harness/dns-zone.ts'
import { expectProblem } from '../api.ts'
import { startWatching, type Watching } from '../watching.ts'

const BASIC = { domain: 'piedpiper.com', record_type: 'A', expected_value: ['1.2.3.4', '5.6.7.8'] }

let watching: Watching
beforeAll(async () => {
  watching = await startWatching()
})
afterAll(() => watching[Symbol.asyncDispose]())

const post = (json: object) => watching.api.call('POST', '/monitors', { json })
const groupsNamed = async (slug: string) => {
  const { data } = (await watching.api.call('GET', '/groups?limit=100')).body
  return data.filter((group: { slug: string }) => group.slug === slug)
}

describe('the answer', () => {
  /** The members that the documentation shows, with the values that a new monitor has. */
  const DOCUMENTED = {
    uuid: expect.stringMatching(/^mon_[0-9a-z]{26}$/),
    created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
    domain: 'piedpiper.com',
    subdomain: null,
    record_type: 'A',
    expected_value: ['1.2.3.4', '5.6.7.8'],
    current_value: null,
    is_exact_match: true,
    state: 'UNSET',
    incidence_count: 0,
    last_checked: null,
    is_active: true,
    frequency: 60,
  }
  const MORE = 'match notify group external_id metadata updated next_check reasons pending_state'.split(' ')

  test('to a domain, a record type and an expectation is the documented object of a monitor not yet looked at', async () => {
    const { status, body } = await post(BASIC)
    expect(status).toBe(201)
    expect(body).toMatchObject(DOCUMENTED)
  })

  test('has the documented members, those of this server, and no others', async () => {
    const { body } = await post(BASIC)
    expect(Object.keys(body).toSorted()).toEqual([...Object.keys(DOCUMENTED), ...MORE].toSorted())
  })

  test('is what is read afterwards', async () => {
    const { body } = await post({ ...BASIC, is_active: false })
    expect((await watching.api.call('GET', `/monitors/${body.uuid}`)).body).toEqual({ ...body, check: null })
  })
})

describe('a look', () => {
  test('fills current_value with what the zone holds', async () => {
    const { dns, create, check } = watching
    dns.set('filled.example', 'A', ['5.6.7.8', '9.9.9.9'])
    const monitor = await create({ ...BASIC, domain: 'filled.example' })
    expect(monitor.current_value).toBeNull()
    expect(await check(monitor.uuid)).toMatchObject({ current_value: ['5.6.7.8', '9.9.9.9'] })
  })

  test('sets last_checked to its own time', async () => {
    const clock = createTestClock(Date.UTC(2030, 0, 1, 12))
    await using own = await startWatching({}, { clock })
    const { uuid } = await own.create(BASIC)
    expect(await own.check(uuid)).toMatchObject({ last_checked: '2030-01-01T12:00:00Z' })
    await clock.advance(17_000)
    expect(await own.check(uuid)).toMatchObject({ last_checked: '2030-01-01T12:00:17Z' })
  })
})

describe('the name', () => {
  const names: { why: string; given: object; asked: string }[] = [
    { why: 'the apex without a subdomain', given: { domain: 'apex.example' }, asked: 'apex.example' },
    {
      why: 'the subdomain before the domain',
      given: { domain: 'sub.example', subdomain: 'www' },
      asked: 'www.sub.example',
    },
    {
      why: 'a subdomain of several labels',
      given: { domain: 'labels.example', subdomain: 'default._domainkey' },
      asked: 'default._domainkey.labels.example',
    },
    { why: 'a whole host given as domain', given: { domain: 'api.whole.example' }, asked: 'api.whole.example' },
    { why: 'the same with capitals and a final dot', given: { domain: 'DOT.Example.' }, asked: 'dot.example' },
    { why: 'Unicode as its A-labels', given: { domain: 'bücher.example' }, asked: 'xn--bcher-kva.example' },
  ]
  test.for(names)('that is asked for is $why', async ({ given, asked }) => {
    const { dns, create, check } = watching
    dns.set(asked, 'A', BASIC.expected_value)
    const { uuid, ...monitor } = await create({ ...BASIC, ...given })
    expect(monitor).toMatchObject({ subdomain: null, ...given })
    expect(await check(uuid)).toMatchObject({ state: 'VALID' })
    expect(dns.count({ name: asked, type: 'A' })).toBeGreaterThan(0)
  })

  test.for([
    'not a domain',
    '-a.com',
    'a-.com',
    'a..com',
    `${'a'.repeat(64)}.com`,
    `${'a.'.repeat(126)}com`,
    'https://piedpiper.com/',
    'piedpiper.com:53',
    '',
    '192.0.2.1',
  ])('%j is refused as a domain', async (domain) => {
    expectProblem(await post({ ...BASIC, domain }), 400, 'invalid_field', { domain: /./ })
  })
})

const types: { type: string; domain: string; expected: string | string[]; zone: ZoneValue[] }[] = [
  { type: 'A', domain: 'a.types.example', expected: '1.2.3.4', zone: ['1.2.3.4'] },
  { type: 'AAAA', domain: 'aaaa.types.example', expected: '2001:db8::1', zone: ['2001:db8::1'] },
  {
    type: 'CNAME',
    domain: 'cname.types.example',
    expected: 'piedpiper.netlify.app',
    zone: ['piedpiper.netlify.app'],
  },
  {
    type: 'MX',
    domain: 'mx.types.example',
    expected: ['10 mx1.provider.com', '20 mx2.provider.com'],
    zone: ['20 mx2.provider.com', '10 mx1.provider.com'],
  },
  {
    type: 'TXT',
    domain: 'txt.types.example',
    expected: 'v=spf1 include:_spf.service.com -all',
    zone: ['v=spf1 include:_spf.service.com -all'],
  },
  {
    type: 'NS',
    domain: 'ns.types.example',
    expected: ['ns1.provider.com', 'ns2.provider.com'],
    zone: ['ns2.provider.com', 'ns1.provider.com'],
  },
  { type: 'PTR', domain: '1.2.0.192.in-addr.arpa', expected: 'mail.piedpiper.com', zone: ['mail.piedpiper.com'] },
]

test.for(types)('a record of type $type is watched', async ({ type, domain, expected, zone }) => {
  const { dns, create, check } = watching
  dns.set(domain, type as ZoneType, zone)
  const monitor = await create({ domain, record_type: type, expected_value: expected })
  expect(monitor).toMatchObject({ record_type: type, expected_value: [expected].flat() })
  expect(await check(monitor.uuid)).toMatchObject({ state: 'VALID' })
})

describe('the group', () => {
  test('is the default one when none is given', async () => {
    const { body } = await post({ ...BASIC, is_active: false })
    expect(body.group).toBe('default')
    const listed = await watching.api.call('GET', '/groups/default/monitors?limit=1&order_way=desc')
    expect(listed.body.data).toMatchObject([{ uuid: body.uuid }])
  })

  test('is made when nobody has made it, and used again when it is there', async () => {
    expect(await groupsNamed('production-servers')).toEqual([])
    for (const monitors of [1, 2]) {
      const { body } = await post({ ...BASIC, is_active: false, group: 'production-servers' })
      expect(body.group).toBe('production-servers')
      expect(await groupsNamed('production-servers')).toMatchObject([{ monitors }])
    }
  })
})
