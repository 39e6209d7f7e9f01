/** What may be expected at all, which expectations are equal, and the types whose records are compared whole. */
import { expect, test } from 'vitest'
import { RadarError } from '../errors.ts'
import type { MatchMode } from '../monitor/monitor.ts'
import { matchObserved } from '../monitor/observed.ts'
import { type MonitorType, parseRdata } from '../record-types.ts'
import { compileExpectation, newExpectation } from './expectation.ts'

const refused: {
  why: string
  type: MonitorType
  match?: MatchMode
  expected: string[]
  fields: Record<string, RegExp>
}[] = [
  { why: 'no value', type: 'A', expected: [], fields: { expected_value: /required/ } },
  { why: 'an empty value', type: 'TXT', expected: [''], fields: { expected_value: /empty/ } },
  { why: 'one empty value of two', type: 'A', expected: ['1.2.3.4', ''], fields: { 'expected_value[1]': /empty/ } },
  {
    why: 'eleven values',
    type: 'A',
    expected: Array.from({ length: 11 }, (_, at) => `10.0.0.${at}`),
    fields: { expected_value: /11.*10/ },
  },
  {
    why: 'a value of 1001 characters',
    type: 'TXT',
    expected: ['x'.repeat(1001)],
    fields: { expected_value: /1001.*1000/ },
  },
  {
    why: 'every wrong value is named',
    type: 'A',
    expected: ['1.2.3', '1.2.3.4', 'x'],
    fields: { 'expected_value[0]': /IPv4/, 'expected_value[2]': /IPv4/ },
  },
  { why: 'an IPv6 address for A', type: 'A', expected: ['2001:db8::1'], fields: { expected_value: /AAAA/ } },
  { why: 'a leading zero', type: 'A', expected: ['01.2.3.4'], fields: { expected_value: /leading zeros/ } },
  { why: 'a zone id', type: 'AAAA', expected: ['fe80::1%eth0'], fields: { expected_value: /zone/ } },
  { why: 'an address as an alias', type: 'CNAME', expected: ['192.0.2.1'], fields: { expected_value: /A or AAAA/ } },
  {
    why: 'a URL as an alias',
    type: 'CNAME',
    expected: ['https://example.com'],
    fields: { expected_value: /host name/ },
  },
  { why: 'two aliases', type: 'CNAME', expected: ['a.example', 'b.example'], fields: { expected_value: /any_of/ } },
  {
    why: 'two aliases, flexible',
    type: 'CNAME',
    match: 'includes',
    expected: ['a.example', 'b.example'],
    fields: { expected_value: /any_of/ },
  },
  {
    why: 'an address as a name server',
    type: 'NS',
    expected: ['ns1.example', '192.0.2.1'],
    fields: { 'expected_value[1]': /address/ },
  },
  {
    why: 'an e-mail address as a host',
    type: 'PTR',
    expected: ['a@b.example'],
    fields: { expected_value: /host name/ },
  },
  {
    why: 'a priority at the end',
    type: 'MX',
    expected: ['mx1.service.com 10'],
    fields: { expected_value: /comes first/ },
  },
  {
    why: 'a forgotten space',
    type: 'MX',
    expected: ['10mx1.service.com'],
    fields: { expected_value: /`10 mx1\.service\.com`/ },
  },
  {
    why: 'a forgotten space beside formatted values',
    type: 'MX',
    expected: ['10mx1.service.com', '20 mx2.service.com'],
    fields: { 'expected_value[0]': /`10 mx1\.service\.com`/ },
  },
  {
    why: 'a forgotten space before smtp',
    type: 'MX',
    expected: ['5smtp.service.com'],
    fields: { expected_value: /space/ },
  },
  { why: 'two spaces', type: 'MX', expected: ['10  mx1.service.com'], fields: { expected_value: /one space/ } },
  { why: 'a leading space', type: 'MX', expected: [' mx1.service.com'], fields: { expected_value: /priority/ } },
  { why: 'a tab', type: 'MX', expected: ['10\tmx1.service.com'], fields: { expected_value: /space|name/ } },
  {
    why: 'a dot after the priority',
    type: 'MX',
    expected: ['10. mx1.service.com'],
    fields: { expected_value: /priority/ },
  },
  {
    why: 'a priority above 65535',
    type: 'MX',
    expected: ['65536 mx1.service.com'],
    fields: { expected_value: /65535/ },
  },
  { why: 'a negative priority', type: 'MX', expected: ['-1 mx1.service.com'], fields: { expected_value: /priority/ } },
  {
    why: 'a fractional priority',
    type: 'MX',
    expected: ['1.5 mx1.service.com'],
    fields: { expected_value: /priority/ },
  },
  { why: 'a priority without a host', type: 'MX', expected: ['10 '], fields: { expected_value: /no host/ } },
  {
    why: 'priorities for some values only',
    type: 'MX',
    expected: ['10 mx1.service.com', 'mx2.service.com'],
    fields: { 'expected_value[1]': /all values or for none/ },
  },
  {
    why: 'priorities for the last value only',
    type: 'MX',
    match: 'any_of',
    expected: ['mx1.service.com', '10 mx2.service.com'],
    fields: { 'expected_value[0]': /all values or for none/ },
  },
  { why: 'an address as a mail server', type: 'MX', expected: ['10 192.0.2.1'], fields: { expected_value: /address/ } },
  {
    why: 'a null MX beside a server',
    type: 'MX',
    expected: ['.', 'mx1.service.com'],
    fields: { expected_value: /null MX/ },
  },
  {
    why: 'quotes that are no zone-file text',
    type: 'TXT',
    expected: ['"a" b "c"'],
    fields: { expected_value: /zone-file/ },
  },
  {
    why: 'an SPF term that is none',
    type: 'TXT',
    match: 'includes',
    expected: ['v=spf1 inlude:a.example'],
    fields: { expected_value: /inlude:a\.example/ },
  },
  {
    why: 'two exact SPF records',
    type: 'TXT',
    expected: ['v=spf1 -all', 'v=spf1 ~all'],
    fields: { 'expected_value[1]': /includes/ },
  },
  {
    why: 'two redirects',
    type: 'TXT',
    match: 'includes',
    expected: ['v=spf1 redirect=a.example', 'v=spf1 redirect=b.example'],
    fields: { 'expected_value[1]': /redirect/ },
  },
  {
    why: 'a DMARC policy that does not exist',
    type: 'TXT',
    match: 'includes',
    expected: ['v=DMARC1; p=rejct'],
    fields: { expected_value: /quarantine/ },
  },
  {
    why: 'a DMARC report address without its scheme',
    type: 'TXT',
    match: 'includes',
    expected: ['v=DMARC1; rua=a@b.example'],
    fields: { expected_value: /mailto:/ },
  },
  {
    why: 'a DMARC tag without a value',
    type: 'TXT',
    match: 'includes',
    expected: ['v=DMARC1; reject'],
    fields: { expected_value: /tag=value/ },
  },
  {
    why: 'a DMARC tag twice',
    type: 'TXT',
    match: 'includes',
    expected: ['v=DMARC1; p=none; p=none'],
    fields: { expected_value: /twice/ },
  },
  {
    why: 'two DMARC policies',
    type: 'TXT',
    match: 'includes',
    expected: ['v=DMARC1; p=none', 'v=DMARC1; p=reject'],
    fields: { 'expected_value[1]': /p=reject/ },
  },
  { why: 'other text for SPF', type: 'SPF', expected: ['include:a.example'], fields: { expected_value: /v=spf1/ } },
  {
    why: 'other text for DMARC',
    type: 'DMARC',
    match: 'includes',
    expected: ['v=DMARC1', 'p=none'],
    fields: { 'expected_value[1]': /v=DMARC1/ },
  },
  {
    why: 'a CAA record without its flags',
    type: 'CAA',
    expected: ['issue "ca.example"'],
    fields: { expected_value: /flags/ },
  },
  { why: 'a network for MX', type: 'MX', match: 'cidr', expected: ['10.0.0.0/8'], fields: { match: /A and AAAA/ } },
  {
    why: 'an IPv6 network for A',
    type: 'A',
    match: 'cidr',
    expected: ['2001:db8::/32'],
    fields: { expected_value: /IPv4 network/ },
  },
  {
    why: 'a prefix too long',
    type: 'A',
    match: 'cidr',
    expected: ['10.0.0.0/33'],
    fields: { expected_value: /IPv4 network/ },
  },
  { why: 'no network', type: 'A', match: 'cidr', expected: [], fields: { expected_value: /required/ } },
  {
    why: 'a value for absent',
    type: 'A',
    match: 'absent',
    expected: ['1.2.3.4'],
    fields: { expected_value: /takes no/ },
  },
  {
    why: 'a value for baseline',
    type: 'A',
    match: 'baseline',
    expected: ['1.2.3.4'],
    fields: { expected_value: /takes no/ },
  },
]

