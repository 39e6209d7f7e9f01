import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodeName, MalformedMessage, readName, writeName } from './labels.ts'

const bytes = (...parts: (number | string)[]): Uint8Array =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'number' ? [part] : [...Buffer.from(part, 'latin1')])))

const read: { why: string; wire: Uint8Array; at?: number; name: string; next: number }[] = [
  { why: 'the root is the empty string', wire: bytes(0), name: '', next: 1 },
  { why: 'case is kept', wire: bytes(3, 'WwW', 4, 'Test', 0), name: 'WwW.Test', next: 10 },
  { why: 'a dot inside a label is escaped', wire: bytes(3, 'a.b', 1, 'c', 0), name: 'a\\.b.c', next: 7 },
  { why: 'a backslash is escaped', wire: bytes(3, 'a\\b', 0), name: 'a\\\\b', next: 5 },
  {
    why: 'octets that are not visible ASCII become three digits',
    wire: bytes(4, 0, ' ', 0x7f, 0xff, 0),
    name: '\\000\\032\\127\\255',
    next: 6,
  },
  {
    why: 'a pointer ends the name where it stands',
    wire: bytes(1, 'a', 0, 1, 'b', 0xc0, 0),
    at: 3,
    name: 'b.a',
    next: 7,
  },
  { why: 'pointers may lead to pointers', wire: bytes(0, 0xc0, 0, 1, 'x', 0xc0, 1), at: 3, name: 'x', next: 7 },
]

test.for(read)('reading: $why', ({ wire, at, name, next }) => {
  expect(readName(wire, at ?? 0)).toEqual({ name, next })
})

const malformed: { why: string; wire: Uint8Array; at?: number }[] = [
  { why: 'an empty message', wire: bytes() },
  { why: 'a label that runs past the message', wire: bytes(5, 'ab') },
  { why: 'a missing root', wire: bytes(2, 'ab') },
  { why: 'half a pointer', wire: bytes(1, 'a', 0xc0) },
  { why: 'a pointer to itself', wire: bytes(0xc0, 0) },
  { why: 'two pointers at each other', wire: bytes(0xc0, 2, 0xc0, 0) },
  { why: 'a loop through a label', wire: bytes(1, 'a', 0xc0, 0) },
  { why: 'a pointer forward', wire: bytes(0xc0, 2, 1, 'a', 0) },
  { why: 'the label kinds 01 and 10', wire: bytes(0x41, 'a', 0) },
  {
    why: 'a name of 256 octets',
    wire: bytes(...Array.from({ length: 4 }, () => [62, 'a'.repeat(62)]).flat(), 2, 'ab', 0),
  },
]

test.for(malformed)('reading refuses $why', ({ wire, at }) => {
  expect(() => readName(wire, at ?? 0)).toThrow(MalformedMessage)
})

test('a name of exactly 255 octets is read', () => {
  const wire = bytes(...Array.from({ length: 4 }, () => [62, 'a'.repeat(62)]).flat(), 1, 'a', 0)
  expect(wire.length).toBe(255)
  expect(readName(wire, 0).next).toBe(255)
})

test('a chain of more pointers than a name has labels is refused', () => {
  const wire = new Uint8Array(1024)
  for (let at = 2; at < 1024; at += 2) wire.set([0xc0 | ((at - 2) >> 8), (at - 2) & 0xff], at)
  expect(readName(wire, 254).name).toBe('')
  expect(() => readName(wire, 256)).toThrow(MalformedMessage)
})

test('a final dot changes nothing', () => {
  expect(encodeName('a.b.')).toEqual(encodeName('a.b'))
  expect(encodeName('.')).toEqual(bytes(0))
})

const unwritable: { why: string; name: string }[] = [
  { why: 'an empty label', name: 'a..b' },
  { why: 'a leading dot', name: '.a' },
  { why: 'a label of 64 octets', name: 'a'.repeat(64) },
  { why: 'a name of 256 octets', name: `${'a'.repeat(62)}.`.repeat(4) + 'ab' },
  { why: 'a character outside ASCII', name: 'ü.test' },
  { why: 'an unfinished escape', name: 'a\\' },
  { why: 'an escape of two digits', name: 'a\\12' },
  { why: 'an escape above 255', name: 'a\\256' },
]

test.for(unwritable)('writing refuses $why', ({ name }) => {
  expect(() => encodeName(name)).toThrow(RangeError)
})

test('writing into too little room is refused instead of cut off', () => {
  expect(() => writeName('www.example.test', new Uint8Array(8), 0)).toThrow(RangeError)
})

test('every name of octets survives both directions', () => {
  const label = fc.uint8Array({ minLength: 1, maxLength: 63 })
  fc.assert(
    fc.property(fc.array(label, { maxLength: 3 }), (labels) => {
      const wire = bytes(...labels.flatMap((octets) => [octets.length, ...octets]), 0)
      const { name, next } = readName(wire, 0)
      expect(next).toBe(wire.length)
      expect(encodeName(name)).toEqual(wire)
    }),
  )
})

test('random octets are read or refused, nothing else', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 600 }), fc.nat(600), (wire, at) => {
      try {
        const { name, next } = readName(wire, at)
        expect(next).toBeLessThanOrEqual(wire.length)
        expect(encodeName(name).length).toBeLessThanOrEqual(255)
      } catch (error) {
        expect(error).toBeInstanceOf(MalformedMessage)
      }
    }),
    { numRuns: 500 },
  )
})
