/** The contract of `PATCH /monitors/{id}`: what it refuses, and that nothing is written then. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { A_MONITOR, expectProblem, startApi } from '../api.ts'
import { type Editing, startEditing } from './editing.ts'

let editing: Editing
beforeAll(async () => {
  editing = await startEditing()
})
afterAll(() => editing[Symbol.asyncDispose]())

describe('a patch', () => {
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
    const uuid = await editing.create(from)
    const before = await editing.read(uuid)
    const also =
      typeof given === 'object' && !Array.isArray(given) && code !== 'invalid_body' ? { group: 'unmade' } : null
    expectProblem(await editing.patch(uuid, also === null ? given : { ...also, ...(given as object) }), 400, code, {
      [field]: says,
    })
    expect(await editing.read(uuid)).toEqual(before)
    expectProblem(await editing.api.call('GET', '/groups/unmade'), 404, 'not_found')
  })

  test('to an external id that another monitor has is 409', async () => {
    await editing.create({ external_id: 'theirs' })
    const uuid = await editing.create()
    expectProblem(await editing.patch(uuid, { external_id: 'theirs', frequency: 5 }), 409, 'external_id_taken')
    expect(await editing.read(uuid)).toMatchObject({ external_id: null, frequency: 60 })
    expect((await editing.patch(uuid, { external_id: 'mine' })).status).toBe(200)
    expect((await editing.patch(uuid, { external_id: 'mine' })).status).toBe(200)
  })

  test('to a group id of nobody is 400', async () => {
    expect((await editing.patch(await editing.create(), { group: 'grp_01h455vb4pex5vsknk084sn02q' })).status).toBe(400)
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
    const uuid = await editing.create({ frequency: 5 })
    await editing.api.store.accounts.ensureDefaultOrganization('free')
    try {
      expect((await editing.patch(uuid, { metadata: { a: 'b' } })).body).toMatchObject({
        frequency: 5,
        metadata: { a: 'b' },
      })
      expectProblem(await editing.patch(uuid, { frequency: 5 }), 402, 'plan_frequency')
    } finally {
      await editing.api.store.accounts.ensureDefaultOrganization('unlimited')
    }
  })
})