test.for(refused)('$type: $why is refused', ({ type, match = 'exact', expected, fields }) => {
  const error = refusalOf(() => newExpectation({ type, match, expected }))
  expect(error.code).toBe('invalid_expectation')
  expect(error.fields).toEqual(
    Object.fromEntries(Object.entries(fields).map(([field, says]) => [field, expect.stringMatching(says)])),
  )
  expect(Object.values(error.fields ?? {})).toContain(error.message)
})

test('ten values of 1000 characters are accepted', () => {
  const expected = Array.from({ length: 10 }, (_, at) => `${at}`.repeat(1000))
  expect(newExpectation({ type: 'TXT', match: 'includes', expected }).display).toBe(expected)
})

const equal: { why: string; type: MonitorType; match?: MatchMode; one: string[]; other: string[] }[] = [
  { why: 'order and duplicates', type: 'A', one: ['1.2.3.4', '5.6.7.8'], other: ['5.6.7.8', '1.2.3.4', '5.6.7.8'] },
  { why: 'text forms', type: 'AAAA', one: ['2001:DB8:0::1'], other: ['2001:db8::1'] },
  { why: 'case and final dots', type: 'CNAME', one: ['Host.Example.'], other: ['host.example'] },
  { why: 'case and leading zeros', type: 'MX', one: ['010 MX1.example'], other: ['10 mx1.example'] },
  { why: 'zone-file text', type: 'TXT', one: ['"a" "b"'], other: ['ab'] },
  { why: 'order of terms', type: 'TXT', match: 'includes', one: ['v=spf1 a mx'], other: ['v=spf1 +mx A/32'] },
  {
    why: 'terms in one value or in two',
    type: 'SPF',
    match: 'includes',
    one: ['v=spf1 a mx'],
    other: ['v=spf1 mx', 'v=spf1 a'],
  },
  {
    why: 'order of tags',
    type: 'DMARC',
    match: 'includes',
    one: ['v=DMARC1; p=none; aspf=s'],
    other: ['v=DMARC1;aspf=S;p=NONE'],
  },
  { why: 'host bits', type: 'A', match: 'cidr', one: ['10.1.2.3/8'], other: ['10.0.0.0/8'] },
  { why: 'a mixture in any order', type: 'TXT', one: ['v=spf1 -all', 'x=y'], other: ['x=y', 'v=spf1 -all'] },
]

