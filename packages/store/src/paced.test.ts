import { expect, test } from 'vitest'
import { paced } from './paced.ts'

/** Pauses that end when a test says so. */
function createPauses() {
  const waiting: (() => void)[] = []
  return {
    wait: () => new Promise<void>((resolve) => waiting.push(resolve)),
    async end(): Promise<void> {
      waiting.shift()?.()
      await new Promise((resolve) => setImmediate(resolve))
    },
    get count() {
      return waiting.length
    },
  }
}

test('the first is done at once, and what comes during the pause together after it', async () => {
  const pauses = createPauses()
  const done: string[][] = []
  const ask = paced<string>(pauses, { restMs: 100, signal: new AbortController().signal }, (all) => done.push([...all]))
  ask('a')
  ask('b')
  ask('a')
  ask('b')
  expect(done).toEqual([['a']])
  await pauses.end()
  expect(done).toEqual([['a'], ['b', 'a']])
  await pauses.end()
  expect(pauses.count).toBe(0)
  ask('c')
  expect(done).toEqual([['a'], ['b', 'a'], ['c']])
})

test('nothing is done once it was ended', async () => {
  const pauses = createPauses()
  const done: string[][] = []
  const ended = new AbortController()
  const ask = paced<string>(pauses, { restMs: 100, signal: ended.signal }, (all) => done.push([...all]))
  ask('a')
  ask('b')
  ended.abort()
  await pauses.end()
  ask('c')
  expect(done).toEqual([['a']])
})
