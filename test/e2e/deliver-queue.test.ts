/** The deliverer on the embedded store and real sockets: order, retries, leases, fairness, and stopping. */
import { type DeliveryId, RETRY_DELAYS, testBody, type Webhook } from '@dnsradar/core'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { expect, test, vi } from 'vitest'
import { bodySignature, textHeaders } from '../harness/delivered.ts'
import { type DeliveryBench, openDeliveryBench } from '../harness/delivery-bench.ts'
import { type ReceivedRequest, startReceiver } from '../harness/webhook-receiver.ts'

const SECRET = 'your-webhook-secret-key'
const FIRST_PAGE = { limit: 100, way: 'asc', after: null, before: null } as const
const sequences = (requests: readonly ReceivedRequest[]) =>
  requests.map(({ headers }) => Number(headers['webhook-sequence']))

async function deliveries({ store, orgId }: DeliveryBench, webhook: Webhook) {
  return (await store.deliveries.list(orgId, webhook.id, {}, FIRST_PAGE)).items
}

async function current({ store, orgId }: DeliveryBench, webhook: Webhook): Promise<Webhook> {
  const found = await store.webhooks.get(orgId, webhook.id)
  if (found === null) throw new Error('the webhook is gone')
  return found
}

/** Waits until the first delivery has had so many attempts written down. */
async function attempted(bench: DeliveryBench, webhook: Webhook, count: number): Promise<void> {
  await vi.waitFor(async () => expect((await deliveries(bench, webhook))[0]?.attempts).toBe(count), 10_000)
}

test('what arrives verifies by both schemes, over the raw bytes and over the body parsed and serialised again', async () => {
  await using bench = await openDeliveryBench()
  await using receiver = await startReceiver()
  await bench.webhook({ url: receiver.url })
  await bench.record(1)
  bench.deliver()
  const request = await receiver.next()
  expect(request.headers['x-dnsradar-signature']).toBe(bodySignature(SECRET, request.raw))
  expect(bodySignature(SECRET, Buffer.from(JSON.stringify(JSON.parse(request.body))))).toBe(
    request.headers['x-dnsradar-signature'],
  )
  // The library refuses what is older than five minutes by its own clock, which is not this test's.
  vi.setSystemTime(bench.clock.now())
  try {
    const verified = new StandardWebhook(SECRET, { format: 'raw' }).verify(request.body, textHeaders(request))
    expect(verified).toMatchObject({ uuid: request.headers['webhook-id'] })
  } finally {
    vi.useRealTimers()
  }
})

test('a queue arrives in order, over one connection, each once', async () => {
  await using bench = await openDeliveryBench()
  await using receiver = await startReceiver()
  const webhook = await bench.webhook({ url: receiver.url })
  await bench.record(70)
  bench.deliver()
  const requests = await receiver.waitFor(70)
  await vi.waitFor(async () => expect(await current(bench, webhook)).toMatchObject({ pending: 0 }))
  expect(sequences(requests)).toEqual(Array.from({ length: 70 }, (_, i) => i + 1))
  expect(new Set(requests.map(({ connection }) => connection)).size).toBe(1)
})

test('an event that occurs while the loop sleeps is sent as soon as it is poked', async () => {
  await using bench = await openDeliveryBench()
  await using receiver = await startReceiver()
  await bench.webhook({ url: receiver.url })
  const deliverer = bench.deliver()
  await vi.waitFor(() => expect(bench.clock.waiting).toBe(1))
  await bench.record(1)
  deliverer.poke()
  expect(sequences([await receiver.next()])).toEqual([1])
})

test('a failing head is tried by the schedule and never more often, then the webhook gives up', async () => {
  await using bench = await openDeliveryBench()
  await using receiver = await startReceiver()
  receiver.answer(500)
  const webhook = await bench.webhook({ url: receiver.url })
  await bench.record(2)
  const begin = bench.clock.now()
  // The documented schedule a thousand times faster: the loop looks once a second, and 46 hours have many of them.
  const delays = RETRY_DELAYS.map((delay) => delay / 1000)
  bench.deliver({ policy: { delays, random: () => 0 } })
  await attempted(bench, webhook, 1)
  for (const [i, delay] of delays.entries()) {
    await vi.waitFor(() => expect(bench.clock.waiting).toBe(1))
    await bench.clock.advance(delay)
    await attempted(bench, webhook, i + 2)
  }
  await bench.clock.advance(600_000)
  const [first, second] = await deliveries(bench, webhook)
  if (first === undefined) throw new Error('no delivery')
  const started = (await bench.store.deliveries.attempts(bench.orgId, first.id)).map(
    (attempt) => attempt.started - begin,
  )
  expect(started).toEqual([0, ...delays].map((_, i) => delays.slice(0, i).reduce((sum, delay) => sum + delay, 0)))
  expect(await current(bench, webhook)).toMatchObject({
    isActive: false,
    disabledReason: 'gave_up',
    lastError: 'HTTP 500',
  })
  expect([first.status, second?.status]).toEqual(['FAILED', 'FAILED'])
  expect(new Set(sequences(receiver.requests))).toEqual(new Set([1]))
  expect(receiver.requests).toHaveLength(10)
})

