import { describe, expect, test } from 'vitest'
import type { Output } from './output.ts'
import { PLAIN } from './output.ts'
import { barOf, createProgress } from './progress.ts'

test.for([
  { done: 0, total: 10, bar: '[..............................]' },
  { done: 5, total: 10, bar: '[###############...............]' },
  { done: 10, total: 10, bar: '[##############################]' },
  { done: 11, total: 10, bar: '[##############################]' },
  { done: 0, total: 0, bar: '[##############################]' },
])('the bar at $done of $total', ({ done, total, bar }) => {
  expect(barOf(done, total)).toBe(bar)
})

describe('progress', () => {
  const written = (isTerminal: boolean, columns: number, showEvery: readonly number[]) => {
    const lines: string[] = []
    let time = 0
    const output: Output = {
      out: () => expect.unreachable('progress never goes to stdout'),
      err: (line) => lines.push(`${line}\n`),
      redraw: (text) => lines.push(`\r${text}`),
      screen: PLAIN,
      notes: { isTerminal, hasColours: false, columns },
    }
    const progress = createProgress(output, { label: 'importing', unit: 'monitors', now: () => time })
    for (const [done, at] of showEvery.entries()) {
      time = at
      progress.show({ done, total: 4 })
    }
    progress.clear()
    return lines
  }

  test('is one line that changes on a terminal, at most ten times a second, and is taken away at the end', () => {
    expect(written(true, 80, [0, 50, 120])).toEqual([
      '\rimporting [..............................] 0 % 0 of 4 monitors',
      '\rimporting [###############...............] 50 % 2 of 4 monitors',
      '\r',
    ])
  })

  test('never wraps on a narrow terminal', () => {
    for (const line of written(true, 20, [0, 200])) expect(line.length).toBeLessThan(1 + 20)
  })

  test('is a line now and then where nobody looks at a terminal', () => {
    expect(written(false, Number.POSITIVE_INFINITY, [0, 2_000, 6_000, 7_000])).toEqual([
      'importing 50 % 2 of 4 monitors\n',
    ])
  })
})
