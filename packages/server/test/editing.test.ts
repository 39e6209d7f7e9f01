/** The contract of changing a monitor: `PATCH /monitors/{id}` and `POST /monitors/{id}/accept`. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type DnsServer, startDnsServer } from '../../../test/harness/dns-server.ts'
import type { ZoneType, ZoneValue } from '../../../test/harness/dns-zone.ts'
import { A_MONITOR, type Api, expectProblem, READER, type Reply, startApi, WRITER } from './api.ts'

let dns: DnsServer
let api: Api
beforeAll(async () => {
  dns = await startDnsServer()
  api = await startApi({ DNSRADAR_RESOLVERS: dns.address, DNSRADAR_DNS_TIMEOUT: '2s' })
})
afterAll(async () => {
  await api[Symbol.asyncDispose]()
  await dns[Symbol.asyncDispose]()
})

/** Nobody looks at it unless a test says otherwise, so that what it shows is the edit's doing alone. */
async function create(change: object = {}): Promise<string> {
  const { status, body } = await api.call('POST', '/monitors', { json: { ...A_MONITOR, is_active: false, ...change } })
  expect(status).toBe(201)
  return body.uuid
}

const patch = (uuid: string, json: unknown): Promise<Reply> => api.call('PATCH', `/monitors/${uuid}`, { json })
const accept = (uuid: string): Promise<Reply> => api.call('POST', `/monitors/${uuid}/accept`)
const read = async (uuid: string) => (await api.call('GET', `/monitors/${uuid}`)).body

/** A monitor of a name of its own that has been looked at. */
let names = 0
async function checked(type: ZoneType, values: readonly ZoneValue[], expectation: object): Promise<string> {
  const domain = `name${(names += 1)}.example`
  if (values.length > 0) dns.set(domain, type, values)
  const given = { domain, subdomain: null, record_type: type, expected_value: undefined, is_active: true }
  const uuid = await create({ ...given, ...expectation })
  expect((await api.call('POST', `/monitors/${uuid}/check`)).status).toBe(200)
  return uuid
}