test.for(equal)('$type: $why make no other expectation', ({ type, match = 'exact', one, other }) => {
  const keyOf = (expected: string[]) => compileExpectation({ type, match, expected }).canonicalKey
  expect(keyOf(one)).toBe(keyOf(other))
})

const different: { why: string; type: MonitorType; match?: MatchMode; one: string[]; other: string[] }[] = [
  { why: 'another address', type: 'A', one: ['1.2.3.4'], other: ['1.2.3.5'] },
  { why: 'a priority', type: 'MX', one: ['mx1.example'], other: ['10 mx1.example'] },
  { why: 'case of text', type: 'TXT', one: ['a'], other: ['A'] },
  { why: 'one text or two', type: 'TXT', one: ['a","b'], other: ['a', 'b'] },
  { why: 'order of an exact policy', type: 'TXT', one: ['v=spf1 a mx'], other: ['v=spf1 mx a'] },
  { why: 'another policy', type: 'TXT', match: 'includes', one: ['v=spf1'], other: ['v=DMARC1'] },
  {
    why: 'either of two policies or one of both terms',
    type: 'SPF',
    match: 'any_of',
    one: ['v=spf1 a mx'],
    other: ['v=spf1 a', 'v=spf1 mx'],
  },
]

test.for(different)('$type: $why makes another expectation', ({ type, match = 'exact', one, other }) => {
  const keyOf = (expected: string[]) => compileExpectation({ type, match, expected }).canonicalKey
  expect(keyOf(one)).not.toBe(keyOf(other))
})

