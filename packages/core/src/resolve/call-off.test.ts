import { getEventListeners } from 'node:events'
import { expect, test } from 'vitest'
import { createCallOff } from './call-off.ts'

test('an abort calls off everybody who has not left, once', () => {
  const callOff = createCallOff()
  const stop = new AbortController()
  const calledOff: string[] = []
  callOff.enter(stop.signal, () => calledOff.push('first'))
  const second = callOff.enter(stop.signal, () => calledOff.push('second'))
  callOff.leave(stop.signal, second)
  callOff.enter(stop.signal, () => calledOff.push('third'))
  stop.abort()
  stop.abort()
  expect(calledOff).toEqual(['first', 'third'])
})

test('signals are kept apart', () => {
  const callOff = createCallOff()
  const [one, other] = [new AbortController(), new AbortController()]
  const calledOff: string[] = []
  callOff.enter(one.signal, () => calledOff.push('one'))
  callOff.enter(other.signal, () => calledOff.push('other'))
  other.abort()
  expect(calledOff).toEqual(['other'])
})

test('a signal has one listener, however many it would call off', () => {
  const callOff = createCallOff()
  const { signal } = new AbortController()
  for (let i = 0; i < 1000; i += 1) callOff.enter(signal, () => {})
  expect(getEventListeners(signal, 'abort')).toHaveLength(1)
})