describe('a patch', () => {
  const accepted: { why: string; from?: object; given: object; shown: object }[] = [
    { why: 'a domain', given: { domain: 'example.org' }, shown: { domain: 'example.org', subdomain: 'www' } },
    { why: 'a subdomain', given: { subdomain: 'api' }, shown: { domain: 'example.com', subdomain: 'api' } },
    { why: 'null takes the subdomain away', given: { subdomain: null }, shown: { subdomain: null } },
    { why: 'an empty subdomain is the apex', given: { subdomain: '' }, shown: { subdomain: null } },
    {
      why: 'a full name replaces both halves',
      given: { full_domain: 'a.b.example.co.uk' },
      shown: { domain: 'example.co.uk', subdomain: 'a.b' },
    },
    {
      why: 'a full name without a subdomain leaves none',
      given: { full_domain: 'example.net' },
      shown: { domain: 'example.net', subdomain: null },
    },
    {
      why: 'a type with an expectation for it',
      given: { record_type: 'TXT', expected_value: 'hello' },
      shown: { record_type: 'TXT', expected_value: ['hello'] },
    },
    {
      why: 'TXT that says SPF becomes SPF as it stands',
      from: { record_type: 'TXT', expected_value: 'v=spf1 -all' },
      given: { record_type: 'SPF' },
      shown: { record_type: 'SPF', expected_value: ['v=spf1 -all'], subdomain: 'www' },
    },
    {
      why: 'DMARC of a whole domain looks at _dmarc',
      from: { subdomain: null, record_type: 'TXT', expected_value: 'v=DMARC1; p=none' },
      given: { record_type: 'DMARC' },
      shown: { record_type: 'DMARC', subdomain: '_dmarc' },
    },
    {
      why: 'an address with the type that takes one',
      from: { subdomain: null },
      given: { domain: '192.0.2.1', record_type: 'PTR', expected_value: 'mail.example.com' },
      shown: { domain: '192.0.2.1', record_type: 'PTR' },
    },
    { why: 'one value alone', given: { expected_value: '192.0.2.9' }, shown: { expected_value: ['192.0.2.9'] } },
    {
      why: 'several values in their order',
      given: { expected_value: ['192.0.2.9', '192.0.2.1'] },
      shown: { expected_value: ['192.0.2.9', '192.0.2.1'] },
    },
    {
      why: 'a match mode keeps the values',
      given: { match: 'any_of' },
      shown: { match: 'any_of', is_exact_match: false, expected_value: ['192.0.2.1'] },
    },
    { why: 'flexible is includes', given: { is_exact_match: false }, shown: { match: 'includes' } },
    {
      why: 'exact again',
      from: { match: 'none_of' },
      given: { is_exact_match: true },
      shown: { match: 'exact', is_exact_match: true },
    },
    {
      why: 'is_exact_match as it was read changes no mode',
      from: { match: 'any_of' },
      given: { is_exact_match: false, frequency: 5 },
      shown: { match: 'any_of', frequency: 5 },
    },
    {
      why: 'is_exact_match as it was read keeps a baseline',
      from: { match: 'baseline', expected_value: undefined },
      given: { is_exact_match: true },
      shown: { match: 'baseline' },
    },
    {
      why: 'absent drops the expectation',
      given: { match: 'absent' },
      shown: { match: 'absent', expected_value: [], is_exact_match: false },
    },
    {
      why: 'a baseline drops the expectation, to take its own',
      given: { match: 'baseline' },
      shown: { match: 'baseline', expected_value: [], is_exact_match: true },
    },
    {
      why: 'from absent to a value',
      from: { match: 'absent', expected_value: undefined },
      given: { match: 'exact', expected_value: '192.0.2.3' },
      shown: { match: 'exact', expected_value: ['192.0.2.3'] },
    },
    {
      why: 'cidr with a network',
      given: { match: 'cidr', expected_value: '192.0.2.0/24' },
      shown: { match: 'cidr', expected_value: ['192.0.2.0/24'] },
    },
    ...[1, 5, 10, 15, 30, 60, 120].map((frequency) => ({
      why: `frequency ${frequency}`,
      given: { frequency },
      shown: { frequency },
    })),
    { why: 'notify', given: { notify: 'after_success' }, shown: { notify: 'after_success' } },
    { why: 'a new group', given: { group: 'moved-here' }, shown: { group: 'moved-here' } },
    { why: 'null is the default group', from: { group: 'left' }, given: { group: null }, shown: { group: 'default' } },
    { why: 'an external id', given: { external_id: 'patched:1' }, shown: { external_id: 'patched:1' } },
    {
      why: 'null takes the external id away',
      from: { external_id: 'patched:2' },
      given: { external_id: null },
      shown: { external_id: null },
    },
    {
      why: 'metadata is replaced whole',
      from: { metadata: { a: '1', b: '2' } },
      given: { metadata: { b: '3' } },
      shown: { metadata: { b: '3' } },
    },
  ]
  test.for(accepted)('changes $why', async ({ from, given, shown }) => {
    const uuid = await create(from)
    const { status, body } = await patch(uuid, given)
    expect(status).toBe(200)
    expect(body).toMatchObject({ uuid, ...shown })
    expect(await read(uuid)).toMatchObject(shown)
  })

  test('leaves alone what it does not name', async () => {
    const uuid = await create({ group: 'kept', external_id: 'kept', metadata: { a: 'b' }, notify: 'on_success' })
    const { check: _, updated: __, ...before } = await read(uuid)
    const { body } = await patch(uuid, { frequency: 5 })
    expect(body).toMatchObject({ ...before, frequency: 5 })
  })

  test('enables and disables', async () => {
    const uuid = await create()
    const enabled = (await patch(uuid, { is_active: true })).body
    expect(enabled.is_active).toBe(true)
    expect(enabled.next_check).not.toBeNull()
    expect((await patch(uuid, { is_active: false })).body).toMatchObject({ is_active: false, next_check: null })
    expectProblem(await api.call('POST', `/monitors/${uuid}/check`), 409, 'monitor_disabled')
  })

  test('takes a whole monitor back as it was read, as far as its fields can be written', async () => {
    const uuid = await create({ match: 'includes', external_id: 'round', metadata: { a: 'b' } })
    const read_ = await read(uuid)
    const writable = ['domain', 'subdomain', 'record_type', 'expected_value', 'is_exact_match', 'match', 'frequency']
    const others = ['notify', 'group', 'external_id', 'metadata', 'is_active']
    const { body } = await patch(uuid, Object.fromEntries([...writable, ...others].map((key) => [key, read_[key]])))
    const { check: _, updated: __, ...before } = read_
    expect(body).toMatchObject(before)
  })

  test('is looked at at once', async () => {
    const uuid = await checked('A', ['192.0.2.1'], { expected_value: '192.0.2.1' })
    await patch(uuid, { expected_value: '192.0.2.2' })
    await expect.poll(async () => (await read(uuid)).state).toBe('MISMATCH')
  })

  const refused: { why: string; from?: object; given: unknown; code?: string; field: string; says: RegExp }[] = [
    { why: 'nothing', given: {}, code: 'invalid_body', field: '', says: /changes nothing; give at least one field/ },
    { why: 'a list', given: [], code: 'invalid_body', field: '', says: /JSON object/ },
    { why: 'an unknown field', given: { state: 'VALID' }, code: 'unknown_field', field: 'state', says: /known are/ },
    { why: 'a read-only field', given: { uuid: 'x' }, code: 'unknown_field', field: 'uuid', says: /known are/ },
    { why: 'a sentence as domain', given: { domain: 'not a domain' }, field: 'domain', says: /not a domain/ },
    { why: 'null as domain', given: { domain: null }, field: 'domain', says: /give a string/ },
    { why: 'a subdomain of dots', given: { subdomain: '..' }, field: 'subdomain', says: /./ },
    {
      why: 'an address beside the subdomain that is there',
      given: { domain: '192.0.2.1', record_type: 'PTR', expected_value: 'a.example.com' },
      field: 'subdomain',
      says: /set `subdomain` to null/,
    },
    {
      why: 'a domain that is too long with the subdomain that is there',
      from: { subdomain: 'a.'.repeat(30) + 'a' },
      given: { domain: `${'b.'.repeat(110)}com` },
      field: 'subdomain',
      says: /set `subdomain` to null or to another\. \(.*longer than/,
    },
    {
      why: 'full_domain beside domain',
      given: { full_domain: 'www.example.com', domain: 'example.com' },
      field: 'full_domain',
      says: /cannot stand beside/,
    },
    {
      why: 'full_domain beside subdomain',
      given: { full_domain: 'www.example.com', subdomain: 'x' },
      field: 'full_domain',
      says: /cannot stand beside/,
    },
    { why: 'an unknown type', given: { record_type: 'FOO' }, field: 'record_type', says: /use one of A, AAAA/ },
    {
      why: 'a type that the present expectation does not fit',
      given: { record_type: 'AAAA' },
      code: 'invalid_expectation',
      field: 'expected_value',
      says: /./,
    },
    {
      why: 'a type that the present name does not fit',
      from: { domain: '192.0.2.1', subdomain: null, record_type: 'PTR', expected_value: 'a.example.com' },
      given: { record_type: 'CNAME' },
      field: 'domain',
      says: /PTR records only/,
    },
    {
      why: 'a type that the present mode does not fit',
      from: { match: 'cidr', expected_value: '192.0.2.0/24' },
      given: { record_type: 'TXT' },
      code: 'invalid_expectation',
      field: 'match',
      says: /A and AAAA/,
    },
    {
      why: 'an expectation of another type',
      given: { expected_value: 'mail.example.com' },
      code: 'invalid_expectation',
      field: 'expected_value',
      says: /./,
    },
    {
      why: 'an expectation that the present mode does not fit',
      from: { match: 'cidr', expected_value: '192.0.2.0/24' },
      given: { expected_value: '192.0.2.0/33' },
      code: 'invalid_expectation',
      field: 'expected_value',
      says: /./,
    },
    {
      why: 'no values where some are needed',
      given: { expected_value: [] },
      code: 'invalid_expectation',
      field: 'expected_value',
      says: /required/,
    },
    {
      why: 'a mode that needs values where there are none',
      from: { match: 'absent', expected_value: undefined },
      given: { match: 'exact' },
      code: 'invalid_expectation',
      field: 'expected_value',
      says: /required/,
    },
    {
      why: 'values for absent',
      given: { match: 'absent', expected_value: '192.0.2.1' },
      code: 'invalid_expectation',
      field: 'expected_value',
      says: /takes no/,
    },
    {
      why: 'values for a baseline that is there',
      from: { match: 'baseline', expected_value: undefined },
      given: { expected_value: '192.0.2.1' },
      code: 'invalid_expectation',
      field: 'expected_value',
      says: /takes no/,
    },
    {
      why: 'eleven values',
      given: { expected_value: Array.from({ length: 11 }, (_, i) => `192.0.2.${i}`) },
      code: 'invalid_expectation',
      field: 'expected_value',
      says: /10/,
    },
    {
      why: 'match that contradicts is_exact_match',
      given: { match: 'any_of', is_exact_match: true },
      field: 'is_exact_match',
      says: /leave is_exact_match out/,
    },
    { why: 'frequency 7', given: { frequency: 7 }, field: 'frequency', says: /use one of 1, 5/ },
    { why: 'null as frequency', given: { frequency: null }, field: 'frequency', says: /number/ },
    { why: 'an unknown notify', given: { notify: 'never' }, field: 'notify', says: /use one of/ },
    { why: 'is_active as text', given: { is_active: 'no' }, field: 'is_active', says: /true or false/ },
    { why: 'a slug with capitals', given: { group: 'Prod' }, field: 'group', says: /lower-case/ },
    { why: 'an external id with a slash', given: { external_id: 'a/b' }, field: 'external_id', says: /without/ },
    { why: 'null as metadata', given: { metadata: null }, field: 'metadata', says: /JSON object/ },
    { why: 'too much metadata', given: { metadata: { a: 'x'.repeat(3000) } }, field: 'metadata', says: /2048 bytes/ },
  ]
  test.for(refused)('refuses $why and writes nothing', async ({ from, given, code = 'invalid_field', field, says }) => {
    const uuid = await create(from)
    const before = await read(uuid)
    const also =
      typeof given === 'object' && !Array.isArray(given) && code !== 'invalid_body' ? { group: 'unmade' } : null
    expectProblem(await patch(uuid, also === null ? given : { ...also, ...(given as object) }), 400, code, {
      [field]: says,
    })
    expect(await read(uuid)).toEqual(before)
    expectProblem(await api.call('GET', '/groups/unmade'), 404, 'not_found')
  })

  test('to an external id that another monitor has is 409', async () => {
    await create({ external_id: 'theirs' })
    const uuid = await create()
    expectProblem(await patch(uuid, { external_id: 'theirs', frequency: 5 }), 409, 'external_id_taken')
    expect(await read(uuid)).toMatchObject({ external_id: null, frequency: 60 })
    expect((await patch(uuid, { external_id: 'mine' })).status).toBe(200)
    expect((await patch(uuid, { external_id: 'mine' })).status).toBe(200)
  })

  test('to a group id of nobody is 400', async () => {
    expect((await patch(await create(), { group: 'grp_01h455vb4pex5vsknk084sn02q' })).status).toBe(400)
  })

  test('to a frequency that the plan does not have is 402, to one that nobody has 400', async () => {
    await using free = await startApi({ DNSRADAR_PLAN: 'free' })
    const { uuid } = (await free.call('POST', '/monitors', { json: { ...A_MONITOR, is_active: false } })).body
    const ask = (json: object) => free.call('PATCH', `/monitors/${uuid}`, { json })
    expectProblem(await ask({ frequency: 5, notify: 'on_success' }), 402, 'plan_frequency', { frequency: /60/ })
    expectProblem(await ask({ frequency: 1 }), 400, 'invalid_field', { frequency: /use one of 60, 120/ })
    expect((await free.call('GET', `/monitors/${uuid}`)).body).toMatchObject({ frequency: 60, notify: 'immediately' })
    expect((await ask({ frequency: 120 })).body).toMatchObject({ frequency: 120 })
  })

  test('of a monitor that a smaller plan would not have made still works', async () => {
    const uuid = await create({ frequency: 5 })
    await api.store.accounts.ensureDefaultOrganization('free')
    try {
      expect((await patch(uuid, { metadata: { a: 'b' } })).body).toMatchObject({ frequency: 5, metadata: { a: 'b' } })
      expectProblem(await patch(uuid, { frequency: 5 }), 402, 'plan_frequency')
    } finally {
      await api.store.accounts.ensureDefaultOrganization('unlimited')
    }
  })

  test('edits at the same time are all kept', async () => {
    const uuid = await create()
    const replies = await Promise.all([
      patch(uuid, { subdomain: 'api' }),
      patch(uuid, { domain: 'example.org' }),
      patch(uuid, { expected_value: '192.0.2.7' }),
      patch(uuid, { match: 'includes' }),
    ])
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    expect(await read(uuid)).toMatchObject({
      domain: 'example.org',
      subdomain: 'api',
      match: 'includes',
      expected_value: ['192.0.2.7'],
    })
  })
})

describe('a patch and the state', () => {
  test('another name is UNSET again, without its old value and with its count', async () => {
    const uuid = await checked('A', ['192.0.2.2'], { expected_value: '192.0.2.1' })
    expect(await read(uuid)).toMatchObject({ state: 'MISMATCH', incidence_count: 1 })
    const { body } = await patch(uuid, { full_domain: 'elsewhere.example', is_active: false })
    expect(body).toMatchObject({ state: 'UNSET', current_value: null, last_checked: null, incidence_count: 1 })
    expect(body).toMatchObject({ reasons: [], pending_state: null })
    expect((await read(uuid)).check).toBeNull()
  })

  test('another type is UNSET again', async () => {
    const uuid = await checked('A', ['192.0.2.1'], { expected_value: '192.0.2.1' })
    const given = { record_type: 'TXT', expected_value: 'x', is_active: false }
    expect((await patch(uuid, given)).body).toMatchObject({ state: 'UNSET', current_value: null })
  })

  test('the same name in other letters is no other name', async () => {
    const uuid = await checked('A', ['192.0.2.1'], { expected_value: '192.0.2.1' })
    const { domain } = await read(uuid)
    const { body } = await patch(uuid, { domain: `${domain.toUpperCase()}.` })
    expect(body).toMatchObject({ domain: `${domain.toUpperCase()}.`, state: 'VALID', current_value: ['192.0.2.1'] })
  })

  test('another expectation leaves the state to the next look', async () => {
    const uuid = await checked('A', ['192.0.2.1'], { expected_value: '192.0.2.1' })
    const { body } = await patch(uuid, { expected_value: '192.0.2.2', is_active: false })
    expect(body).toMatchObject({ state: 'VALID', current_value: ['192.0.2.1'], expected_value: ['192.0.2.2'] })
  })

  test('a baseline keeps what it took until its match or type is another', async () => {
    const uuid = await checked('TXT', ['one', 'two'], { match: 'baseline' })
    const taken = { match: 'baseline', expected_value: ['one', 'two'] }
    expect(await read(uuid)).toMatchObject(taken)
    for (const given of [{ metadata: { a: 'b' } }, { match: 'baseline' }, { record_type: 'TXT' }, { subdomain: 'x' }]) {
      expect((await patch(uuid, { ...given, is_active: false })).body).toMatchObject(taken)
    }
    expect((await patch(uuid, { expected_value: [] })).body).toMatchObject({ ...taken, expected_value: [] })
  })

  test('a baseline of another type takes a new one', async () => {
    const uuid = await checked('TXT', ['one'], { match: 'baseline' })
    const { body } = await patch(uuid, { record_type: 'A', is_active: false })
    expect(body).toMatchObject({ match: 'baseline', record_type: 'A', expected_value: [], state: 'UNSET' })
  })

  test('a taken baseline becomes an expectation', async () => {
    const uuid = await checked('A', ['192.0.2.1'], { match: 'baseline' })
    expect((await patch(uuid, { match: 'includes' })).body).toMatchObject({
      match: 'includes',
      expected_value: ['192.0.2.1'],
    })
  })
})

describe('accepting the current value', () => {
  const modes: { why: string; type: ZoneType; found: string[]; from: object; shown: object }[] = [
    {
      why: 'exact stays exact',
      type: 'A',
      found: ['192.0.2.3', '192.0.2.2'],
      from: { expected_value: '192.0.2.1' },
      shown: { match: 'exact', expected_value: ['192.0.2.2', '192.0.2.3'] },
    },
    {
      why: 'includes stays includes',
      type: 'MX',
      found: ['10 a.example.com'],
      from: { match: 'includes', expected_value: '20 b.example.com' },
      shown: { match: 'includes', expected_value: ['10 a.example.com'] },
    },
    {
      why: 'any_of stays any_of',
      type: 'A',
      found: ['192.0.2.3'],
      from: { match: 'any_of', expected_value: '192.0.2.1' },
      shown: { match: 'any_of', expected_value: ['192.0.2.3'] },
    },
    {
      why: 'none_of becomes exact',
      type: 'A',
      found: ['192.0.2.3'],
      from: { match: 'none_of', expected_value: '192.0.2.3' },
      shown: { match: 'exact', is_exact_match: true, expected_value: ['192.0.2.3'] },
    },
    {
      why: 'cidr becomes exact',
      type: 'A',
      found: ['198.51.100.1'],
      from: { match: 'cidr', expected_value: '192.0.2.0/24' },
      shown: { match: 'exact', expected_value: ['198.51.100.1'] },
    },
    {
      why: 'absent becomes exact',
      type: 'TXT',
      found: ['there'],
      from: { match: 'absent' },
      shown: { match: 'exact', expected_value: ['there'] },
    },
    {
      why: 'a policy takes the policy and not its neighbours',
      type: 'TXT',
      found: ['v=spf1 a -all', 'verification=1'],
      from: { expected_value: 'v=spf1 -all' },
      shown: { expected_value: ['v=spf1 a -all'] },
    },
  ]
  test.for(modes)('$why', async ({ type, found, from, shown }) => {
    const uuid = await checked(type, found, from)
    expect((await read(uuid)).state).toBe('MISMATCH')
    const { status, body } = await accept(uuid)
    expect(status).toBe(200)
    expect(body).toMatchObject({ uuid, state: 'MISMATCH', ...shown })
    await expect.poll(async () => (await read(uuid)).state).toBe('VALID')
  })

  test('of a baseline takes what is there as it is, however much', async () => {
    const uuid = await checked('A', ['192.0.2.1'], { match: 'baseline' })
    const { domain } = await read(uuid)
    const many = Array.from({ length: 12 }, (_, i) => `192.0.2.${i + 100}`)
    dns.set(domain, 'A', many)
    expect((await api.call('POST', `/monitors/${uuid}/check`)).body.state).toBe('MISMATCH')
    expect((await accept(uuid)).body).toMatchObject({ match: 'baseline', expected_value: many })
    expect((await api.call('POST', `/monitors/${uuid}/check`)).body.state).toBe('VALID')
  })

  const tooMuch: { why: string; type: ZoneType; found: ZoneValue[]; field: string; says: RegExp }[] = [
    {
      why: 'eleven values',
      type: 'A',
      found: Array.from({ length: 11 }, (_, i) => `192.0.2.${i + 100}`),
      field: 'expected_value',
      says: /11 values, and 10 at most/,
    },
    {
      why: 'a value of 1001 characters',
      type: 'TXT',
      found: [[...Array(4).fill('x'.repeat(250)), 'x']],
      field: 'expected_value',
      says: /1001 characters, and 1000 at most/,
    },
  ]
  test.for(tooMuch)('of $why is refused with a way out that works', async ({ type, found, field, says }) => {
    const wrong = type === 'A' ? '192.0.2.1' : 'wrong'
    const uuid = await checked(type, found, { expected_value: wrong })
    const reply = await accept(uuid)
    expectProblem(reply, 400, 'invalid_expectation', { [field]: says })
    expect(reply.body.detail).toMatch(/set `match` to `baseline`\.$/)
    expect(await read(uuid)).toMatchObject({ match: 'exact', expected_value: [wrong], state: 'MISMATCH' })
    await patch(uuid, { match: 'baseline' })
    expect((await api.call('POST', `/monitors/${uuid}/check`)).body).toMatchObject({ state: 'VALID' })
    expect((await read(uuid)).expected_value).toHaveLength(found.length)
  })

  test('before the first look is 409', async () => {
    const reply = await accept(await create())
    expectProblem(reply, 409, 'conflict')
    expect(reply.body.detail).toMatch(/has not been checked yet/)
  })

  test('where there is no record is 409, and the way out works', async () => {
    const uuid = await checked('A', [], { expected_value: '192.0.2.1' })
    const reply = await accept(uuid)
    expectProblem(reply, 409, 'conflict')
    expect(reply.body.detail).toMatch(/set `match` to `absent`/)
    await patch(uuid, { match: 'absent' })
    expect((await api.call('POST', `/monitors/${uuid}/check`)).body).toMatchObject({ state: 'VALID' })
  })

  test('takes no body', async () => {
    const uuid = await checked('A', ['192.0.2.2'], { expected_value: '192.0.2.1' })
    const reply = await api.call('POST', `/monitors/${uuid}/accept`, { json: { expected_value: 'x' } })
    expectProblem(reply, 400, 'unknown_field', { expected_value: /no fields at all/ })
  })

  test('of a disabled monitor leaves it disabled', async () => {
    const uuid = await checked('A', ['192.0.2.2'], { expected_value: '192.0.2.1' })
    await api.call('POST', `/monitors/${uuid}/disable`)
    expect((await accept(uuid)).body).toMatchObject({
      is_active: false,
      expected_value: ['192.0.2.2'],
      next_check: null,
    })
  })
})

test('both need write scope, and no more', async () => {
  const uuid = await checked('A', ['192.0.2.2'], { expected_value: '192.0.2.1' })
  const path = `/monitors/${uuid}`
  expectProblem(await api.call('PATCH', path, { key: READER, json: { frequency: 5 } }), 403, 'missing_scope')
  expectProblem(await api.call('POST', `${path}/accept`, { key: READER }), 403, 'missing_scope')
  expect((await api.call('PATCH', path, { key: WRITER, json: { frequency: 5 } })).status).toBe(200)
  expect((await api.call('POST', `${path}/accept`, { key: WRITER })).status).toBe(200)
})
