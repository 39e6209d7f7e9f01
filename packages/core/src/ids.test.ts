import fc from 'fast-check'
import { fromUUIDBytes } from 'typeid-js'
import { expect, test } from 'vitest'
import { createMint, idFromBytes, idFromHex, idToBytes, parseId, timeOf } from './ids.ts'

const zeros = (length: number): Uint8Array => new Uint8Array(length)
const NOW = Date.UTC(2026, 10, 21)

test('an id tells the millisecond it was made in', () => {
  expect(timeOf(createMint(() => NOW, zeros)('mon'))).toBe(NOW)
})

test('ids carry the version and variant of RFC 9562', () => {
  const bytes = idToBytes(
    createMint(
      () => NOW,
      (length) => new Uint8Array(length).fill(0xff),
    )('evt'),
  )
  expect((bytes[6] ?? 0) >> 4).toBe(7)
  expect((bytes[8] ?? 0) >> 6).toBe(0b10)
})

test('ids of one process increase, within a millisecond and when the clock steps back', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(50), { minLength: 2, maxLength: 300 }), (times) => {
      let i = 0
      const mint = createMint(() => NOW + (times[Math.min(i++, times.length - 1)] ?? 0), zeros)
      const ids = times.map(() => mint('req'))
      expect(ids).toEqual(ids.toSorted())
      expect(new Set(ids).size).toBe(ids.length)
    }),
  )
})

test('more ids than the counter holds borrow the next millisecond instead of repeating', () => {
  const mint = createMint(() => NOW, zeros)
  const ids = Array.from({ length: 10_000 }, () => mint('mon'))
  expect(new Set(ids).size).toBe(10_000)
  expect(ids).toEqual(ids.toSorted())
})

test('text and bytes of an id are two forms of one thing', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      const id = idFromBytes('grp', bytes)
      expect(idToBytes(id)).toEqual(bytes)
      expect(parseId('grp', id)).toBe(id)
    }),
  )
})

test('octets in hexadecimal, in either case, are the same id', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      const hex = Buffer.from(bytes).toString('hex')
      expect(idFromHex('mon', hex)).toBe(idFromBytes('mon', bytes))
      expect(idFromHex('mon', hex.toUpperCase())).toBe(idFromBytes('mon', bytes))
    }),
  )
})

test('ids are the TypeIDs that the library of their specification writes', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 16, maxLength: 16 }), (bytes) => {
      expect(idFromBytes('evt', bytes)).toBe(fromUUIDBytes('evt', bytes))
    }),
  )
})

test.for([
  { why: 'another prefix', text: 'wh_01h455vb4pex5vsknk084sn02q' },
  { why: 'no suffix', text: 'mon_' },
  { why: 'a letter outside the alphabet', text: 'mon_01h455vb4pex5vsknk084sn02l' },
  { why: 'upper case', text: 'mon_01H455VB4PEX5VSKNK084SN02Q' },
  { why: 'more than 128 bits', text: 'mon_81h455vb4pex5vsknk084sn02q' },
  { why: 'a tail', text: 'mon_01h455vb4pex5vsknk084sn02q ' },
])('$why is not an id', ({ text }) => {
  expect(parseId('mon', text)).toBeNull()
})
