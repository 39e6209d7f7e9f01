/** The contract of making one monitor, and of what is done with it. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { A_MONITOR, type Api, expectProblem, READER, startApi } from './api.ts'

let api: Api
beforeAll(async () => {
  api = await startApi()
})
afterAll(() => api[Symbol.asyncDispose]())

const create = (change: object = {}) => api.call('POST', '/monitors', { json: { ...A_MONITOR, ...change } })

describe('creating a monitor', () => {
  test('the smallest body gives a monitor with every default', async () => {
    const json = { domain: 'example.com', record_type: 'A', expected_value: ['192.0.2.1'], is_active: false }
    const { status, body } = await api.call('POST', '/monitors', { json })
    expect(status).toBe(201)
    expect(body).toMatchObject({
      domain: 'example.com',
      subdomain: null,
      record_type: 'A',
      expected_value: ['192.0.2.1'],
      current_value: null,
      is_exact_match: true,
      match: 'exact',
      state: 'UNSET',
      incidence_count: 0,
      last_checked: null,
      frequency: 60,
      notify: 'immediately',
      group: 'default',
      external_id: null,
      metadata: {},
      next_check: null,
      reasons: [],
      pending_state: null,
    })
  })

  test('a new monitor is active and due at once', async () => {
    const { body } = await create()
    expect(body).toMatchObject({ is_active: true })
    expect(body.next_check).not.toBeNull()
  })

  const accepted: { why: string; given: object; shown: object }[] = [
    {
      why: 'one value may stand alone',
      given: { expected_value: '192.0.2.1' },
      shown: { expected_value: ['192.0.2.1'] },
    },
    {
      why: 'values keep their order',
      given: { expected_value: ['192.0.2.9', '192.0.2.1'] },
      shown: { expected_value: ['192.0.2.9', '192.0.2.1'] },
    },
    { why: 'an empty subdomain is the apex', given: { subdomain: '' }, shown: { subdomain: null } },
    { why: 'a null subdomain is the apex', given: { subdomain: null }, shown: { subdomain: null } },
    {
      why: 'a full name is taken apart at the registrable domain',
      given: { domain: undefined, subdomain: undefined, full_domain: 'a.b.example.co.uk' },
      shown: { domain: 'example.co.uk', subdomain: 'a.b' },
    },
    {
      why: 'a whole host may stand in domain',
      given: { domain: 'api.example.com', subdomain: undefined },
      shown: { domain: 'api.example.com', subdomain: null },
    },
    {
      why: 'DMARC looks at _dmarc unless told otherwise',
      given: { subdomain: undefined, record_type: 'DMARC', expected_value: 'v=DMARC1' },
      shown: { record_type: 'DMARC', subdomain: '_dmarc' },
    },
    {
      why: 'SPF is echoed as given',
      given: { record_type: 'SPF', expected_value: 'v=spf1 -all' },
      shown: { record_type: 'SPF' },
    },
    {
      why: 'an address may stand in domain for PTR',
      given: { domain: '192.0.2.1', subdomain: undefined, record_type: 'PTR', expected_value: 'mail.example.com' },
      shown: { domain: '192.0.2.1', record_type: 'PTR' },
    },
    {
      why: 'flexible is includes',
      given: { is_exact_match: false },
      shown: { is_exact_match: false, match: 'includes' },
    },
    { why: 'match any_of', given: { match: 'any_of' }, shown: { match: 'any_of', is_exact_match: false } },
    {
      why: 'match and is_exact_match that agree',
      given: { match: 'includes', is_exact_match: false },
      shown: { match: 'includes' },
    },
    {
      why: 'match absent takes no expectation',
      given: { match: 'absent', expected_value: undefined },
      shown: { match: 'absent', expected_value: [], is_exact_match: false },
    },
    {
      why: 'match baseline takes no expectation',
      given: { match: 'baseline', expected_value: undefined },
      shown: { match: 'baseline', expected_value: [], is_exact_match: true },
    },
    {
      why: 'match cidr',
      given: { match: 'cidr', expected_value: '192.0.2.0/24' },
      shown: { match: 'cidr', expected_value: ['192.0.2.0/24'] },
    },
    { why: 'notify', given: { notify: 'on_success' }, shown: { notify: 'on_success' } },
    { why: 'inactive from the start', given: { is_active: false }, shown: { is_active: false, next_check: null } },
    { why: 'an unknown slug makes the group', given: { group: 'brand-new' }, shown: { group: 'brand-new' } },
    { why: 'metadata', given: { metadata: { customer: 'c-1' } }, shown: { metadata: { customer: 'c-1' } } },
    { why: 'an external id', given: { external_id: 'order:17' }, shown: { external_id: 'order:17' } },
    ...[1, 5, 10, 15, 30, 60, 120].map((frequency) => ({
      why: `frequency ${frequency}`,
      given: { frequency },
      shown: { frequency },
    })),
  ]
  test.for(accepted)('accepted: $why', async ({ given, shown }) => {
    const { status, body } = await create(given)
    expect(status).toBe(201)
    expect(body).toMatchObject(shown)
    expect((await api.call('GET', `/monitors/${body.uuid}`)).body).toMatchObject(shown)
  })

  const refused: { why: string; given: object; code?: string; field: string; says: RegExp }[] = [
    { why: 'no domain', given: { domain: undefined }, field: 'domain', says: /is required/ },
    {
      why: 'no record type',
      given: { record_type: undefined },
      field: 'record_type',
      says: /is required; use one of A, AAAA/,
    },
    {
      why: 'an unknown record type',
      given: { record_type: 'FOO' },
      field: 'record_type',
      says: /"FOO".*use one of A, AAAA/,
    },
    {
      why: 'no expectation',
      given: { expected_value: undefined },
      code: 'invalid_expectation',
      field: 'expected_value',
      says: /required/,
    },
    {
      why: 'an empty list of expectations',
      given: { expected_value: [] },
      code: 'invalid_expectation',
      field: 'expected_value',
      says: /required/,
    },
    {
      why: 'an empty expectation',
      given: { expected_value: '' },
      code: 'invalid_expectation',
      field: 'expected_value',
      says: /./,
    },
    {
      why: 'an expectation that is a number',
      given: { expected_value: 7 },
      field: 'expected_value',
      says: /a string or a list of strings/,
    },
    {
      why: 'a list with a number in it',
      given: { expected_value: ['192.0.2.1', 7] },
      field: 'expected_value[1]',
      says: /give a string/,
    },
    {
      why: 'an expectation that is no address',
      given: { expected_value: 'x' },
      code: 'invalid_expectation',
      field: 'expected_value',
      says: /./,
    },
    {
      why: 'eleven values',
      given: { expected_value: Array(11).fill('192.0.2.1') },
      code: 'invalid_expectation',
      field: 'expected_value',
      says: /10/,
    },
    { why: 'a sentence as domain', given: { domain: 'not a domain' }, field: 'domain', says: /not a domain/ },
    { why: 'a url as domain', given: { domain: 'https://example.com/' }, field: 'domain', says: /URL/ },
    { why: 'a label of 64 letters', given: { domain: `${'a'.repeat(64)}.com` }, field: 'domain', says: /63/ },
    { why: 'a domain that is a list', given: { domain: ['example.com'] }, field: 'domain', says: /give a string/ },
    {
      why: 'domain beside full_domain',
      given: { full_domain: 'www.example.com' },
      field: 'full_domain',
      says: /cannot stand beside/,
    },
    {
      why: 'frequency 7',
      given: { frequency: 7 },
      field: 'frequency',
      says: /^frequency 7 is not offered; use one of 1, 5, 10, 15, 30, 60, 120$/,
    },
    { why: 'frequency 0', given: { frequency: 0 }, field: 'frequency', says: /not offered/ },
    { why: 'frequency as text', given: { frequency: '5' }, field: 'frequency', says: /give a (whole )?number/ },
    { why: 'half a frequency', given: { frequency: 7.5 }, field: 'frequency', says: /whole number/ },
    {
      why: 'match that contradicts is_exact_match',
      given: { match: 'any_of', is_exact_match: true },
      field: 'is_exact_match',
      says: /leave is_exact_match out/,
    },
    { why: 'an unknown match', given: { match: 'fuzzy' }, field: 'match', says: /use one of exact, includes/ },
    {
      why: 'a value beside absent',
      given: { match: 'absent' },
      code: 'invalid_expectation',
      field: 'expected_value',
      says: /./,
    },
    {
      why: 'a value beside baseline',
      given: { match: 'baseline' },
      code: 'invalid_expectation',
      field: 'expected_value',
      says: /./,
    },
    {
      why: 'cidr for MX',
      given: { match: 'cidr', record_type: 'MX', expected_value: '192.0.2.0/24' },
      code: 'invalid_expectation',
      field: 'match',
      says: /A and AAAA/,
    },
    { why: 'an unknown notify', given: { notify: 'never' }, field: 'notify', says: /use one of immediately/ },
    { why: 'is_active as text', given: { is_active: 'yes' }, field: 'is_active', says: /true or false/ },
    { why: 'a slug with capitals', given: { group: 'Prod' }, field: 'group', says: /lower-case/ },
    { why: 'a slug that looks like an id', given: { group: 'grp_x' }, field: 'group', says: /grp_ id/ },
    { why: 'an external id with a slash', given: { external_id: 'a/b' }, field: 'external_id', says: /without \// },
    { why: 'metadata that is a list', given: { metadata: [] }, field: 'metadata', says: /a JSON object/ },
    { why: 'metadata with a number', given: { metadata: { a: 1 } }, field: 'metadata.a', says: /give a string/ },
    { why: 'too much metadata', given: { metadata: { a: 'x'.repeat(3000) } }, field: 'metadata', says: /2048 bytes/ },
    {
      why: 'an unknown field',
      given: { domian: 'x' },
      code: 'unknown_field',
      field: 'domian',
      says: /known are domain, subdomain/,
    },
    { why: 'NUL in a text', given: { metadata: { a: 'x\0y' } }, field: 'metadata.a', says: /NUL/ },
    { why: 'NUL in a name', given: { domain: 'exa\0mple.com' }, field: 'domain', says: /NUL/ },
    { why: 'half of a surrogate pair', given: { metadata: { a: '\ud800' } }, field: 'metadata.a', says: /surrogate/ },
    {
      why: 'an object in a text',
      given: { domain: { a: 1 } },
      field: 'domain',
      says: /an object is not accepted; give a string/,
    },
  ]
  test.for(refused)('refused: $why', async ({ given, code = 'invalid_field', field, says }) => {
    expectProblem(await create(given), 400, code, { [field]: says })
  })

  test('a group id of nobody is refused and makes nothing', async () => {
    const reply = await create({ group: 'grp_01h455vb4pex5vsknk084sn02q' })
    expect(reply.status).toBe(400)
  })

  test('an external id is unique', async () => {
    expect((await create({ external_id: 'once' })).status).toBe(201)
    expectProblem(await create({ external_id: 'once' }), 409, 'external_id_taken')
  })

  test('several faults are told together', async () => {
    const reply = await create({ record_type: 'FOO', notify: 'never', frequency: '5' })
    expect(Object.keys(reply.body.errors).toSorted()).toEqual(['frequency', 'notify', 'record_type'])
  })
})

describe('plans', () => {
  test('the fifty-first monitor of the free plan is 402 and not made', async () => {
    await using free = await startApi({ DNSRADAR_PLAN: 'free' })
    for (let made = 0; made < 50; made++) {
      expect((await free.call('POST', '/monitors', { json: { ...A_MONITOR, is_active: false } })).status).toBe(201)
    }
    expectProblem(await free.call('POST', '/monitors', { json: A_MONITOR }), 402, 'plan_monitors')
    expect((await free.call('GET', '/me')).body).toMatchObject({
      organization: { plan: 'free' },
      limits: { monitors: 50, frequency: 60 },
      usage: { monitors: 50 },
    })
  })

  test('a frequency that the plan does not have is 402, one that nobody has is 400', async () => {
    await using free = await startApi({ DNSRADAR_PLAN: 'free' })
    const ask = (frequency: number) => free.call('POST', '/monitors', { json: { ...A_MONITOR, frequency } })
    expectProblem(await ask(5), 402, 'plan_frequency', { frequency: /60/ })
    expectProblem(await ask(1), 400, 'invalid_field', { frequency: /not offered; use one of 60, 120/ })
    expect((await ask(60)).status).toBe(201)
  })
})

describe('one monitor', () => {
  test('is read, disabled, enabled and deleted', async () => {
    const { uuid } = (await create()).body
    expect((await api.call('POST', `/monitors/${uuid}/disable`)).body).toMatchObject({
      is_active: false,
      next_check: null,
    })
    expect((await api.call('POST', `/monitors/${uuid}/disable`)).body).toMatchObject({ is_active: false })
    expect((await api.call('POST', `/monitors/${uuid}/enable`, { json: {} })).body).toMatchObject({ is_active: true })
    expect((await api.call('DELETE', `/monitors/${uuid}`)).status).toBe(204)
    expectProblem(await api.call('GET', `/monitors/${uuid}`), 404, 'not_found')
  })

  test('a check that reaches no resolver shows that and leaves the state', async () => {
    const { uuid } = (await create()).body
    const { body } = await api.call('POST', `/monitors/${uuid}/check`)
    expect(body).toMatchObject({
      state: 'UNSET',
      check: { state: 'UNSET', reasons: [{ code: 'resolver_unreachable' }] },
    })
    expect((await api.call('GET', `/monitors/${uuid}`)).body.check).toMatchObject({ state: 'UNSET' })
  })

  test('a disabled monitor is not checked', async () => {
    const { uuid } = (await create({ is_active: false })).body
    expectProblem(await api.call('POST', `/monitors/${uuid}/check`), 409, 'monitor_disabled')
  })

  test('a monitor that was never looked at has no check', async () => {
    const { uuid } = (await create({ is_active: false })).body
    expect((await api.call('GET', `/monitors/${uuid}`)).body.check).toBeNull()
  })
})

test('a key that may only read changes nothing', async () => {
  const { uuid } = (await create()).body
  const writes = [
    ['POST', '/monitors'],
    ['DELETE', `/monitors/${uuid}`],
    ['POST', `/monitors/${uuid}/check`],
    ['POST', `/monitors/${uuid}/enable`],
    ['POST', `/monitors/${uuid}/disable`],
  ] as const
  for (const [method, path] of writes) {
    expectProblem(await api.call(method, path, { key: READER, raw: '{' }), 403, 'missing_scope')
  }
  expect((await api.call('GET', `/monitors/${uuid}`, { key: READER })).status).toBe(200)
})
