import { expect, test } from 'vitest'
import { flagOf, given, minutesOf, requiredText, textOf, textsOf, timeOf } from './input.ts'

test.for([
  ['text', ' text '],
  ['5', 5],
  [undefined, ''],
  [undefined, '   '],
  [undefined, null],
  [undefined, undefined],
  [undefined, { a: 1 }],
  [undefined, ['a']],
] as const)('the text %j is in %j', ([text, value]) => {
  expect(textOf(value)).toBe(text)
})

test.for([
  [
    ['a', 'b'],
    ['a', '', 'b', null],
  ],
  [['a'], 'a'],
  [[' spaces stay '], [' spaces stay ']],
  [['10'], [10]],
  [[], undefined],
  [[], [{ a: 1 }]],
] as const)('the texts %j are in %j', ([texts, value]) => {
  expect(textsOf(value)).toEqual(texts)
})

test.for([
  [true, true],
  [true, 'Yes'],
  [true, ' TRUE '],
  [false, 'no'],
  [false, false],
  [false, 0],
  [undefined, ''],
  [undefined, null],
] as const)('%j is said by %j', ([flag, value]) => {
  expect(flagOf(value, 'Active')).toBe(flag)
})

test.for([
  [5, '5'],
  [60, 60],
  [undefined, ''],
] as const)('%j minutes are in %j', ([minutes, value]) => {
  expect(minutesOf(value)).toBe(minutes)
})

test.for([
  [1_767_868_522, '2026-01-08T10:35:22Z'],
  [1_767_868_522, '2026-01-08T11:35:22+01:00'],
  [undefined, ''],
] as const)('the time %j is in %j', ([seconds, value]) => {
  expect(timeOf(value, 'Since')).toBe(seconds)
})

test.for([
  { read: () => flagOf('maybe', 'Active'), message: 'Active must be true or false.' },
  { read: () => minutesOf('often'), message: 'Frequency must be a number of minutes, such as 5.' },
  { read: () => minutesOf('-5'), message: 'Frequency must be a number of minutes, such as 5.' },
  { read: () => timeOf('soon', 'Since'), message: 'Since must be a date and time, such as 2026-01-08T10:35:22Z.' },
  { read: () => requiredText(' ', 'Monitor'), message: 'Monitor is empty. Choose or enter a value.' },
])('$message', ({ read, message }) => {
  expect(read).toThrow(message)
})

test('fields that were left empty are left out', () => {
  expect(given({ a: undefined, b: [], c: false, d: 0, e: ['x'] })).toEqual({ c: false, d: 0, e: ['x'] })
})
