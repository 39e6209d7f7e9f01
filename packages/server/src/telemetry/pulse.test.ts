import { expect, test } from 'vitest'
import { createPulse } from './pulse.ts'

const MINUTE_MS = 60_000

test('a loop that asks for work now and then is well', () => {
  let now = 0
  const pulse = createPulse(() => now)
  pulse.beat('check')
  now += MINUTE_MS
  expect(pulse.faults()).toEqual([])
})

test('a loop that has asked for nothing in two minutes stands still, until it asks again', () => {
  let now = 0
  const pulse = createPulse(() => now)
  pulse.beat('check')
  pulse.beat('deliver')
  now += 2 * MINUTE_MS
  pulse.beat('deliver')
  now += 1
  expect(pulse.faults()).toEqual(['the check loop stands still'])
  pulse.beat('check')
  expect(pulse.faults()).toEqual([])
})

test.each([
  ['ends', () => Promise.resolve()],
  ['breaks', () => Promise.reject(new Error('broken'))],
])('a loop that %s is a fault, and what stops with the process is none', async (_how, loop) => {
  const pulse = createPulse(() => 0)
  const stop = new AbortController()
  pulse.beat('check')
  pulse.follow('check', loop(), stop.signal)
  await Promise.resolve()
  await Promise.resolve()
  expect(pulse.faults()).toEqual(['the check loop has ended'])

  stop.abort()
  const stopping = createPulse(() => 0)
  stopping.follow('check', loop(), stop.signal)
  await Promise.resolve()
  await Promise.resolve()
  expect(stopping.faults()).toEqual([])
})
