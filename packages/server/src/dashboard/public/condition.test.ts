import { expect, test } from 'vitest'
import { conditionOf } from './condition.ts'

const NONE = { UNSET: 0, VALID: 0, MISMATCH: 0, NOT_FOUND: 0, TIMEOUT: 0, INVALID: 0 }

const cases: { states: Partial<typeof NONE>; message: string; tone: string }[] = [
  { states: {}, message: 'no monitors', tone: 'none' },
  { states: { UNSET: 2 }, message: 'not checked yet', tone: 'none' },
  { states: { VALID: 1 }, message: '1 record valid', tone: 'good' },
  { states: { VALID: 1200 }, message: '1,200 records valid', tone: 'good' },
  { states: { VALID: 3, UNSET: 1 }, message: '3 of 4 valid', tone: 'good' },
  { states: { VALID: 3, TIMEOUT: 1 }, message: '1 of 4 without answer', tone: 'warn' },
  { states: { VALID: 3, MISMATCH: 1, NOT_FOUND: 1, INVALID: 1, TIMEOUT: 1 }, message: '4 of 7 failing', tone: 'bad' },
]

test.for(cases)('$states is "$message"', ({ states, message, tone }) => {
  expect(conditionOf({ ...NONE, ...states })).toEqual({ message, tone })
})
