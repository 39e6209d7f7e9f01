/** DMARC: tags of the one policy record (RFC 9989). */
import { expect, test } from 'vitest'
import type { MatchMode } from '../monitor/monitor.ts'
import { matchObserved } from '../monitor/observed.ts'

const FULL = 'v=DMARC1; p=reject; pct=100'

const cases: {
  why: string
  match?: MatchMode
  expected?: string
  zone: (string | string[])[]
  state: string
  code?: string
}[] = [
  {
    why: 'exact: another pct',
    match: 'exact',
    expected: FULL,
    zone: ['v=DMARC1; p=reject; pct=50'],
    state: 'MISMATCH',
    code: 'differs',
  },
  {
    why: 'exact: an added rua',
    match: 'exact',
    expected: FULL,
    zone: [`${FULL}; rua=mailto:dmarc@example.com`],
    state: 'MISMATCH',
    code: 'differs',
  },
  {
    why: 'exact: other spacing',
    match: 'exact',
    expected: FULL,
    zone: ['v=DMARC1;p=reject;pct=100'],
    state: 'MISMATCH',
    code: 'differs',
  },
  {
    why: 'exact: the same record beside others',
    match: 'exact',
    expected: FULL,
    zone: ['hello', FULL],
    state: 'VALID',
  },
  { why: 'version alone: p=none', zone: ['v=DMARC1; p=none'], state: 'VALID' },
  { why: 'version alone: quarantine and pct', zone: ['v=DMARC1; p=quarantine; pct=50'], state: 'VALID' },
  {
    why: 'version alone: reject, pct and rua',
    zone: ['v=DMARC1; p=reject; pct=100; rua=mailto:dmarc@example.com'],
    state: 'VALID',
  },
  {
    why: 'version alone: strict alignment',
    zone: ['v=DMARC1; p=reject; rua=mailto:dmarc@example.com; adkim=s; aspf=s'],
    state: 'VALID',
  },
  { why: 'version alone: no policy tag', zone: ['v=DMARC1'], state: 'VALID' },
  {
    why: 'p=reject: other tags are free',
    expected: 'v=DMARC1; p=reject',
    zone: ['v=DMARC1; p=reject; pct=20; rua=mailto:a@b.example; adkim=r'],
    state: 'VALID',
  },
  {
    why: 'p=reject: p=none',
    expected: 'v=DMARC1; p=reject',
    zone: ['v=DMARC1; p=none'],
    state: 'MISMATCH',
    code: 'differs',
  },
  {
    why: 'p=reject is not sp=reject',
    expected: 'v=DMARC1; p=reject',
    zone: ['v=DMARC1; sp=reject; p=none'],
    state: 'MISMATCH',
    code: 'differs',
  },
  {
    why: 'strict alignment: both',
    expected: 'v=DMARC1; adkim=s; aspf=s',
    zone: ['v=DMARC1; p=none; aspf=s; adkim=s'],
    state: 'VALID',
  },
  {
    why: 'strict alignment: one relaxed',
    expected: 'v=DMARC1; adkim=s; aspf=s',
    zone: ['v=DMARC1; p=none; aspf=s; adkim=r'],
    state: 'MISMATCH',
    code: 'differs',
  },
  {
    why: 'strict alignment: one missing',
    expected: 'v=DMARC1; adkim=s; aspf=s',
    zone: ['v=DMARC1; p=none; aspf=s'],
    state: 'MISMATCH',
    code: 'missing',
  },
  {
    why: 'defaults are not filled in',
    expected: 'v=DMARC1; adkim=r',
    zone: ['v=DMARC1; p=none'],
    state: 'MISMATCH',
    code: 'missing',
  },
  { why: 'the record was removed', zone: [], state: 'NOT_FOUND', code: 'nodata' },
  { why: 'only other TXT records are left', zone: ['hello'], state: 'MISMATCH', code: 'no_policy' },
  { why: 'the version is missing', zone: ['p=reject'], state: 'MISMATCH', code: 'no_policy' },
  { why: 'the version is not first', zone: ['p=reject; v=DMARC1'], state: 'MISMATCH', code: 'no_policy' },
  { why: 'the version in lower case', zone: ['v=dmarc1; p=reject'], state: 'MISMATCH', code: 'no_policy' },
  { why: 'the name of the version in upper case', zone: ['V=DMARC1; p=reject'], state: 'VALID' },
  { why: 'a longer version', zone: ['v=DMARC10; p=reject'], state: 'MISMATCH', code: 'no_policy' },
  {
    why: 'a required tag was removed',
    expected: 'v=DMARC1; p=reject; rua=mailto:a@b.example',
    zone: ['v=DMARC1; p=reject'],
    state: 'MISMATCH',
    code: 'missing',
  },
  { why: 'spacing is free', expected: 'v=DMARC1;p=reject', zone: ['v = DMARC1 ;  p =\treject ; '], state: 'VALID' },
  {
    why: 'the order of tags is free',
    expected: 'v=DMARC1; aspf=s; p=none',
    zone: ['v=DMARC1; p=none; aspf=s'],
    state: 'VALID',
  },
  {
    why: 'names and policies in any case',
    expected: 'v=DMARC1; p=reject',
    zone: ['v=DMARC1; P=Reject'],
    state: 'VALID',
  },
  {
    why: 'one address of several',
    expected: 'v=DMARC1; rua=mailto:a@b.example',
    zone: ['v=DMARC1; p=none; rua=mailto:x@y.example, mailto:a@B.Example!10m'],
    state: 'VALID',
  },
  {
    why: 'the local part has case',
    expected: 'v=DMARC1; rua=mailto:a@b.example',
    zone: ['v=DMARC1; p=none; rua=mailto:A@b.example'],
    state: 'MISMATCH',
    code: 'missing',
  },
  {
    why: 'failure options are a set',
    expected: 'v=DMARC1; fo=d:1',
    zone: ['v=DMARC1; p=none; fo=1:S:D'],
    state: 'VALID',
  },
  {
    why: 'the tags of RFC 9989',
    expected: 'v=DMARC1; np=reject; psd=n; t=y',
    zone: ['v=DMARC1; p=none; t=y; psd=n; np=reject'],
    state: 'VALID',
  },
  { why: 'unknown tags are ignored', zone: ['v=DMARC1; p=none; x-y; foo=bar'], state: 'VALID' },
  { why: 'a tag given twice', zone: ['v=DMARC1; p=none; p=reject'], state: 'MISMATCH', code: 'bad_syntax' },
  { why: 'two records', zone: ['v=DMARC1; p=none', 'v=DMARC1; p=reject'], state: 'MISMATCH', code: 'several_policies' },
  { why: 'a neighbour that is no policy', zone: ['v=spf1 -all', 'v=DMARC1; p=none'], state: 'VALID' },
  {
    why: 'a record in several strings',
    expected: 'v=DMARC1; p=reject',
    zone: [['v=DMARC1; p=rej', 'ect']],
    state: 'VALID',
  },
  {
    why: 'backslashes that became part of the data',
    zone: [['v=DMARC1\\; p=none']],
    state: 'MISMATCH',
    code: 'no_policy',
  },
  {
    why: 'none of: a policy that only watches',
    match: 'none_of',
    expected: 'v=DMARC1; p=none',
    zone: ['v=DMARC1; p=none; pct=100'],
    state: 'MISMATCH',
    code: 'forbidden',
  },
  { why: 'none of: no policy', match: 'none_of', expected: 'v=DMARC1; p=none', zone: [], state: 'VALID' },
]