test('all attempts of a delivery carry one id, one body and one hex signature, each its own time', async () => {
  await using bench = await openDeliveryBench()
  await using receiver = await startReceiver()
  receiver.answer(500, 2)
  const webhook = await bench.webhook({ url: receiver.url })
  await bench.record(1)
  bench.deliver()
  for (const [i, delay] of RETRY_DELAYS.slice(0, 2).entries()) {
    await attempted(bench, webhook, i + 1)
    await vi.waitFor(() => expect(bench.clock.waiting).toBe(1))
    await bench.clock.advance(delay)
  }
  const requests = await receiver.waitFor(3)
  const distinct = (name: string) => new Set(requests.map(({ headers }) => headers[name])).size
  expect(new Set(requests.map(({ body }) => body)).size).toBe(1)
  expect([distinct('webhook-id'), distinct('x-dnsradar-signature')]).toEqual([1, 1])
  expect([distinct('webhook-timestamp'), distinct('x-webhook-timestamp'), distinct('webhook-signature')]).toEqual([
    3, 3, 3,
  ])
})

test('after a success the waiting rest follows at once', async () => {
  await using bench = await openDeliveryBench()
  await using receiver = await startReceiver()
  receiver.answer(503, 1)
  const webhook = await bench.webhook({ url: receiver.url })
  await bench.record(4)
  bench.deliver()
  await attempted(bench, webhook, 1)
  expect(await current(bench, webhook)).toMatchObject({ retries: 1, lastError: 'HTTP 503', pending: 4 })
  await vi.waitFor(() => expect(bench.clock.waiting).toBe(1))
  await bench.clock.advance(5 * 60_000)
  expect(sequences(await receiver.waitFor(5))).toEqual([1, 1, 2, 3, 4])
  await vi.waitFor(async () =>
    expect(await current(bench, webhook)).toMatchObject({ retries: 0, lastError: null, pending: 0 }),
  )
})

test('a success clears the count: the next head starts its own', async () => {
  await using bench = await openDeliveryBench()
  await using receiver = await startReceiver()
  for (const status of [500, 200, 500]) receiver.answer(status, 1)
  const webhook = await bench.webhook({ url: receiver.url })
  await bench.record(2)
  bench.deliver()
  await attempted(bench, webhook, 1)
  await vi.waitFor(() => expect(bench.clock.waiting).toBe(1))
  await bench.clock.advance(5 * 60_000)
  await vi.waitFor(async () =>
    expect(await current(bench, webhook)).toMatchObject({ pending: 1, lastError: 'HTTP 500' }),
  )
  const { retries, nextAttempt } = await current(bench, webhook)
  expect([retries, nextAttempt]).toEqual([1, bench.clock.now() + 5 * 60_000])
  expect(sequences(receiver.requests)).toEqual([1, 1, 2])
})

test('a test goes beside the queue: a failed one changes nothing, an accepted one wakes the head', async () => {
  await using bench = await openDeliveryBench()
  await using receiver = await startReceiver()
  receiver.answer(500)
  const webhook = await bench.webhook({ url: receiver.url })
  await bench.record(1)
  const deliverer = bench.deliver()
  await attempted(bench, webhook, 1)
  const sendTest = async () => {
    const body = ({ id, created }: { id: DeliveryId; created: number }, to: Webhook) =>
      testBody(id.slice('req_'.length), created, to)
    const made = await bench.store.deliveries.createTest(bench.orgId, webhook.id, body)
    if (made === null) throw new Error('no test was made')
    deliverer.poke()
    await vi.waitFor(async () => {
      expect(await bench.store.deliveries.get(bench.orgId, webhook.id, made.id)).toMatchObject({ attempts: 1 })
    })
  }
  await sendTest()
  expect(await current(bench, webhook)).toMatchObject({ retries: 1, lastError: 'HTTP 500' })
  expect(receiver.requests[1]?.headers).toMatchObject({ 'x-dnsradar-webhook': webhook.id })
  expect(receiver.requests[1]?.headers).not.toHaveProperty('webhook-sequence')
  receiver.answer(200)
  await sendTest()
  await vi.waitFor(async () => expect(await current(bench, webhook)).toMatchObject({ retries: 0, pending: 0 }))
  expect(receiver.requests).toHaveLength(4)
})

