/** A and AAAA: sets of addresses, and addresses inside networks. */
import { expect, test } from 'vitest'
import type { MatchMode } from '../monitor/monitor.ts'
import { matchObserved } from '../monitor/observed.ts'
import type { MonitorType } from '../record-types.ts'

interface Case {
  why: string
  type?: MonitorType
  match: MatchMode
  expected?: string[]
  zone: string[]
  state: string
}

const TWO = ['1.2.3.4', '5.6.7.8']

const cases: Case[] = [
  { why: 'exact: an extra address is a mismatch', match: 'exact', zone: [...TWO, '9.10.11.12'], state: 'MISMATCH' },
  { why: 'flexible: exactly the expected addresses', match: 'includes', zone: TWO, state: 'VALID' },
  { why: 'flexible: one extra address is allowed', match: 'includes', zone: [...TWO, '9.10.11.12'], state: 'VALID' },
  {
    why: 'flexible: three extra addresses are allowed',
    match: 'includes',
    zone: [...TWO, '10.20.30.40', '50.60.70.80', '100.110.120.130'],
    state: 'VALID',
  },
  { why: 'flexible: a required address was removed', match: 'includes', zone: ['1.2.3.4'], state: 'MISMATCH' },
  { why: 'exact: a required address was removed', match: 'exact', zone: ['1.2.3.4'], state: 'MISMATCH' },
  { why: 'exact: once the unexpected address is gone the sets are equal', match: 'exact', zone: TWO, state: 'VALID' },
  { why: 'exact: the order of addresses is free', match: 'exact', zone: TWO.toReversed(), state: 'VALID' },
  {
    why: 'flexible: the order of addresses is free',
    match: 'includes',
    zone: ['9.10.11.12', ...TWO.toReversed()],
    state: 'VALID',
  },
  { why: 'exact: removing all addresses is not found', match: 'exact', zone: [], state: 'NOT_FOUND' },
  { why: 'flexible: removing all addresses is not found', match: 'includes', zone: [], state: 'NOT_FOUND' },
  { why: 'exact: other addresses altogether', match: 'exact', zone: ['9.9.9.9', '8.8.8.8'], state: 'MISMATCH' },
  {
    why: 'AAAA flexible: an extra address is allowed',
    type: 'AAAA',
    match: 'includes',
    expected: ['2001:db8::1', '2001:db8::2'],
    zone: ['2001:db8::1', '2001:db8::2', '2001:db8::3'],
    state: 'VALID',
  },
  {
    why: 'AAAA flexible: a required address was removed',
    type: 'AAAA',
    match: 'includes',
    expected: ['2001:db8::1', '2001:db8::2'],
    zone: ['2001:db8::1'],
    state: 'MISMATCH',
  },
  {
    why: 'AAAA: text forms of one address are equal',
    type: 'AAAA',
    match: 'exact',
    expected: ['2001:0DB8:0:0::1'],
    zone: ['2001:db8::1'],
    state: 'VALID',
  },
  {
    why: 'AAAA: IPv4-mapped addresses have two forms',
    type: 'AAAA',
    match: 'exact',
    expected: ['::ffff:192.0.2.1'],
    zone: ['::ffff:c000:201'],
    state: 'VALID',
  },
  {
    why: 'an address expected twice is expected once',
    match: 'exact',
    expected: ['1.2.3.4', '1.2.3.4'],
    zone: ['1.2.3.4'],
    state: 'VALID',
  },
  { why: 'any of: one of the addresses is enough', match: 'any_of', zone: ['5.6.7.8', '9.9.9.9'], state: 'VALID' },
  { why: 'any of: none of the addresses', match: 'any_of', zone: ['9.9.9.9'], state: 'MISMATCH' },
  { why: 'any of: no record', match: 'any_of', zone: [], state: 'NOT_FOUND' },
  { why: 'none of: other addresses only', match: 'none_of', zone: ['9.9.9.9'], state: 'VALID' },
  { why: 'none of: one forbidden address', match: 'none_of', zone: ['9.9.9.9', '1.2.3.4'], state: 'MISMATCH' },
  { why: 'none of: no record at all', match: 'none_of', zone: [], state: 'VALID' },
  {
    why: 'cidr: every address inside',
    match: 'cidr',
    expected: ['10.0.0.0/8', '192.0.2.0/24'],
    zone: ['10.255.255.255', '192.0.2.0'],
    state: 'VALID',
  },
  {
    why: 'cidr: one address outside',
    match: 'cidr',
    expected: ['10.0.0.0/8'],
    zone: ['10.0.0.1', '11.0.0.0'],
    state: 'MISMATCH',
  },
  {
    why: 'cidr: prefixes that end inside an octet',
    match: 'cidr',
    expected: ['10.0.0.128/25'],
    zone: ['10.0.0.127'],
    state: 'MISMATCH',
  },
  {
    why: 'cidr: host bits of a network do not count',
    match: 'cidr',
    expected: ['10.1.2.3/8'],
    zone: ['10.9.9.9'],
    state: 'VALID',
  },
  {
    why: 'cidr: an address is the network of itself',
    match: 'cidr',
    expected: ['10.0.0.1'],
    zone: ['10.0.0.2'],
    state: 'MISMATCH',
  },
  { why: 'cidr: all addresses', match: 'cidr', expected: ['0.0.0.0/0'], zone: ['255.255.255.255'], state: 'VALID' },
  { why: 'cidr: no address', match: 'cidr', expected: ['0.0.0.0/0'], zone: [], state: 'NOT_FOUND' },
  {
    why: 'cidr: IPv6',
    type: 'AAAA',
    match: 'cidr',
    expected: ['2001:db8::/33'],
    zone: ['2001:db8:7fff::1'],
    state: 'VALID',
  },
  {
    why: 'cidr: IPv6 outside',
    type: 'AAAA',
    match: 'cidr',
    expected: ['2001:db8::/33'],
    zone: ['2001:db8:8000::1'],
    state: 'MISMATCH',
  },
  { why: 'absent: no record', match: 'absent', expected: [], zone: [], state: 'VALID' },
  { why: 'absent: any record', match: 'absent', expected: [], zone: ['1.2.3.4'], state: 'MISMATCH' },
  { why: 'baseline: the first records are right', match: 'baseline', expected: [], zone: ['1.2.3.4'], state: 'VALID' },
  { why: 'baseline: no record to take', match: 'baseline', expected: [], zone: [], state: 'NOT_FOUND' },
]