test('the mode and the type are part of an expectation', () => {
  const keys = new Set(
    (['exact', 'includes', 'any_of', 'none_of'] as const).flatMap((match) =>
      (['TXT', 'SPF'] as const).map((type) => compileExpectation({ type, match, expected: ['v=spf1'] }).canonicalKey),
    ),
  )
  expect(keys.size).toBe(8)
})

const whole: {
  why: string
  type: MonitorType
  match?: MatchMode
  expected: string[]
  zone: string[]
  state: string
}[] = [
  {
    why: 'an alias in another case',
    type: 'CNAME',
    expected: ['Target.Example.'],
    zone: ['target.example'],
    state: 'VALID',
  },
  { why: 'another alias', type: 'CNAME', expected: ['target.example'], zone: ['other.example'], state: 'MISMATCH' },
  {
    why: 'one of two aliases',
    type: 'CNAME',
    match: 'any_of',
    expected: ['a.example', 'b.example'],
    zone: ['b.example'],
    state: 'VALID',
  },
  {
    why: 'two different aliases are illegal',
    type: 'CNAME',
    expected: ['a.example'],
    zone: ['a.example', 'b.example'],
    state: 'INVALID',
  },
  {
    why: 'name servers in any order',
    type: 'NS',
    expected: ['ns1.example', 'ns2.example'],
    zone: ['NS2.example.', 'ns1.example'],
    state: 'VALID',
  },
  {
    why: 'a name in Unicode is its A-label',
    type: 'NS',
    expected: ['ns.bücher.example'],
    zone: ['ns.xn--bcher-kva.example'],
    state: 'VALID',
  },
  { why: 'a reverse name', type: 'PTR', expected: ['host.example'], zone: ['host.example.'], state: 'VALID' },
  {
    why: 'plain text in exact mode is the whole RRset',
    type: 'TXT',
    expected: ['x=y'],
    zone: ['x=y', 'v=spf1 -all'],
    state: 'MISMATCH',
  },
  {
    why: 'plain text in flexible mode is one record',
    type: 'TXT',
    match: 'includes',
    expected: ['x=y'],
    zone: ['x=y', 'v=spf1 -all'],
    state: 'VALID',
  },
  {
    why: 'plain text is no substring',
    type: 'TXT',
    match: 'includes',
    expected: ['x=y'],
    zone: ['x=yz'],
    state: 'MISMATCH',
  },
  { why: 'plain text has case', type: 'TXT', expected: ['X=y'], zone: ['x=y'], state: 'MISMATCH' },
  { why: 'plain text is not trimmed', type: 'TXT', expected: ['x=y'], zone: ['x=y '], state: 'MISMATCH' },
  { why: 'an empty text', type: 'TXT', expected: ['""'], zone: ['""'], state: 'VALID' },
  {
    why: 'a policy and plain text together',
    type: 'TXT',
    expected: ['v=spf1 -all', 'x=y'],
    zone: ['x=y', 'v=spf1 -all'],
    state: 'VALID',
  },
  {
    why: 'a policy and plain text, and more text',
    type: 'TXT',
    expected: ['v=spf1 -all', 'x=y'],
    zone: ['x=y', 'v=spf1 -all', 'z'],
    state: 'MISMATCH',
  },
  {
    why: 'a policy and plain text, the policy gone',
    type: 'TXT',
    match: 'includes',
    expected: ['v=spf1 -all', 'x=y'],
    zone: ['x=y'],
    state: 'MISMATCH',
  },
  {
    why: 'a policy or plain text',
    type: 'TXT',
    match: 'any_of',
    expected: ['v=spf1 -all', 'x=y'],
    zone: ['x=y'],
    state: 'VALID',
  },
  {
    why: 'neither a policy nor plain text',
    type: 'TXT',
    match: 'none_of',
    expected: ['v=spf1 +all', 'x=y'],
    zone: ['v=spf1 all'],
    state: 'MISMATCH',
  },
  {
    why: 'CAA in another spelling',
    type: 'CAA',
    expected: ['0 ISSUE ca.example'],
    zone: ['0 issue "ca.example"'],
    state: 'VALID',
  },
  {
    why: 'issuewild is not issue',
    type: 'CAA',
    expected: ['0 issue "ca.example"'],
    zone: ['0 issuewild "ca.example"'],
    state: 'MISMATCH',
  },
  {
    why: 'CAA flags count',
    type: 'CAA',
    expected: ['0 issue "ca.example"'],
    zone: ['128 issue "ca.example"'],
    state: 'MISMATCH',
  },
  {
    why: 'a policy that must not be, beside other text',
    type: 'SPF',
    match: 'absent',
    expected: [],
    zone: ['x=y'],
    state: 'VALID',
  },
  {
    why: 'a policy that must not be',
    type: 'SPF',
    match: 'absent',
    expected: [],
    zone: ['x=y', 'v=spf1 -all'],
    state: 'MISMATCH',
  },
]

