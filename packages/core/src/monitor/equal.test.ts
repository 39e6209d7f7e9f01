import { expect, test } from 'vitest'
import { watchKey } from './equal.ts'

const given = {
  ownerName: 'example.com',
  type: 'MX',
  match: 'exact',
  expected: ['10 mx1.example.com', '20 mx2.example.com'],
} as const

const cases: { why: string; other: Partial<Parameters<typeof watchKey>[0]>; same: boolean }[] = [
  {
    why: 'order, case and a final dot say nothing',
    other: { expected: ['20 MX2.example.com.', '10 mx1.example.com'] },
    same: true,
  },
  { why: 'another value', other: { expected: ['10 mx1.example.com'] }, same: false },
  { why: 'another mode', other: { match: 'includes' }, same: false },
  { why: 'another name', other: { ownerName: 'www.example.com' }, same: false },
  { why: 'another type', other: { type: 'TXT' }, same: false },
]
test.for(cases)('$why', ({ other, same }) => {
  expect(watchKey({ ...given, ...other }) === watchKey(given)).toBe(same)
})

test('a taken baseline is still a baseline', () => {
  const baseline = { ownerName: 'example.com', type: 'A', match: 'baseline' } as const
  expect(watchKey({ ...baseline, expected: ['192.0.2.1'] })).toBe(watchKey({ ...baseline, expected: [] }))
})
