/** The contract of `POST /match`: judging records that are given, without a monitor. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { A_MONITOR, type Api, expectProblem, READER, type Reply, startApi } from './api.ts'

describe('POST /match', () => {
  let api: Api
  beforeAll(async () => {
    api = await startApi()
  })
  afterAll(() => api[Symbol.asyncDispose]())

  const match = (json: unknown): Promise<Reply> => api.call('POST', '/match', { json, key: READER })

  const judged: { why: string; given: object; state: string; codes: string[] }[] = [
    {
      why: 'the very value',
      given: { record_type: 'A', expected_value: '192.0.2.1', observed: ['192.0.2.1'] },
      state: 'VALID',
      codes: [],
    },
    {
      why: 'another value',
      given: { record_type: 'A', expected_value: '192.0.2.1', observed: ['192.0.2.2'] },
      state: 'MISMATCH',
      codes: ['missing', 'extra'],
    },
    {
      why: 'flexible allows others beside it',
      given: {
        record_type: 'AAAA',
        expected_value: ['2001:db8::1'],
        is_exact_match: false,
        observed: ['2001:DB8:0::1', '2001:db8::2'],
      },
      state: 'VALID',
      codes: [],
    },
    {
      why: 'MX by priority',
      given: { record_type: 'MX', expected_value: '10 a.example.com', observed: ['20 A.example.com.'] },
      state: 'MISMATCH',
      codes: ['differs'],
    },
    {
      why: 'cidr',
      given: { record_type: 'A', match: 'cidr', expected_value: '192.0.2.0/24', observed: ['198.51.100.1'] },
      state: 'MISMATCH',
      codes: ['outside_range'],
    },
    {
      why: 'SPF among its neighbours',
      given: {
        record_type: 'SPF',
        expected_value: 'v=spf1 include:a.example -all',
        match: 'includes',
        observed: ['other', 'v=spf1 include:a.example include:b.example -all'],
      },
      state: 'VALID',
      codes: [],
    },
    {
      why: 'DMARC that is not there',
      given: { record_type: 'DMARC', expected_value: 'v=DMARC1', observed: ['other'] },
      state: 'MISMATCH',
      codes: ['no_policy'],
    },
    {
      why: 'the strings of one TXT record',
      given: { record_type: 'TXT', expected_value: 'v=spf1 a -all', observed: [['v=spf1 ', 'a -all']] },
      state: 'VALID',
      codes: [],
    },
    {
      why: 'octets as Latin-1',
      given: { record_type: 'TXT', expected_value: 'ü', observed: [['\u00c3\u00bc']] },
      state: 'VALID',
      codes: [],
    },
    {
      why: 'nothing observed is an empty answer',
      given: { record_type: 'A', expected_value: '192.0.2.1', observed: [] },
      state: 'NOT_FOUND',
      codes: ['nodata'],
    },
    { why: 'absent and absent', given: { record_type: 'A', match: 'absent', observed: [] }, state: 'VALID', codes: [] },
    {
      why: 'absent and there',
      given: { record_type: 'A', match: 'absent', observed: ['192.0.2.1'] },
      state: 'MISMATCH',
      codes: ['forbidden'],
    },
    {
      why: 'a baseline takes anything',
      given: { record_type: 'A', match: 'baseline', observed: ['192.0.2.1'] },
      state: 'VALID',
      codes: [],
    },
    {
      why: 'two aliases of one name',
      given: { record_type: 'CNAME', expected_value: 'a.example', observed: ['a.example', 'b.example'] },
      state: 'INVALID',
      codes: ['illegal'],
    },
    ...(
      [
        ['NXDOMAIN', 'NOT_FOUND', 'nxdomain'],
        ['NODATA', 'NOT_FOUND', 'nodata'],
        ['SERVFAIL', 'INVALID', 'servfail'],
        ['REFUSED', 'INVALID', 'refused'],
        ['FORMERR', 'INVALID', 'malformed'],
        ['MALFORMED', 'INVALID', 'malformed'],
        ['TIMEOUT', 'TIMEOUT', 'timeout'],
      ] as const
    ).map(([response, state, code]) => ({
      why: `the response ${response}`,
      given: { record_type: 'A', expected_value: '192.0.2.1', observed: [], response },
      state,
      codes: [code],
    })),
    {
      why: 'a response needs no observed',
      given: { record_type: 'A', match: 'absent', response: 'NXDOMAIN' },
      state: 'VALID',
      codes: [],
    },
  ]
  test.for(judged)('judges $why', async ({ given, state, codes }) => {
    const { status, body } = await match(given)
    expect(status).toBe(200)
    expect({ state: body.state, codes: body.reasons.map(({ code }: { code: string }) => code) }).toEqual({
      state,
      codes,
    })
  })

  const expectations: { why: string; given: object }[] = [
    { why: 'none', given: { expected_value: undefined } },
    { why: 'an empty one', given: { expected_value: '' } },
    { why: 'one that is no address', given: { expected_value: 'x' } },
    { why: 'eleven', given: { expected_value: Array(11).fill('192.0.2.1') } },
    { why: 'a long one', given: { expected_value: 'x'.repeat(1001), record_type: 'TXT' } },
    { why: 'one beside absent', given: { match: 'absent' } },
    { why: 'one beside baseline', given: { match: 'baseline' } },
    { why: 'cidr for MX', given: { match: 'cidr', record_type: 'MX', expected_value: '192.0.2.0/24' } },
    { why: 'SPF that is none', given: { record_type: 'SPF', expected_value: 'hello' } },
    { why: 'a forgotten space', given: { record_type: 'MX', expected_value: '10mx1.service.com' } },
    { why: 'modes that contradict each other', given: { match: 'any_of', is_exact_match: true } },
    { why: 'a number', given: { expected_value: 7 } },
    { why: 'an unknown type', given: { record_type: 'FOO' } },
    { why: 'an unknown mode', given: { match: 'fuzzy' } },
  ]
  test.for(expectations)('refuses the expectation of $why exactly as POST /monitors does', async ({ given }) => {
    const expectation = { record_type: 'A', expected_value: '192.0.2.1', ...given }
    const reply = await match({ ...expectation, observed: [] })
    const { body } = await api.call('POST', '/monitors', { json: { ...A_MONITOR, ...expectation } })
    expect(body.status).toBe(400)
    expectProblem(reply, 400, body.code)
    expect([reply.body.detail, reply.body.errors]).toEqual([body.detail, body.errors])
  })

  const GOOD = { record_type: 'A', expected_value: '192.0.2.1', observed: ['192.0.2.1'] }
  const refused: { why: string; given: object; code?: string; field: string; says: RegExp }[] = [
    { why: 'neither observed nor response', given: { observed: undefined }, field: 'observed', says: /is required/ },
    { why: 'observed that is no list', given: { observed: '192.0.2.1' }, field: 'observed', says: /give a list/ },
    { why: 'a number observed', given: { observed: [7] }, field: 'observed[0]', says: /7 is not accepted; give a s/ },
    { why: 'null observed', given: { observed: ['192.0.2.1', null] }, field: 'observed[1]', says: /give a string/ },
    { why: 'no address observed', given: { observed: ['192.0.2.1', 'x'] }, field: 'observed[1]', says: /./ },
    { why: 'a list where no TXT is', given: { observed: [['192.0.2.1']] }, field: 'observed[0]', says: /not an array/ },
    {
      why: 'a list of numbers',
      given: { record_type: 'TXT', expected_value: 'x', observed: [[7]] },
      field: 'observed[0]',
      says: /a list of strings for a TXT record/,
    },
    {
      why: 'a string of 256 octets',
      given: { record_type: 'TXT', expected_value: 'x', observed: [['x'.repeat(256)]] },
      field: 'observed[0][0]',
      says: /255 octets/,
    },
    {
      why: 'a character that is no octet',
      given: { record_type: 'TXT', expected_value: 'x', observed: [['a', '€']] },
      field: 'observed[0][1]',
      says: /Latin-1/,
    },
    {
      why: 'a response beside values',
      given: { response: 'NXDOMAIN' },
      field: 'response',
      says: /leave `observed` empty/,
    },
    {
      why: 'an unknown response',
      given: { observed: [], response: 'NOTIMP' },
      field: 'response',
      says: /use one of NXDOMAIN, NODATA/,
    },
    { why: 'an unknown field', given: { domain: 'x' }, code: 'unknown_field', field: 'domain', says: /known are/ },
  ]
  test.for(refused)('refuses $why', async ({ given, code = 'invalid_field', field, says }) => {
    expectProblem(await match({ ...GOOD, ...given }), 400, code, { [field]: says })
  })

  test('answers a body full of records without delay', async () => {
    const observed = Array.from({ length: 12_000 }, (_, i) => `10.${i >> 16}.${(i >> 8) & 255}.${i & 255}`)
    const started = performance.now()
    expect((await match({ ...GOOD, observed })).body.state).toBe('MISMATCH')
    expect(performance.now() - started).toBeLessThan(2_000)
  })
})
