import { expect, test } from 'vitest'
import type { ExpectationInput } from './expectation.ts'
import { valueDifference } from './difference.ts'

const cases: {
  why: string
  given: ExpectationInput
  current: string[]
  missing: string[]
  unexpected: string[]
}[] = [
  {
    why: 'an address was replaced',
    given: { type: 'A', match: 'exact', expected: ['192.0.2.1', '192.0.2.2'] },
    current: ['192.0.2.2', '192.0.2.9'],
    missing: ['192.0.2.1'],
    unexpected: ['192.0.2.9'],
  },
  {
    why: 'spelling is no difference',
    given: { type: 'AAAA', match: 'exact', expected: ['2001:DB8:0::1', '2001:db8::2'] },
    current: ['2001:db8::1'],
    missing: ['2001:db8::2'],
    unexpected: [],
  },
  {
    why: 'other records are allowed beside included ones',
    given: { type: 'MX', match: 'includes', expected: ['10 MX1.example.com.', '20 mx2.example.com'] },
    current: ['10 mx1.example.com', '30 mx3.example.com'],
    missing: ['20 mx2.example.com'],
    unexpected: [],
  },
  {
    why: 'one of several would have been enough',
    given: { type: 'A', match: 'any_of', expected: ['192.0.2.1', '192.0.2.2'] },
    current: ['192.0.2.9'],
    missing: ['192.0.2.1', '192.0.2.2'],
    unexpected: [],
  },
  {
    why: 'a forbidden value is there, the others are nobody’s business',
    given: { type: 'A', match: 'none_of', expected: ['192.0.2.1', '192.0.2.2'] },
    current: ['192.0.2.1', '192.0.2.9'],
    missing: [],
    unexpected: ['192.0.2.1'],
  },
  {
    why: 'one address lies outside the networks',
    given: { type: 'A', match: 'cidr', expected: ['192.0.2.0/24'] },
    current: ['192.0.2.7', '198.51.100.1'],
    missing: [],
    unexpected: ['198.51.100.1'],
  },
  {
    why: 'no address lies inside the networks',
    given: { type: 'A', match: 'cidr', expected: ['192.0.2.0/24'] },
    current: ['198.51.100.1'],
    missing: ['192.0.2.0/24'],
    unexpected: ['198.51.100.1'],
  },
  {
    why: 'a record is there that should not exist',
    given: { type: 'A', match: 'absent', expected: [] },
    current: ['192.0.2.1'],
    missing: [],
    unexpected: ['192.0.2.1'],
  },
  {
    why: 'a baseline changed',
    given: { type: 'TXT', match: 'baseline', expected: ['v=spf1 -all', 'hello'] },
    current: ['hello', 'v=spf1 ~all'],
    missing: ['v=spf1 -all'],
    unexpected: ['v=spf1 ~all'],
  },
  {
    why: 'a policy differs, and text that is no policy does not count',
    given: { type: 'TXT', match: 'exact', expected: ['v=spf1 include:_spf.example.net -all'] },
    current: ['site-verification=1', 'v=spf1 -all'],
    missing: ['v=spf1 include:_spf.example.net -all'],
    unexpected: ['v=spf1 -all'],
  },
  {
    why: 'nothing is there',
    given: { type: 'CNAME', match: 'exact', expected: ['edge.example.net'] },
    current: [],
    missing: ['edge.example.net'],
    unexpected: [],
  },
  {
    why: 'a value that cannot be read is compared as it stands',
    given: { type: 'A', match: 'baseline', expected: ['not an address', '192.0.2.1'] },
    current: ['not an address'],
    missing: ['192.0.2.1'],
    unexpected: [],
  },
]

test.for(cases)('$why', ({ given, current, missing, unexpected }) => {
  expect(valueDifference(given, current)).toEqual({ missing, unexpected })
})
