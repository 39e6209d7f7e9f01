/** Which expectations are equal, and the types whose records are compared whole. */
import { expect, test } from 'vitest'
import type { MatchMode } from '../monitor/monitor.ts'
import { matchObserved } from '../monitor/observed.ts'
import { type MonitorType, parseRdata } from '../record-types.ts'
import { compileExpectation } from './expectation.ts'

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
