import { expect, test } from 'vitest'
import { createLog } from './log.ts'

function capture(isTTY: boolean) {
  const lines: string[] = []
  return { lines, stream: { isTTY, write: (text: string) => lines.push(text) } }
}

test('a machine reads one JSON object per line', () => {
  const { lines, stream } = capture(false)
  createLog('info', stream).warn({ monitor: 'mon_a' }, 'something')
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'warn',
    msg: 'something',
    monitor: 'mon_a',
    time: expect.stringMatching(/Z$/),
  })
  expect(lines[0]).toMatch(/\n$/)
})

test('a person reads one line of words', () => {
  const { lines, stream } = capture(true)
  createLog('info', stream).info({ monitor: 'mon_a', count: 2 }, 'something')
  expect(lines[0]).toMatch(/^\d\d:\d\d:\d\d info  something monitor=mon_a count=2\n$/)
})

test('an error shows its stack to either', () => {
  for (const isTTY of [true, false]) {
    const { lines, stream } = capture(isTTY)
    createLog('info', stream).error({ err: new Error('broken') }, 'something')
    expect(lines.join('')).toMatch(/broken.*log\.test\.ts/s)
  }
})

test('silent is silent, and debug is below info', () => {
  const { lines, stream } = capture(false)
  createLog('silent', stream).error({}, 'something')
  createLog('info', stream).debug({}, 'something')
  expect(lines).toEqual([])
})
