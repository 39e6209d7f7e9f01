import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { generateApiKey, newApiKey } from './keys.ts'

test('a generated key is sk_ and 40 base62 characters', () => {
  const keys = Array.from({ length: 100 }, () => generateApiKey(randomBytes))
  for (const key of keys) expect(key).toMatch(/^sk_[0-9A-Za-z]{40}$/)
  expect(new Set(keys).size).toBe(100)
})

test('bytes that would favour some letters are passed over', () => {
  let calls = 0
  const bytes = (length: number) => new Uint8Array(length).fill(calls++ === 0 ? 255 : 61)
  expect(generateApiKey(bytes)).toBe(`sk_${'z'.repeat(40)}`)
  expect(calls).toBe(2)
})

test('what is stored of a key is 32 bytes that say nothing of it', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 16 }), fc.string({ minLength: 16 }), (one, other) => {
      const stored = newApiKey(one, 'k', ['read'])
      expect(stored.hash).toHaveLength(32)
      expect(Buffer.from(stored.hash).equals(Buffer.from(newApiKey(other, 'k', ['read']).hash))).toBe(one === other)
      expect(Object.values(stored)).not.toContain(one)
    }),
  )
})
