import { expect, test } from 'vitest'
import { generateKey, parseKeyRing, seal, unseal } from './seal.ts'

const place = { orgId: 'org_1', rowId: 'wh_1', column: 'secret' }
const ring = parseKeyRing(generateKey())

test('what was sealed opens in its own place', () => {
  expect(unseal(ring, place, seal(ring, place, 'whsec_ü😀'))).toBe('whsec_ü😀')
})

test('the empty text can be sealed', () => {
  expect(unseal(ring, place, seal(ring, place, ''))).toBe('')
})

test('sealing twice gives different bytes', () => {
  expect(seal(ring, place, 'same')).not.toEqual(seal(ring, place, 'same'))
})

test.for([
  { why: 'another organization', moved: { ...place, orgId: 'org_2' } },
  { why: 'another row', moved: { ...place, rowId: 'wh_2' } },
  { why: 'another column', moved: { ...place, column: 'headers' } },
])('a value moved to $why does not open', ({ moved }) => {
  expect(() => unseal(ring, moved, seal(ring, place, 'secret'))).toThrow()
})

test('a value with any one bit changed does not open', () => {
  const sealed = seal(ring, place, 'secret')
  for (let i = 0; i < sealed.length; i++) {
    const changed = Buffer.from(sealed)
    changed[i] = (changed[i] ?? 0) ^ 1
    expect(() => unseal(ring, place, changed), `byte ${i}`).toThrow()
  }
})

test('a cut value does not open', () => {
  const sealed = seal(ring, place, 'secret')
  for (let length = 0; length < sealed.length; length++) {
    expect(() => unseal(ring, place, sealed.subarray(0, length)), `${length} bytes`).toThrow()
  }
})

test('the first key of a ring seals and every key opens', () => {
  const old = generateKey()
  const sealedBefore = seal(parseKeyRing(old), place, 'before')
  const rotated = parseKeyRing(`${generateKey()},${old}`)
  expect(unseal(rotated, place, sealedBefore)).toBe('before')
  expect(() => unseal(parseKeyRing(old), place, seal(rotated, place, 'after'))).toThrow(/key ring lacks/)
})

test.for([
  { why: 'nothing', text: '' },
  { why: 'a key without an id', text: `:${Buffer.alloc(32).toString('base64')}` },
  { why: 'a key of 31 bytes', text: `a:${Buffer.alloc(31).toString('base64')}` },
  { why: 'a key with more behind it', text: `a:${Buffer.alloc(32).toString('base64')}x` },
  { why: 'a key of 33 bytes', text: `a:${Buffer.alloc(33).toString('base64')}` },
  {
    why: 'two keys with one id',
    text: `a:${Buffer.alloc(32).toString('base64')},a:${Buffer.alloc(32, 1).toString('base64')}`,
  },
])('a key ring of $why is refused without showing it', ({ text }) => {
  expect(() => parseKeyRing(text)).toThrow(/^Key \d of the key ring is not/)
})
