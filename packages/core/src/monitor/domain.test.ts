import { expect, test } from 'vitest'
import type { StateChange } from './event.ts'
import { crossesValid, endsIncident, isRestored } from './domain.ts'
import type { MonitorState } from './state.ts'

const members = (...states: MonitorState[]) =>
  states.map((state) => ({
    id: 'mon_01jd00000000000000000000aa' as const,
    groupId: 'grp_01jd00000000000000000000aa' as const,
    state,
  }))

test.for([
  { why: 'all are VALID', states: ['VALID', 'VALID'], restored: true },
  { why: 'one was never looked at', states: ['VALID', 'UNSET'], restored: true },
  { why: 'one does not match', states: ['VALID', 'MISMATCH'], restored: false },
  { why: 'one is not found', states: ['NOT_FOUND'], restored: false },
  { why: 'one cannot be looked up', states: ['VALID', 'TIMEOUT', 'VALID'], restored: false },
  { why: 'none is active', states: [], restored: true },
] as const)('a domain whose monitors are so is restored ($restored): $why', ({ states, restored }) => {
  expect(isRestored(members(...states))).toBe(restored)
})

const change = (oldState: MonitorState, newState: StateChange['newState']): StateChange => ({
  kind: 'record.restored',
  oldState,
  newState,
  previous: [],
  current: [],
  incidenceCount: 1,
  reasons: [],
  confirmed: true,
})

test.for([
  { why: 'from a bad state to VALID', given: change('MISMATCH', 'VALID'), ends: true },
  { why: 'VALID at the first look', given: change('UNSET', 'VALID'), ends: false },
  { why: 'from bad to bad', given: change('TIMEOUT', 'INVALID'), ends: false },
  { why: 'a silent one', given: null, ends: false },
])('a change ends an incident ($ends): $why', ({ given, ends }) => {
  expect(endsIncident(given)).toBe(ends)
})

test.for([
  ['VALID', 'MISMATCH', true],
  ['TIMEOUT', 'VALID', true],
  ['UNSET', 'VALID', true],
  ['VALID', 'VALID', false],
  ['TIMEOUT', 'INVALID', false],
] as const)('from %s to %s nodes have to take turns: %s', ([before, after, turns]) => {
  expect(crossesValid(before, after)).toBe(turns)
})
