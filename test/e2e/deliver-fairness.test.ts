/** The deliverer among many receivers: none that hangs, and no long queue, keeps the others waiting. */
import { expect, test, vi } from 'vitest'
import { sequencesOf } from '../harness/delivered.ts'
import { attempted, deliveriesTo, openDeliveryBench } from '../harness/delivery-bench.ts'
import { startReceiver } from '../harness/webhook-receiver.ts'

test('receivers that hang keep neither other receivers nor first attempts waiting', async () => {
  await using bench = await openDeliveryBench()
  await using receiver = await startReceiver()
  const dead = Array.from({ length: 12 }, (_, i) => `http://dead-${i}.example:${receiver.port}/`)
  receiver.answer(500)
  const webhooks = []
  for (const url of dead) webhooks.push(await bench.webhook({ url }))
  await bench.record(1)
  const deliverer = bench.deliver({ slots: 8 })
  for (const webhook of webhooks) await attempted(bench, webhook, 1)
  receiver.answer(({ headers }, response) => void (headers.host?.startsWith('alive') && response.end()))
  await vi.waitFor(() => expect(bench.clock.waiting).toBe(1))
  await bench.clock.advance(5 * 60_000)
  // A quarter of the eight slots is taken by retries that hang; ten of twelve wait for one.
  await receiver.waitFor(14)
  const alive = await bench.webhook({ url: `http://alive.example:${receiver.port}/` })
  await bench.record(1)
  deliverer.poke()
  await vi.waitFor(async () => expect((await deliveriesTo(bench, alive))[0]?.status).toBe('DELIVERED'))
  expect(receiver.requests.slice(12).map(({ headers }) => headers.host?.split('-')[0])).toEqual([
    'dead',
    'dead',
    `alive.example:${receiver.port}`,
  ])
  await receiver.dropConnections()
})

test('receivers that all hang from one moment on make room for a healthy one while they hang', async () => {
  await using bench = await openDeliveryBench()
  await using receiver = await startReceiver()
  receiver.answer(({ headers }, response) => void (headers.host?.startsWith('alive') && response.end()))
  for (let i = 0; i < 8; i++) await bench.webhook({ url: `http://hanging-${i}.example:${receiver.port}/` })
  await bench.record(1)
  const deliverer = bench.deliver({ slots: 4 })
  await receiver.waitFor(4)
  const alive = await bench.webhook({ url: `http://alive.example:${receiver.port}/` })
  await bench.record(1)
  deliverer.poke()
  // Two rounds of four that hang, and each makes room once it has lasted a quarter of a second.
  await vi.waitFor(
    async () => {
      await bench.clock.advance(250)
      expect((await deliveriesTo(bench, alive))[0]?.status).toBe('DELIVERED')
    },
    { timeout: 4000 },
  )
  expect(receiver.requests.filter(({ headers }) => headers.host?.startsWith('hanging'))).toHaveLength(8)
  await receiver.dropConnections()
})

test('retries that no slot is there for are left to other processes', async () => {
  await using bench = await openDeliveryBench()
  await using receiver = await startReceiver()
  receiver.answer(500)
  const webhooks = []
  for (let i = 0; i < 3; i++) {
    webhooks.push(await bench.webhook({ url: `http://dead-${i}.example:${receiver.port}/`, timeoutMs: 300 }))
  }
  await bench.record(1)
  bench.deliver({ slots: 4 })
  for (const webhook of webhooks) await attempted(bench, webhook, 1)
  receiver.answer('hang')
  await vi.waitFor(() => expect(bench.clock.waiting).toBe(1))
  await bench.clock.advance(5 * 60_000)
  // One of the four slots is for retries, and two of three wait for it.
  await receiver.waitFor(4)
  bench.deliver({ slots: 4, node: 'nod_01jd00000000000000000000ab' })
  const requests = await receiver.waitFor(5)
  expect(new Set(requests.slice(3).map(({ headers }) => headers.host)).size).toBe(2)
})

test('an organization with many receivers that hang leaves slots to others, and takes what they do not need', async () => {
  await using bench = await openDeliveryBench()
  await using receiver = await startReceiver()
  receiver.answer('hang')
  for (let i = 0; i < 20; i++) {
    await bench.webhook({ url: `http://many-${i}.example:${receiver.port}/`, timeoutMs: 300 })
  }
  await bench.record(1)
  await bench.clock.advance(1000)
  const other = await bench.store.accounts.createOrganization({ name: 'other', plan: 'unlimited' })
  const filters = { events: ['resolver.*'], states: [], recordTypes: [], monitors: [] }
  const url = `http://other.example:${receiver.port}/`
  const example = await bench.webhook({ url, timeoutMs: 300, isActive: false })
  await bench.store.webhooks.create(other.id, { ...example, groups: null, filters, isActive: true }, 5)
  await bench.store.systemEvents.record(other.id, 'resolver.outage', {})
  bench.deliver({ slots: 8 })
  const requests = await receiver.waitFor(8)
  expect(requests.filter(({ headers }) => headers.host?.startsWith('other'))).toHaveLength(1)
})

test('one origin has at most four attempts in flight, and another is served meanwhile', async () => {
  await using bench = await openDeliveryBench()
  await using receiver = await startReceiver()
  receiver.answer(({ headers }, response) => void (headers.host?.startsWith('other') && response.end()))
  for (let i = 0; i < 10; i++) await bench.webhook({ url: `http://busy.example:${receiver.port}/${i}` })
  const other = await bench.webhook({ url: `http://other.example:${receiver.port}/` })
  await bench.record(1)
  bench.deliver({ slots: 5 })
  await vi.waitFor(async () => expect((await deliveriesTo(bench, other))[0]?.status).toBe('DELIVERED'))
  expect(receiver.requests.filter(({ headers }) => headers.host?.startsWith('busy'))).toHaveLength(4)
  receiver.answer(200)
  await receiver.dropConnections()
  // The four that were cut off failed and wait; the parked six go out.
  await receiver.waitFor(11)
})

test('stopping gives back what was claimed and waits for a slot', async () => {
  await using bench = await openDeliveryBench()
  await using receiver = await startReceiver()
  receiver.answer('hang')
  for (let i = 0; i < 10; i++) await bench.webhook({ url: `${receiver.origin}/${i}`, timeoutMs: 200 })
  await bench.record(1)
  const first = bench.deliver({ slots: 5 })
  await receiver.waitFor(4)
  await first.stop()
  expect(receiver.requests).toHaveLength(4)
  receiver.answer(200)
  bench.deliver()
  const requests = await receiver.waitFor(10)
  expect(new Set(requests.map(({ path }) => path)).size).toBe(10)
})

test('a long queue gives way to another webhook after its turn', async () => {
  await using bench = await openDeliveryBench()
  await using receiver = await startReceiver()
  await bench.webhook({ url: `${receiver.origin}/long` })
  await bench.record(119)
  await bench.webhook({ url: `${receiver.origin}/short` })
  await bench.record(1)
  await bench.clock.advance(1000)
  bench.deliver({ slots: 1 })
  const requests = await receiver.waitFor(121)
  expect(requests.findIndex(({ path }) => path === '/short')).toBeLessThanOrEqual(50)
  expect(sequencesOf(requests.filter(({ path }) => path === '/long'))).toEqual(
    Array.from({ length: 120 }, (_, i) => i + 1),
  )
})
