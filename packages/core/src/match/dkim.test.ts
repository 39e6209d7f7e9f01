/** DKIM: tags of a key record (RFC 6376). */
import { expect, test } from 'vitest'
import type { MatchMode } from '../monitor/monitor.ts'
import { matchObserved } from '../monitor/observed.ts'

const cases: {
  why: string
  match?: MatchMode
  expected?: string
  zone: (string | string[])[]
  state: string
  code?: string
}[] = [
  { why: 'the key is added by the zone', zone: ['v=DKIM1; k=rsa; p=MIGfMA0'], state: 'VALID' },
  { why: 'another kind of key', zone: ['v=DKIM1; k=ed25519; p=MIGfMA0'], state: 'MISMATCH', code: 'differs' },
  { why: 'no kind of key', zone: ['v=DKIM1; p=MIGfMA0'], state: 'MISMATCH', code: 'missing' },
  { why: 'order and spacing are free', zone: ['v=DKIM1;p=MIGfMA0;k = rsa;'], state: 'VALID' },
  { why: 'values have case', zone: ['v=DKIM1; k=RSA; p=MIGfMA0'], state: 'MISMATCH', code: 'differs' },
  { why: 'names have case', zone: ['v=DKIM1; K=rsa; p=MIGfMA0'], state: 'MISMATCH', code: 'missing' },
  {
    why: 'white space inside the key does not count',
    expected: 'v=DKIM1; p=MIGf MA0',
    zone: ['v=DKIM1; p=MIG fMA0'],
    state: 'VALID',
  },
  {
    why: 'another key',
    expected: 'v=DKIM1; p=MIGfMA0',
    zone: ['v=DKIM1; p=MIGfMA1'],
    state: 'MISMATCH',
    code: 'differs',
  },
  {
    why: 'a key in several strings',
    expected: 'v=DKIM1; p=MIGfMA0',
    zone: [['v=DKIM1; p=MIG', 'fMA0']],
    state: 'VALID',
  },
  { why: 'the version is missing', zone: ['k=rsa; p=MIGfMA0'], state: 'MISMATCH', code: 'missing' },
  { why: 'the version is not first', zone: ['k=rsa; v=DKIM1; p=MIGfMA0'], state: 'MISMATCH', code: 'bad_syntax' },
  { why: 'a tag given twice', zone: ['v=DKIM1; k=rsa; k=rsa; p=MIGfMA0'], state: 'MISMATCH', code: 'bad_syntax' },
  { why: 'a piece that is no tag', zone: ['v=DKIM1; k=rsa; oops; p=MIGfMA0'], state: 'MISMATCH', code: 'bad_syntax' },
  { why: 'no key record', zone: ['hello'], state: 'MISMATCH', code: 'no_policy' },
  {
    why: 'two key records',
    zone: ['v=DKIM1; k=rsa; p=a', 'v=DKIM1; k=rsa; p=b'],
    state: 'MISMATCH',
    code: 'several_policies',
  },
  { why: 'a revoked key is there, with a warning', zone: ['v=DKIM1; k=rsa; p='], state: 'VALID', code: 'differs' },
  {
    why: 'exact: the same record',
    match: 'exact',
    expected: 'v=DKIM1; k=rsa; p=MIGfMA0',
    zone: ['v=DKIM1; k=rsa; p=MIGfMA0'],
    state: 'VALID',
  },
  {
    why: 'exact: an added tag',
    match: 'exact',
    expected: 'v=DKIM1; k=rsa; p=MIGfMA0',
    zone: ['v=DKIM1; k=rsa; t=s; p=MIGfMA0'],
    state: 'MISMATCH',
    code: 'differs',
  },
  {
    why: 'none of: a key in test mode',
    match: 'none_of',
    expected: 'v=DKIM1; t=y',
    zone: ['v=DKIM1; t=y; p=MIGfMA0'],
    state: 'MISMATCH',
    code: 'forbidden',
  },
]

test.for(cases)('$why', ({ match = 'includes', expected = 'v=DKIM1; k=rsa', zone, state, code }) => {
  const verdict = matchObserved({ type: 'TXT', match, expected: [expected], observed: zone })
  expect(verdict.state).toBe(state)
  expect(verdict.reasons[0]?.code).toBe(code)
})