test('a webhook disabled during an attempt sends nothing more, and the attempt is history only', async () => {
  await using bench = await openDeliveryBench()
  await using receiver = await startReceiver()
  let answer = (): void => {}
  receiver.answer((_request, response) => {
    answer = () => void response.writeHead(500).end()
  })
  const webhook = await bench.webhook({ url: receiver.url })
  await bench.record(2)
  const deliverer = bench.deliver()
  await receiver.next()
  await bench.store.webhooks.setActive(bench.orgId, webhook.id, { isActive: false, reason: 'manual' })
  answer()
  await deliverer.stop()
  const [first] = await deliveries(bench, webhook)
  if (first === undefined) throw new Error('no delivery')
  expect(await bench.store.deliveries.attempts(bench.orgId, first.id)).toMatchObject([{ late: true }])
  expect(await current(bench, webhook)).toMatchObject({ disabledReason: 'manual', lastError: null, retries: 0 })
  expect(receiver.requests).toHaveLength(1)
})

test('stopping finishes the attempt in flight, writes it down, and leaves the rest to whoever comes next', async () => {
  await using bench = await openDeliveryBench()
  await using receiver = await startReceiver()
  receiver.answer('slow:50')
  const webhook = await bench.webhook({ url: receiver.url })
  await bench.record(3)
  const first = bench.deliver()
  await receiver.next()
  await first.stop()
  expect(await current(bench, webhook)).toMatchObject({ pending: 2 })
  bench.deliver()
  expect(sequences(await receiver.waitFor(3))).toEqual([1, 2, 3])
})

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
  await vi.waitFor(async () => expect((await deliveries(bench, alive))[0]?.status).toBe('DELIVERED'))
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
      expect((await deliveries(bench, alive))[0]?.status).toBe('DELIVERED')
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
  await vi.waitFor(async () => expect((await deliveries(bench, other))[0]?.status).toBe('DELIVERED'))
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
  expect(sequences(requests.filter(({ path }) => path === '/long'))).toEqual(
    Array.from({ length: 120 }, (_, i) => i + 1),
  )
})

test('an outcome that cannot be written is written later, and its request is not repeated', async () => {
  await using bench = await openDeliveryBench()
  await using receiver = await startReceiver()
  const webhook = await bench.webhook({ url: receiver.url })
  await bench.record(2)
  const { queue } = bench.store
  const settle = vi
    .fn<typeof queue.settle>(queue.settle)
    .mockRejectedValueOnce(new Error('disk full'))
    .mockRejectedValueOnce(new Error('disk full'))
  bench.deliver({ store: { queue: { ...queue, settle } } })
  await vi.waitFor(async () => {
    await bench.clock.advance(100)
    expect(await current(bench, webhook)).toMatchObject({ pending: 0 })
  })
  expect(sequences(receiver.requests)).toEqual([1, 2])
  expect(bench.logged.filter(({ level }) => level === 'error')).toHaveLength(2)
})

test('a claim that fails is tried again after a pause', async () => {
  await using bench = await openDeliveryBench()
  await using receiver = await startReceiver()
  await bench.webhook({ url: receiver.url })
  await bench.record(1)
  const { queue } = bench.store
  const claimDue = vi.fn<typeof queue.claimDue>(queue.claimDue).mockRejectedValueOnce(new Error('database is locked'))
  bench.deliver({ store: { queue: { ...queue, claimDue } } })
  await vi.waitFor(() => expect(bench.clock.waiting).toBe(1))
  expect(receiver.requests).toHaveLength(0)
  await bench.clock.advance(1000)
  expect(sequences([await receiver.next()])).toEqual([1])
})

test('a lease that took more than a third of its time to renew is not sent under', async () => {
  await using bench = await openDeliveryBench()
  await using receiver = await startReceiver()
  await bench.webhook({ url: receiver.url, timeoutMs: 5000 })
  await bench.record(1)
  const { queue } = bench.store
  let stalled = 0
  const clock = { ...bench.clock, monotonic: () => performance.now() + stalled }
  const renew = vi.fn<typeof queue.renew>(queue.renew).mockImplementationOnce(async (...args) => {
    stalled += 5001
    return queue.renew(...args)
  })
  bench.deliver({ clock, store: { queue: { ...queue, renew } } })
  expect(sequences([await receiver.next()])).toEqual([1])
  expect(renew).toHaveBeenCalledTimes(2)
  expect(bench.logged.filter(({ level }) => level === 'warn')).toHaveLength(1)
})

test('each attempt is one line in the log, without url, headers, body or secret', async () => {
  await using bench = await openDeliveryBench()
  await using receiver = await startReceiver()
  receiver.answer(500, 1)
  const webhook = await bench.webhook({
    url: `${receiver.url}?token=hunter2`,
    headers: [['Authorization', 'Bearer hunter2']],
  })
  await bench.record(1)
  bench.deliver()
  await attempted(bench, webhook, 1)
  const [delivery] = await deliveries(bench, webhook)
  expect(bench.logged).toEqual([
    {
      level: 'info',
      message: 'delivery attempted',
      fields: {
        webhook: webhook.id,
        delivery: delivery?.id,
        attempt: 1,
        outcome: 'http_status',
        status: 500,
        durationMs: expect.any(Number),
      },
    },
  ])
  expect(JSON.stringify(bench.logged)).not.toMatch(/hunter2|127\.0\.0\.1|your-webhook/)
})
