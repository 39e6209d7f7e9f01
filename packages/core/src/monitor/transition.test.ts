import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CheckStatus, NOTIFY_MODES, type NotifyMode, unchecked } from './monitor.ts'
import type { JudgedState, MonitorState } from './state.ts'
import { transition } from './transition.ts'
import type { Verdict } from './verdict.ts'

const NEW = unchecked(0)

const verdict = (state: JudgedState, ...values: string[]): Verdict => ({ state, values, reasons: [] })

function walk(
  notify: NotifyMode,
  verdicts: readonly Verdict[],
): { kinds: (string | null)[]; count: number; status: CheckStatus } {
  let status = NEW
  const kinds = verdicts.map((next, i) => {
    const moved = transition(status, next, notify, i, true)
    status = moved.status
    return moved.change?.kind ?? null
  })
  return { kinds, count: status.incidenceCount, status }
}

const GOOD = verdict('VALID', 'a')
const BAD = verdict('MISMATCH', 'b')
const WORSE = verdict('MISMATCH', 'c')
const GONE = verdict('NOT_FOUND')

const stories: { why: string; notify: NotifyMode; seen: Verdict[]; told: (string | null)[]; count: number }[] = [
  { why: 'a first verdict of VALID is no news', notify: 'immediately', seen: [GOOD], told: [null], count: 0 },
  { why: 'any other first verdict is', notify: 'immediately', seen: [BAD], told: ['record.broken'], count: 1 },
  {
    why: 'leaving VALID is told once',
    notify: 'immediately',
    seen: [GOOD, BAD, BAD],
    told: [null, 'record.broken', null],
    count: 1,
  },
  {
    why: 'a new value while bad is told',
    notify: 'immediately',
    seen: [GOOD, BAD, WORSE],
    told: [null, 'record.broken', 'record.changed'],
    count: 1,
  },
  {
    why: 'from one bad state to another is a change, not an incident',
    notify: 'immediately',
    seen: [GOOD, BAD, GONE],
    told: [null, 'record.broken', 'record.changed'],
    count: 1,
  },
  {
    why: 'recovery is told',
    notify: 'immediately',
    seen: [GOOD, GONE, GOOD],
    told: [null, 'record.broken', 'record.restored'],
    count: 1,
  },
  {
    why: 'a new value while VALID is not told',
    notify: 'immediately',
    seen: [GOOD, verdict('VALID', 'a', 'z')],
    told: [null, null],
    count: 0,
  },
  {
    why: 'the second incident counts two',
    notify: 'immediately',
    seen: [GOOD, BAD, GOOD, BAD],
    told: [null, 'record.broken', 'record.restored', 'record.broken'],
    count: 2,
  },
  {
    why: 'on_success is silent until the first VALID, which is the first event',
    notify: 'on_success',
    seen: [GONE, BAD, GOOD, BAD],
    told: [null, null, 'record.restored', 'record.broken'],
    count: 1,
  },
  {
    why: 'on_success tells of a monitor that is VALID from the start',
    notify: 'on_success',
    seen: [GOOD],
    told: ['record.restored'],
    count: 0,
  },
  {
    why: 'after_success tells first of a departure from VALID',
    notify: 'after_success',
    seen: [GONE, GOOD, BAD, GOOD],
    told: [null, null, 'record.broken', 'record.restored'],
    count: 1,
  },
]

test.for(stories)('$why', ({ notify, seen, told, count }) => {
  const { kinds, count: incidents } = walk(notify, seen)
  expect(kinds).toEqual(told)
  expect(incidents).toBe(count)
})

test('an event says what was and what is', () => {
  const valid = transition(NEW, GOOD, 'immediately', 1, true).status
  expect(transition(valid, BAD, 'immediately', 2, true).change).toEqual({
    kind: 'record.broken',
    oldState: 'VALID',
    newState: 'MISMATCH',
    previous: ['a'],
    current: ['b'],
    incidenceCount: 1,
    reasons: [],
    confirmed: true,
  })
})

test('the first event of a new monitor has UNSET behind it and no previous value', () => {
  expect(transition(NEW, BAD, 'immediately', 1, true).change).toMatchObject({ oldState: 'UNSET', previous: [] })
})

test('VALID to VALID refreshes the value', () => {
  expect(walk('immediately', [GOOD, verdict('VALID', 'a', 'z')]).status.current).toEqual(['a', 'z'])
})

test('the time it broke is kept through further bad states and cleared by recovery', () => {
  expect(walk('immediately', [GOOD, BAD, GONE]).status.brokenSince).toBe(1)
  expect(walk('immediately', [GOOD, BAD, GOOD]).status.brokenSince).toBeNull()
})

const aVerdict = fc
  .tuple(
    fc.constantFrom<JudgedState>('VALID', 'MISMATCH', 'NOT_FOUND', 'TIMEOUT', 'INVALID'),
    fc.subarray(['a', 'b', 'c'], { minLength: 1 }),
  )
  .map(([state, values]): Verdict => verdict(state, ...(state === 'VALID' || state === 'MISMATCH' ? values : [])))
const aHistory = fc.array(aVerdict, { maxLength: 12 })
const aNotify = fc.constantFrom(...NOTIFY_MODES)

test('the same verdict twice in a row records nothing the second time', () => {
  fc.assert(
    fc.property(aNotify, aHistory, aVerdict, (notify, history, last) => {
      expect(walk(notify, [...history, last, last]).kinds.at(-1)).toBeNull()
    }),
  )
})

test('incidents are as many as told departures from VALID or UNSET', () => {
  fc.assert(
    fc.property(aNotify, aHistory, (notify, history) => {
      const { kinds, count } = walk(notify, history)
      expect(count).toBe(kinds.filter((kind) => kind === 'record.broken').length)
    }),
  )
})

test('every told change starts from the state the one before it left behind', () => {
  fc.assert(
    fc.property(aHistory, (history) => {
      let status = NEW
      let held: MonitorState = 'UNSET'
      for (const next of history) {
        const moved = transition(status, next, 'immediately', 0, true)
        if (moved.change) {
          expect(moved.change.oldState).toBe(held)
          expect(moved.change.newState).toBe(moved.status.state)
        }
        held = moved.status.state
        status = moved.status
      }
    }),
  )
})
