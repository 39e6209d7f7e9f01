import { expect, test } from 'vitest'
import { type Decision, weigh } from './confirm.ts'
import type { Pending } from './monitor.ts'
import type { JudgedState } from './state.ts'
import type { Verdict } from './verdict.ts'

const verdict = (state: JudgedState, ...values: string[]): Verdict => ({ state, values, reasons: [] })

/** Runs looks one after another as the checker does; each look is what two servers said. */
function run(held: string, looks: readonly (readonly [Verdict, Verdict | null])[]): Decision {
  let pending: Pending | null = null
  let last: Decision | undefined
  for (const [first, second] of looks) {
    last = weigh(held, pending, first, second, 0)
    if (last.do === 'accept') break
    pending = last.pending
  }
  if (last === undefined) throw new Error('no looks')
  return last
}

const VALID = verdict('VALID', 'a')
const MISMATCH = verdict('MISMATCH', 'b')
const TIMEOUT = verdict('TIMEOUT')
const INVALID = verdict('INVALID')

test('two servers that agree make a confirmed change', () => {
  expect(run('VALID', [[MISMATCH, MISMATCH]])).toMatchObject({ do: 'accept', confirmed: true, tell: true })
})

test('a new value inside an unchanged bad state is told when both servers show the same set', () => {
  expect(run('MISMATCH', [[verdict('MISMATCH', 'c'), verdict('MISMATCH', 'c')]])).toMatchObject({
    do: 'accept',
    tell: true,
  })
})

test('a new value inside an unchanged bad state is kept without an event when the sets differ', () => {
  expect(run('MISMATCH', [[verdict('MISMATCH', 'c'), verdict('MISMATCH', 'd')]])).toMatchObject({
    do: 'accept',
    tell: false,
  })
})

test('a change of state is told even when the two servers show different wrong values', () => {
  expect(run('VALID', [[verdict('MISMATCH', 'c'), verdict('MISMATCH', 'd')]])).toMatchObject({
    do: 'accept',
    tell: true,
  })
})

test('two servers that disagree change nothing yet', () => {
  expect(run('VALID', [[MISMATCH, VALID]])).toMatchObject({ do: 'hold', pending: { state: 'MISMATCH', disputed: 1 } })
})

test('a dispute ends after five more looks with what the majority saw', () => {
  const dispute = [MISMATCH, VALID] as const
  expect(run('VALID', Array(5).fill(dispute))).toMatchObject({ do: 'hold' })
  const decided = run('VALID', [...Array<typeof dispute>(5).fill(dispute), [MISMATCH, verdict('NOT_FOUND')]])
  expect(decided).toMatchObject({ do: 'accept', confirmed: false, verdict: { state: 'MISMATCH' } })
})

test('a dispute whose servers come to agree is over', () => {
  expect(
    run('VALID', [
      [MISMATCH, VALID],
      [MISMATCH, MISMATCH],
    ]),
  ).toMatchObject({ do: 'accept', confirmed: true })
})

test.for([TIMEOUT, INVALID])('one failing look changes nothing, the third one does: $state', (failing) => {
  expect(run('VALID', [[failing, failing]])).toMatchObject({
    do: 'hold',
    pending: { failing: 1, state: failing.state },
  })
  expect(
    run('VALID', [
      [failing, failing],
      [failing, failing],
    ]),
  ).toMatchObject({ do: 'hold', pending: { failing: 2 } })
  expect(run('VALID', Array(3).fill([failing, failing]))).toMatchObject({
    do: 'accept',
    verdict: { state: failing.state },
  })
})

test('a look in which one server fails this way and the other that way is a failing look', () => {
  expect(
    run('VALID', [
      [TIMEOUT, INVALID],
      [INVALID, TIMEOUT],
      [TIMEOUT, INVALID],
    ]),
  ).toMatchObject({
    do: 'accept',
    verdict: { state: 'TIMEOUT' },
  })
})

test('a second server that answers stops the count of failing looks', () => {
  expect(
    run('VALID', [
      [TIMEOUT, TIMEOUT],
      [TIMEOUT, VALID],
      [TIMEOUT, TIMEOUT],
      [TIMEOUT, TIMEOUT],
    ]),
  ).toMatchObject({
    do: 'hold',
    pending: { failing: 2 },
  })
})

test('when no other server can be reached the first one is believed', () => {
  expect(run('VALID', [[MISMATCH, null]])).toMatchObject({ do: 'accept' })
})
