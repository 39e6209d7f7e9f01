import { expect, test } from 'vitest'
import type { ZObject } from 'zapier-platform-core'
import { type Delivery, isFirst } from './delivery.ts'

const DELIVERY = { uuid: 'req_1' } as Delivery

function withCache(cache: Partial<ZObject['cache']>): ZObject {
  return { cache } as unknown as ZObject
}

const failing = async (): Promise<never> => {
  throw new Error('the cache is down')
}

test.for([
  { why: 'it cannot be read', cache: { get: failing } },
  { why: 'it cannot be written', cache: { get: async () => null, set: failing } },
])('a delivery is told although Zapier’s cache fails: $why', async ({ cache }) => {
  expect(await isFirst(withCache(cache), DELIVERY)).toBe(true)
})

test('what was told is remembered for longer than the server repeats it', async () => {
  const kept: unknown[] = []
  const set = async (...args: unknown[]): Promise<boolean> => kept.push(args) > 0
  await isFirst(withCache({ get: async () => null, set }), DELIVERY)
  expect(kept).toEqual([['delivery req_1', true, 48 * 3600]])
})
