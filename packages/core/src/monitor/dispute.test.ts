import { expect, test } from 'vitest'
import { inconsistent, ruling } from './dispute.ts'
import type { JudgedState } from './state.ts'
import type { Verdict } from './verdict.ts'

const verdict = (state: JudgedState, ...values: string[]): Verdict => ({ state, values, reasons: [] })
const NEW = verdict('MISMATCH', 'new')
const OLD = verdict('VALID', 'old')
const GONE = verdict('NOT_FOUND')

const cases: { why: string; zone: Verdict[]; decides: JudgedState | null }[] = [
  { why: 'one server that speaks is enough', zone: [NEW], decides: 'MISMATCH' },
  { why: 'two of three decide', zone: [OLD, NEW, NEW], decides: 'MISMATCH' },
  { why: 'the held state can win', zone: [OLD, NEW, OLD], decides: 'VALID' },
  { why: 'servers that agree on absence decide', zone: [GONE, GONE], decides: 'NOT_FOUND' },
  { why: 'half is no majority', zone: [OLD, NEW], decides: null },
  { why: 'the largest of three groups is no majority', zone: [OLD, NEW, NEW, GONE], decides: null },
  { why: 'nobody who speaks decides nothing', zone: [], decides: null },
]

test.for(cases)("the zone's servers: $why", ({ zone, decides }) => {
  const decision = ruling('VALID', NEW, zone)
  if (decides === null) expect(decision).toBeNull()
  else expect(decision).toMatchObject({ do: 'accept', confirmed: true, tell: true, verdict: { state: decides } })
})

test('a ruling for what was suspected is the suspicion itself, so that its fingerprint holds', () => {
  expect(ruling('VALID', NEW, [{ ...NEW }])).toHaveProperty('verdict', NEW)
  const other = verdict('MISMATCH', 'newer')
  expect(ruling('VALID', NEW, [other])).toHaveProperty('verdict', other)
})

test('inside an unchanged bad state a new value is told only when all who agree on the state show the same', () => {
  const newer = verdict('MISMATCH', 'newer')
  expect(ruling('MISMATCH', OLD, [NEW, { ...NEW }])).toMatchObject({ tell: true })
  expect(ruling('MISMATCH', OLD, [NEW, newer])).toMatchObject({ tell: false })
  expect(ruling('VALID', OLD, [NEW, newer])).toMatchObject({ tell: true })
})

test('a disagreement is said with names, each server once', () => {
  const words = [
    { server: '192.0.2.1', state: 'MISMATCH' },
    { server: '192.0.2.2', state: 'VALID' },
    { server: '192.0.2.3', state: 'MISMATCH' },
    { server: '192.0.2.3', state: 'MISMATCH' },
  ] as const
  expect(inconsistent(words)).toEqual({
    code: 'inconsistent',
    message: 'Servers disagree: MISMATCH by 192.0.2.1 and 192.0.2.3, VALID by 192.0.2.2.',
  })
})
