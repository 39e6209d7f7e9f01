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

test('what others wrote begins no line of its own and gives the terminal no orders', () => {
  const { lines, stream } = capture(true)
  const hostile = 'x\n12:00:01 error all is lost \u001b[2J\u009b31m\u0007'
  createLog('info', stream).error({ path: hostile, inner: [hostile], err: new Error(hostile) }, hostile)
  const written = lines.join('')
  expect(written.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
  const [first = '', ...stack] = written.split('\n')
  expect(first).toContain('path=x\\x0a12:00:01 error all is lost \\x1b[2J\\x9b31m\\x07')
  expect(stack.length).toBeGreaterThan(2)
})

test('an error tells what broke, and not what it broke on', () => {
  const { lines, stream } = capture(false)
  const err = Object.assign(new Error('broken'), { code: 'EXAMPLE', body: 'key=sk_typed', config: { url: 'u:p@h' } })
  createLog('info', stream).error({ err }, 'something')
  const { err: told } = JSON.parse(lines[0] ?? '') as { err: object }
  expect(told).toMatchObject({ type: 'Error', message: 'broken', code: 'EXAMPLE' })
  expect(Object.keys(told).sort()).toEqual(['code', 'message', 'stack', 'type'])
})
