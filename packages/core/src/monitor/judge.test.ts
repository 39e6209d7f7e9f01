import { expect, test } from 'vitest'
import type { Answer, Evidence, FailureKind } from '../dns/answer.ts'
import { compileExpectation } from '../match/expectation.ts'
import { parseRdata } from '../record-types.ts'
import { judge } from './judge.ts'
import type { MatchMode } from './monitor.ts'
import type { ReasonCode } from './verdict.ts'

const evidence: Evidence = {
  server: '192.0.2.53',
  role: 'upstream',
  transport: 'udp',
  rcode: 'NOERROR',
  aa: false,
  ad: false,
  ttl: 300,
  chain: [],
  soa: null,
  ede: null,
  durationMs: 3,
}
const address = (match: MatchMode) =>
  compileExpectation({ type: 'A', match, expected: match === 'absent' || match === 'baseline' ? [] : ['192.0.2.1'] })
const records = (...texts: string[]): Answer => ({
  kind: 'rrset',
  records: texts.map((text) => parseRdata('A', text)),
  evidence,
})
const failure = (why: FailureKind): Answer => ({ kind: 'failure', why, detail: 'The server answered so.', evidence })

test('records that fulfil the expectation are VALID and shown sorted', () => {
  const expectation = compileExpectation({ type: 'A', match: 'includes', expected: ['192.0.2.1'] })
  expect(judge(expectation, records('192.0.2.9', '192.0.2.1'))).toEqual({
    state: 'VALID',
    values: ['192.0.2.1', '192.0.2.9'],
    reasons: [],
  })
})

test('other records are a MISMATCH and shown', () => {
  expect(judge(address('includes'), records('192.0.2.9'))).toMatchObject({
    state: 'MISMATCH',
    values: ['192.0.2.9'],
    reasons: [{ code: 'missing' }],
  })
})

test('a policy monitor shows the records of its family only', () => {
  const answer: Answer = {
    kind: 'rrset',
    records: ['x=y', 'v=spf1 ~all'].map((text) => parseRdata('TXT', text)),
    evidence,
  }
  const verdict = (type: 'SPF' | 'TXT') =>
    judge(compileExpectation({ type, match: 'exact', expected: ['v=spf1 -all'] }), answer)?.values
  expect(verdict('SPF')).toEqual(['v=spf1 ~all'])
  expect(verdict('TXT')).toEqual(['v=spf1 ~all', 'x=y'])
})

const empty: { answer: Answer; code: ReasonCode; says: RegExp }[] = [
  { answer: { kind: 'nxdomain', evidence }, code: 'nxdomain', says: /does not exist: the answer is NXDOMAIN\.$/ },
  {
    answer: { kind: 'nxdomain', evidence: { ...evidence, ede: { code: 17, text: 'by policy' } } },
    code: 'nxdomain',
    says: /EDE 17, Filtered: by policy/,
  },
  { answer: { kind: 'nodata', flattened: false, evidence }, code: 'nodata', says: /has no A record\.$/ },
  {
    answer: { kind: 'nodata', flattened: false, evidence: { ...evidence, ede: { code: 15, text: '' } } },
    code: 'nodata',
    says: /EDE 15, Blocked/,
  },
  { answer: { kind: 'nodata', flattened: true, evidence }, code: 'flattened', says: /Monitor its A or AAAA/ },
  {
    answer: { kind: 'dangling_alias', evidence: { ...evidence, chain: ['a.example', 'b.example'] } },
    code: 'dangling_alias',
    says: /`b\.example`, which has no A record/,
  },
]

test.for(empty)('$answer.kind ($code) is NOT_FOUND', ({ answer, code, says }) => {
  for (const match of ['exact', 'includes', 'any_of', 'cidr', 'baseline'] as const) {
    const verdict = judge(address(match), answer)
    expect(verdict).toMatchObject({
      state: 'NOT_FOUND',
      values: [],
      reasons: [{ code, message: expect.stringMatching(says) }],
    })
    expect(verdict?.reasons).toHaveLength(1)
  }
})

test.for(empty)('$answer.kind ($code) is VALID where the record must not be', ({ answer }) => {
  for (const match of ['absent', 'none_of'] as const)
    expect(judge(address(match), answer)).toEqual({ state: 'VALID', values: [], reasons: [] })
})

test('records where none may be are a MISMATCH', () => {
  expect(judge(address('absent'), records('192.0.2.1'))).toMatchObject({
    state: 'MISMATCH',
    values: ['192.0.2.1'],
    reasons: [{ code: 'forbidden' }],
  })
})

const failures: [FailureKind, ReasonCode][] = [
  ['servfail', 'servfail'],
  ['refused', 'refused'],
  ['formerr', 'malformed'],
  ['notimp', 'refused'],
  ['malformed', 'malformed'],
  ['illegal', 'illegal'],
]

test.for(failures)('%s is INVALID in every mode, for the reason %s', ([why, code]) => {
  for (const match of ['exact', 'none_of', 'absent', 'baseline'] as const)
    expect(judge(address(match), failure(why))).toEqual({
      state: 'INVALID',
      values: [],
      reasons: [{ code, message: 'The server answered so.' }],
    })
})

test('silence is TIMEOUT in every mode', () => {
  for (const match of ['exact', 'none_of', 'absent', 'baseline'] as const)
    expect(judge(address(match), { kind: 'timeout', evidence })).toMatchObject({
      state: 'TIMEOUT',
      values: [],
      reasons: [{ code: 'timeout' }],
    })
})

test('servers that cannot be reached say nothing about the record', () => {
  expect(
    judge(address('exact'), { kind: 'unreachable', ours: false, detail: 'connection refused', evidence }),
  ).toBeNull()
})
