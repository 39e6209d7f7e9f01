import { expect, test } from 'vitest'
import { scrub, scrubbedJson } from './scrub.ts'

const texts: { why: string; text: string; stored: string }[] = [
  { why: 'ordinary text stays as it is', text: 'v=spf1 -all', stored: 'v=spf1 -all' },
  { why: 'a pair of surrogates is one character and stays', text: 'a😀b', stored: 'a😀b' },
  { why: 'NUL becomes the replacement character', text: 'a\0b', stored: 'a\uFFFDb' },
  { why: 'a high surrogate alone becomes the replacement character', text: 'a\uD800b', stored: 'a\uFFFDb' },
  { why: 'a low surrogate alone becomes the replacement character', text: '\uDC00', stored: '\uFFFD' },
  { why: 'other control characters stay', text: '\u0001\t\n', stored: '\u0001\t\n' },
]

test.for(texts)('$why', ({ text, stored }) => {
  expect(scrub(text)).toBe(stored)
  expect(JSON.parse(scrubbedJson([text]))).toEqual([stored])
})

test('member names are scrubbed at any depth', () => {
  expect(JSON.parse(scrubbedJson({ outer: [{ 'a\0': 'b\uD800' }] }))).toEqual({ outer: [{ 'a\uFFFD': 'b\uFFFD' }] })
})

test('text that spells out an escape is kept literally', () => {
  expect(JSON.parse(scrubbedJson(['\\u0000']))).toEqual(['\\u0000'])
})