test.for(
  cases.flatMap((each) => [
    { ...each, type: 'TXT' as const },
    { ...each, type: 'DMARC' as const },
  ]),
)('$why (as type $type)', ({ type, match = 'includes', expected = 'v=DMARC1', zone, state, code }) => {
  const verdict = matchObserved({ type, match, expected: [expected], observed: zone })
  expect(verdict.state).toBe(state)
  expect(verdict.reasons[0]?.code).toBe(code)
})

test('either policy is accepted when both are', () => {
  const check = (zone: string) =>
    matchObserved({
      type: 'DMARC',
      match: 'any_of',
      expected: ['v=DMARC1; p=quarantine', 'v=DMARC1; p=reject'],
      observed: [zone],
    }).state
  expect([check('v=DMARC1; p=reject'), check('v=DMARC1; p=quarantine; pct=5'), check('v=DMARC1; p=none')]).toEqual([
    'VALID',
    'VALID',
    'MISMATCH',
  ])
})

test('backslashes before semicolons are hinted at', () => {
  const { reasons } = matchObserved({
    type: 'TXT',
    match: 'includes',
    expected: ['v=DMARC1'],
    observed: [['v=DMARC1\\; p=none']],
  })
  expect(reasons[1]).toMatchObject({ code: 'bad_syntax', message: expect.stringContaining('backslashes') })
})
