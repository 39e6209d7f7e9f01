import { expect, test } from 'vitest'
import type { OrganizationId } from '../ids.ts'
import { createSlots, type SlotUser } from './slots.ts'

const limits = { total: 8, perOrigin: 2, retries: 3, perOrganization: 4, aside: 2 }
const ORG: OrganizationId = 'org_a'

function use(name: number | string, change: Partial<SlotUser> = {}): SlotUser {
  return { origin: `https://${name}.example`, orgId: ORG, isRetry: false, ...change }
}

test('no more are handed out than there are', () => {
  const slots = createSlots(limits)
  const taken = Array.from({ length: 9 }, (_, i) => slots.take(use(i)))
  expect(taken.filter((slot) => slot !== null)).toHaveLength(8)
  expect([slots.free, slots.freeForRetries, slots.claimable]).toEqual([0, 0, 0])
})

test('one origin gets its share and the others still get theirs', () => {
  const slots = createSlots(limits)
  expect([1, 2, 3].map(() => slots.take(use('a')) !== null)).toEqual([true, true, false])
  expect(slots.take(use('b'))).not.toBeNull()
})

test('retries get their share and first attempts get the rest', () => {
  const slots = createSlots(limits)
  expect(slots.freeForRetries).toBe(3)
  const retries = [1, 2, 3, 4].map((i) => slots.take(use(i, { isRetry: true })) !== null)
  expect(retries).toEqual([true, true, true, false])
  expect(slots.freeForRetries).toBe(0)
  expect(slots.take(use(4))).not.toBeNull()
})

test('retries get no more than first attempts have left', () => {
  const slots = createSlots(limits)
  for (let i = 0; i < 7; i++) slots.take(use(i))
  expect(slots.freeForRetries).toBe(1)
})

test('an organization yields from its share on, and may still use what nobody else wants', () => {
  const slots = createSlots(limits)
  for (let i = 0; i < 3; i++) slots.take(use(i))
  expect(slots.yielding).toEqual([])
  const last = slots.take(use(3))
  expect(slots.yielding).toEqual([ORG])
  expect(slots.take(use(4))).not.toBeNull()
  slots.take(use(5, { orgId: 'org_b' }))
  last?.giveBack()
  expect(slots.yielding).toEqual([ORG])
})

test('no claim can lift an organization above its share', () => {
  const slots = createSlots(limits)
  const claimable = [slots.claimable]
  for (let i = 0; i < 4; i++) {
    slots.take(use(i))
    claimable.push(slots.claimable)
  }
  // With the fourth it yields, so that a claim brings others before it.
  expect(claimable).toEqual([4, 3, 2, 1, 4])
  slots.take(use(5, { orgId: 'org_b' }))
  expect(slots.claimable).toBe(3)
  for (const i of [6, 7]) slots.take(use(i, { orgId: 'org_c' }))
  expect(slots.claimable).toBe(1)
})

test('a slot given back can be taken again, in its origin, its lane and its organization', () => {
  const slots = createSlots({ total: 1, perOrigin: 1, retries: 1, perOrganization: 1, aside: 0 })
  const take = () => slots.take(use('a', { isRetry: true }))
  take()?.giveBack()
  expect([slots.free, slots.yielding]).toEqual([1, []])
  expect(take()).not.toBeNull()
})

test('a first attempt that waits for a slow receiver makes room, in its organization too, but not at its origin', () => {
  const slots = createSlots(limits)
  for (const _ of [1, 2]) slots.take(use('slow'))?.attempt(1000)
  slots.take(use('quick'))?.attempt(2000)
  slots.relieve(1500)
  expect([slots.free, slots.claimable]).toEqual([7, 3])
  expect(slots.take(use('slow'))).toBeNull()
})

test('retries stay few however long they wait', () => {
  const slots = createSlots(limits)
  for (const i of [1, 2, 3]) slots.take(use(i, { isRetry: true }))?.attempt(1000)
  slots.relieve(1500)
  expect([slots.free, slots.freeForRetries]).toEqual([5, 0])
})

test('a slot whose attempt has not begun stays taken, and so does one whose last attempt began late', () => {
  const slots = createSlots(limits)
  slots.take(use('waiting'))
  const flush = slots.take(use('long queue'))
  flush?.attempt(1000)
  flush?.attempt(2000)
  slots.relieve(1500)
  expect(slots.free).toBe(6)
})

test('there is only so much room aside, and it is free again when the attempt ends', () => {
  const slots = createSlots(limits)
  const slow = [1, 2, 3].map((i) => slots.take(use(i)))
  for (const slot of slow) slot?.attempt(1000)
  slots.relieve(1500)
  expect(slots.free).toBe(7)
  slow[0]?.giveBack()
  slots.relieve(1500)
  expect(slots.free).toBe(8)
  for (const slot of slow) slot?.giveBack()
  expect([slots.free, slots.yielding]).toEqual([8, []])
})
