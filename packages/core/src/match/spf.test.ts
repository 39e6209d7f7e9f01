/** SPF: terms of the one policy record (RFC 7208). What is a term at all: `spf-grammar.test.ts`. */
import { expect, test } from 'vitest'
import type { MatchMode } from '../monitor/monitor.ts'
import { matchObserved } from '../monitor/observed.ts'

const SERVICE = 'v=spf1 include:_spf.service.com'

const cases: {
  why: string
  match?: MatchMode
  expected?: string[]
  zone: (string | string[])[]
  state: string
  code?: string
}[] = [
  {
    why: 'exact: an added include',
    match: 'exact',
    expected: [`${SERVICE} -all`],
    zone: [`${SERVICE} include:_spf.google.com -all`],
    state: 'MISMATCH',
    code: 'differs',
  },
  {
    why: 'exact: the same record',
    match: 'exact',
    expected: [`${SERVICE} -all`],
    zone: [`${SERVICE} -all`],
    state: 'VALID',
  },
  {
    why: 'exact: the order matters',
    match: 'exact',
    expected: [`${SERVICE} a -all`],
    zone: ['v=spf1 a include:_spf.service.com -all'],
    state: 'MISMATCH',
    code: 'differs',
  },
  {
    why: 'exact: case matters',
    match: 'exact',
    expected: [`${SERVICE} -all`],
    zone: [`${SERVICE} -ALL`],
    state: 'MISMATCH',
    code: 'differs',
  },
  {
    why: 'exact: neighbours do not',
    match: 'exact',
    expected: [`${SERVICE} -all`],
    zone: ['google-site-verification=1', `${SERVICE} -all`],
    state: 'VALID',
  },
  { why: 'flexible: a hard fail may follow', zone: [`${SERVICE} -all`], state: 'VALID' },
  { why: 'flexible: a soft fail may follow', zone: [`${SERVICE} ~all`], state: 'VALID' },
  { why: 'flexible: neutral may follow', zone: [`${SERVICE} ?all`], state: 'VALID' },
  { why: 'flexible: another include may follow', zone: [`${SERVICE} include:_spf.google.com -all`], state: 'VALID' },
  {
    why: 'flexible: terms before and after',
    zone: ['v=spf1 ip4:192.168.1.1 include:_spf.service.com include:spf.protection.outlook.com -all'],
    state: 'VALID',
  },
  {
    why: 'flexible: both required terms',
    expected: [`${SERVICE} ip4:1.2.3.4`],
    zone: ['v=spf1 ip4:1.2.3.4 include:_spf.service.com -all'],
    state: 'VALID',
  },
  {
    why: 'flexible: the required address is missing',
    expected: [`${SERVICE} ip4:1.2.3.4`],
    zone: [`${SERVICE} -all`],
    state: 'MISMATCH',
    code: 'missing',
  },
  {
    why: 'flexible: the required include is missing',
    expected: [`${SERVICE} ip4:1.2.3.4`],
    zone: ['v=spf1 ip4:1.2.3.4 -all'],
    state: 'MISMATCH',
    code: 'missing',
  },
  {
    why: 'flexible: the include was replaced',
    zone: ['v=spf1 include:_spf.google.com -all'],
    state: 'MISMATCH',
    code: 'missing',
  },
  { why: 'the version is missing', zone: ['include:_spf.service.com -all'], state: 'MISMATCH', code: 'no_policy' },
  {
    why: 'a longer version is another one',
    zone: ['v=spf10 include:_spf.service.com'],
    state: 'MISMATCH',
    code: 'no_policy',
  },
  {
    why: 'only other TXT records are left',
    zone: ['google-site-verification=1'],
    state: 'MISMATCH',
    code: 'no_policy',
  },
  { why: 'no TXT record is left', zone: [], state: 'NOT_FOUND', code: 'nodata' },
  { why: 'a term that is none', zone: ['v=spf1 include: foo:bar'], state: 'MISMATCH', code: 'bad_syntax' },
  {
    why: 'a wrong term voids the expected ones',
    zone: [`${SERVICE} foo:bar -all`],
    state: 'MISMATCH',
    code: 'bad_syntax',
  },
  { why: 'two SPF records', zone: [`${SERVICE} -all`, 'v=spf1 -all'], state: 'MISMATCH', code: 'several_policies' },
  {
    why: 'exact: two SPF records',
    match: 'exact',
    expected: [`${SERVICE} -all`],
    zone: [`${SERVICE} -all`, 'v=spf1 -all'],
    state: 'MISMATCH',
    code: 'several_policies',
  },
  { why: 'the same record twice is one', zone: [`${SERVICE} -all`, `${SERVICE} -all`], state: 'VALID' },
  {
    why: 'a hard fail that is expected',
    expected: [`${SERVICE} -all`],
    zone: [`${SERVICE} ~all`],
    state: 'MISMATCH',
    code: 'differs',
  },
  {
    why: 'terms in another order',
    expected: ['v=spf1 a mx include:_spf.service.com'],
    zone: ['v=spf1 include:_spf.service.com mx a -all'],
    state: 'VALID',
  },
  { why: 'an unrelated TXT record', zone: ['google-site-verification=1', `${SERVICE} -all`], state: 'VALID' },
  {
    why: 'a record in several strings',
    zone: [[`v=spf1 ${'ip4:192.0.2.1 '.repeat(16)}`, 'include:_spf.serv', 'ice.com -all']],
    state: 'VALID',
  },
  {
    why: 'strings are joined without a space',
    zone: [['v=spf1', 'include:_spf.service.com -all']],
    state: 'MISMATCH',
    code: 'no_policy',
  },
  { why: 'the version in any case', zone: ['V=SPF1 include:_spf.service.com'], state: 'VALID' },
  { why: 'names in any case, with a final dot', zone: ['v=spf1 INCLUDE:_SPF.Service.com. -all'], state: 'VALID' },
  { why: 'an explicit plus', zone: ['v=spf1 +include:_spf.service.com -all'], state: 'VALID' },
  { why: 'another qualifier', zone: ['v=spf1 ?include:_spf.service.com -all'], state: 'MISMATCH', code: 'differs' },
  { why: 'spaces between and after terms', zone: ['v=spf1   include:_spf.service.com  '], state: 'VALID' },
  { why: 'the version alone accepts any policy', expected: ['v=spf1'], zone: ['v=spf1 ~all'], state: 'VALID' },
  {
    why: 'an address is the network of itself',
    expected: ['v=spf1 ip4:1.2.3.4'],
    zone: ['v=spf1 ip4:1.2.3.4/32 -all'],
    state: 'VALID',
  },
  {
    why: 'host bits of a network',
    expected: ['v=spf1 ip4:1.2.3.0/24'],
    zone: ['v=spf1 ip4:1.2.3.99/24 -all'],
    state: 'VALID',
  },
  {
    why: 'an address inside a wider network is another term',
    expected: ['v=spf1 ip4:1.2.3.4'],
    zone: ['v=spf1 ip4:1.2.3.0/24 -all'],
    state: 'MISMATCH',
    code: 'missing',
  },
  {
    why: 'an address is not the beginning of another',
    expected: ['v=spf1 ip4:1.2.3.4'],
    zone: ['v=spf1 ip4:1.2.3.40 -all'],
    state: 'MISMATCH',
    code: 'missing',
  },
  {
    why: 'IPv6 in another form',
    expected: ['v=spf1 ip6:2001:db8::/32'],
    zone: ['v=spf1 ip6:2001:0DB8:0::1/32 -all'],
    state: 'VALID',
  },
  {
    why: 'default prefixes',
    expected: ['v=spf1 a mx:mail.example.com'],
    zone: ['v=spf1 a/32//128 mx:mail.example.com//128 -all'],
    state: 'VALID',
  },
  { why: 'other prefixes', expected: ['v=spf1 a'], zone: ['v=spf1 a/24 -all'], state: 'MISMATCH', code: 'missing' },
  {
    why: 'macros with another case',
    expected: ['v=spf1 exists:%{i}.spf.example.com'],
    zone: ['v=spf1 exists:%{I}.spf.example.com -all'],
    state: 'MISMATCH',
    code: 'missing',
  },
  {
    why: 'macros as written',
    expected: ['v=spf1 exists:%{ir}.%{v}.SPF.example.com'],
    zone: ['v=spf1 exists:%{ir}.%{v}.spf.example.com -all'],
    state: 'VALID',
  },
  {
    why: 'another redirect',
    expected: ['v=spf1 redirect=_spf.service.com'],
    zone: ['v=spf1 redirect=_spf.google.com'],
    state: 'MISMATCH',
    code: 'differs',
  },
  { why: 'an unknown modifier', expected: ['v=spf1 -all'], zone: ['v=spf1 x-note=hello -all'], state: 'VALID' },
  {
    why: 'several values ask for one record',
    expected: [SERVICE, 'v=spf1 -all'],
    zone: [`${SERVICE} -all`],
    state: 'VALID',
  },
  {
    why: 'several values, one of them missing',
    expected: [SERVICE, 'v=spf1 -all'],
    zone: [SERVICE],
    state: 'MISMATCH',
    code: 'missing',
  },
  {
    why: 'any of: the second value',
    match: 'any_of',
    expected: ['v=spf1 ~all', 'v=spf1 -all'],
    zone: [`${SERVICE} -all`],
    state: 'VALID',
  },
  {
    why: 'any of: no value',
    match: 'any_of',
    expected: ['v=spf1 ~all', 'v=spf1 -all'],
    zone: [SERVICE],
    state: 'MISMATCH',
    code: 'missing',
  },
  {
    why: 'none of: an open policy',
    match: 'none_of',
    expected: ['v=spf1 +all', 'v=spf1 ?all'],
    zone: ['v=spf1 a all'],
    state: 'MISMATCH',
    code: 'forbidden',
  },
  {
    why: 'none of: a closed policy',
    match: 'none_of',
    expected: ['v=spf1 +all', 'v=spf1 ?all'],
    zone: ['v=spf1 a -all'],
    state: 'VALID',
  },
  { why: 'none of: no policy at all', match: 'none_of', expected: ['v=spf1 +all'], zone: ['other'], state: 'VALID' },
  {
    why: 'none of: a policy that does not parse',
    match: 'none_of',
    expected: ['v=spf1 +all'],
    zone: ['v=spf1 foo:bar'],
    state: 'MISMATCH',
    code: 'bad_syntax',
  },
  {
    why: 'quotes that became part of the data',
    match: 'exact',
    expected: [`${SERVICE} -all`],
    zone: [[`"${SERVICE} -all"`]],
    state: 'MISMATCH',
    code: 'no_policy',
  },
  {
    why: 'an expectation in zone-file form',
    match: 'exact',
    expected: [`"v=spf1" " include:_spf.service.com" " -all"`],
    zone: [`${SERVICE} -all`],
    state: 'VALID',
  },
]