test.for(whole)('$type: $why', ({ type, match = 'exact', expected, zone, state }) => {
  expect(matchObserved({ type, match, expected, observed: zone }).state).toBe(state)
})

const taken = ['v=spf1 foo:bar', 'v=spf1 -all', ...Array.from({ length: 20 }, (_, at) => `text ${at}`)]

test('a taken baseline is compared whole, whatever it holds and however much', () => {
  const expectation = compileExpectation({ type: 'TXT', match: 'baseline', expected: taken })
  const records = taken.map((text) => parseRdata('TXT', text))
  expect(expectation.verify(records.toReversed()).matches).toBe(true)
  expect(expectation.verify([...records, parseRdata('TXT', 'new')])).toEqual({
    matches: false,
    reasons: [{ code: 'extra', message: '`new` is extra.', value: 'new' }],
  })
  expect(expectation.verify(records.slice(1)).matches).toBe(false)
})

test('a baseline of type SPF is that of the policy alone', () => {
  const expectation = compileExpectation({ type: 'SPF', match: 'baseline', expected: ['v=spf1 -all'] })
  const verify = (...texts: string[]) => expectation.verify(texts.map((text) => parseRdata('TXT', text))).matches
  expect([verify('v=spf1 -all', 'x=y'), verify('v=spf1 ~all', 'x=y'), verify('x=y')]).toEqual([true, false, false])
})

function refusalOf(call: () => unknown): RadarError {
  try {
    call()
  } catch (error) {
    if (error instanceof RadarError) return error
    throw error
  }
  throw new Error('nothing was refused')
}
