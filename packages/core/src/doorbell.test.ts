import { expect, test } from 'vitest'
import { createTestClock } from '../../../test/harness/clock.ts'
import { createDoorbell } from './doorbell.ts'

const forever = new AbortController().signal

test('a wait ends when its time has come', async () => {
  const clock = createTestClock()
  const waiting = createDoorbell(clock).wait(1_000, forever)
  await clock.advance(1_000)
  await expect(waiting).resolves.toBeUndefined()
})

test('a ring ends the wait under way', async () => {
  const doorbell = createDoorbell(createTestClock())
  const waiting = doorbell.wait(1_000, forever)
  doorbell.ring()
  await expect(waiting).resolves.toBeUndefined()
})

test('a ring between two waits is not lost', async () => {
  const doorbell = createDoorbell(createTestClock())
  doorbell.ring()
  await expect(doorbell.wait(1_000, forever)).resolves.toBeUndefined()
})

test('a ring is heard once', async () => {
  const clock = createTestClock()
  const doorbell = createDoorbell(clock)
  doorbell.ring()
  await doorbell.wait(1_000, forever)
  let ended = false
  const second = doorbell.wait(1_000, forever).then(() => {
    ended = true
  })
  await clock.advance(999)
  expect(ended).toBe(false)
  await clock.advance(1)
  await second
})

test('an abort ends the wait', async () => {
  const stop = new AbortController()
  const waiting = createDoorbell(createTestClock()).wait(1_000, stop.signal)
  stop.abort()
  await expect(waiting).resolves.toBeUndefined()
})
