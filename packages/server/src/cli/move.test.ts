import { expect, test } from 'vitest'
import { barOf } from './move.ts'

test.for([
  { done: 0, total: 10, shows: 'copying [..............................] 0 % 0 of 10 rows, events' },
  { done: 5, total: 10, shows: 'copying [###############...............] 50 % 5 of 10 rows, events' },
  { done: 10, total: 10, shows: 'copying [##############################] 100 % 10 of 10 rows, events' },
  { done: 0, total: 0, shows: 'copying [##############################] 100 % 0 of 0 rows, events' },
])('the bar at $done of $total', ({ done, total, shows }) => {
  expect(barOf({ phase: 'copy', table: 'events', done, total })).toBe(shows)
})

test('the bar never runs over its end', () => {
  expect(barOf({ phase: 'verify', table: 'events', done: 11, total: 10 })).toContain(
    'comparing [##############################] 100 %',
  )
})
