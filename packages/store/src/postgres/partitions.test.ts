import { expect, test } from 'vitest'
import { monthsFrom } from './partitions.ts'

test('this month and the next three have a partition each, across the turn of the year', () => {
  const months = monthsFrom(Date.UTC(2026, 10, 30, 23, 59))
  expect(months.map(({ name }) => name)).toEqual(['2026_11', '2026_12', '2027_01', '2027_02'])
})

test('months lie side by side without a gap', () => {
  const months = monthsFrom(Date.UTC(2028, 0, 31))
  expect(months[0]?.from).toBe(Date.UTC(2028, 0, 1))
  expect(months.slice(1).map(({ from }) => from)).toEqual(months.slice(0, -1).map(({ until }) => until))
})

test('history that is moved here begins with its own month', () => {
  const months = monthsFrom(Date.UTC(2027, 0, 15), Date.UTC(2026, 10, 30))
  expect(months.map(({ name }) => name)).toEqual(['2026_11', '2026_12', '2027_01', '2027_02', '2027_03', '2027_04'])
})