test.for(cases)('$why', ({ type = 'A', match, expected = TWO, zone, state }) => {
  const verdict = matchObserved({ type, match, expected, observed: zone })
  expect(verdict.state).toBe(state)
  expect(verdict.reasons.length === 0).toBe(state === 'VALID')
})

const reasons: {
  why: string
  match: MatchMode
  expected?: string[]
  zone: string[]
  says: [code: string, message: string, value: string][]
}[] = [
  {
    why: 'what is missing comes before what is extra',
    match: 'exact',
    zone: ['1.2.3.4', '9.9.9.9'],
    says: [
      ['missing', '`5.6.7.8` is missing.', '5.6.7.8'],
      ['extra', '`9.9.9.9` is extra.', '9.9.9.9'],
    ],
  },
  {
    why: 'allowed extras are named beside what is missing',
    match: 'includes',
    zone: ['9.9.9.9', '1.2.3.4', '8.8.8.8'],
    says: [['missing', '`5.6.7.8` is missing; `9.9.9.9` and `8.8.8.8` are extra and allowed.', '5.6.7.8']],
  },
  {
    why: 'long lists are cut',
    match: 'includes',
    expected: ['1.1.1.1'],
    zone: ['2.0.0.1', '2.0.0.2', '2.0.0.3', '2.0.0.4', '2.0.0.5', '2.0.0.6'],
    says: [
      [
        'missing',
        '`1.1.1.1` is missing; `2.0.0.1`, `2.0.0.2`, `2.0.0.3`, `2.0.0.4` and 2 more are extra and allowed.',
        '1.1.1.1',
      ],
    ],
  },
  {
    why: 'the address outside is named',
    match: 'cidr',
    expected: ['10.0.0.0/8'],
    zone: ['10.0.0.1', '11.0.0.1'],
    says: [['outside_range', '`11.0.0.1` is outside `10.0.0.0/8`.', '11.0.0.1']],
  },
  {
    why: 'the forbidden address is named',
    match: 'none_of',
    zone: ['1.2.3.4'],
    says: [['forbidden', '`1.2.3.4` is present and must not be.', '1.2.3.4']],
  },
  {
    why: 'the accepted addresses are named',
    match: 'any_of',
    zone: ['9.9.9.9'],
    says: [
      [
        'missing',
        'None of the accepted values (`1.2.3.4` and `5.6.7.8`) is present; `9.9.9.9` is published.',
        '1.2.3.4',
      ],
    ],
  },
]

test.for(reasons)('$why', ({ match, expected = TWO, zone, says }) => {
  const { reasons: found } = matchObserved({ type: 'A', match, expected, observed: zone })
  expect(found).toEqual(says.map(([code, message, value]) => ({ code, message, value })))
})