test.for(cases)('$why', ({ match = 'includes', expected = [SERVICE], zone, state, code }) => {
  const verdict = matchObserved({ type: 'TXT', match, expected, observed: zone })
  expect(verdict.state).toBe(state)
  expect(verdict.reasons[0]?.code).toBe(code)
})

test.for(cases.filter(({ expected = [SERVICE] }) => expected.every((text) => text.startsWith('v'))))(
  'as type SPF: $why',
  ({ match = 'includes', expected = [SERVICE], zone, state }) => {
    expect(matchObserved({ type: 'SPF', match, expected, observed: zone }).state).toBe(state)
  },
)

test('a value without the version is plain text', () => {
  const check = (zone: string[]) =>
    matchObserved({ type: 'TXT', match: 'includes', expected: ['include:_spf.service.com'], observed: zone }).state
  expect(check(['include:_spf.service.com'])).toBe('VALID')
  expect(check([`${SERVICE} -all`])).toBe('MISMATCH')
})

test('the reason names what is missing and what is allowed', () => {
  const { reasons } = matchObserved({
    type: 'TXT',
    match: 'includes',
    expected: [SERVICE],
    observed: ['v=spf1 include:_spf.google.com'],
  })
  expect(reasons).toEqual([
    {
      code: 'missing',
      message: '`include:_spf.service.com` is missing; `include:_spf.google.com` is extra and allowed.',
      value: 'include:_spf.service.com',
    },
  ])
})

test('literal quotes are hinted at', () => {
  const { reasons } = matchObserved({
    type: 'TXT',
    match: 'includes',
    expected: [SERVICE],
    observed: [[`"${SERVICE} -all"`]],
  })
  expect(reasons[1]).toMatchObject({ code: 'bad_syntax', message: expect.stringContaining('quotes') })
})

test('an expected term after `all` is there, with a warning', () => {
  const verdict = matchObserved({
    type: 'TXT',
    match: 'includes',
    expected: [SERVICE],
    observed: ['v=spf1 -all include:_spf.service.com'],
  })
  expect(verdict).toMatchObject({
    state: 'VALID',
    reasons: [{ code: 'differs', message: expect.stringContaining('never evaluated') }],
  })
})

test('an exact record that receivers reject is as expected, with a warning', () => {
  const verdict = matchObserved({
    type: 'TXT',
    match: 'exact',
    expected: ['v=spf1 foo:bar'],
    observed: ['v=spf1 foo:bar'],
  })
  expect(verdict).toMatchObject({ state: 'VALID', reasons: [{ code: 'bad_syntax' }] })
})
