/** The deliverer on a store of its own and real sockets: order, retries, leases, stopping, and what it logs. */
import { type DeliveryId, RETRY_DELAYS, testBody, type Webhook } from '@dnsradar/core'
import { Webhook as StandardWebhook } from 'standardwebhooks'
import { expect, test, vi } from 'vitest'
import { bodySignature, sequencesOf, textHeaders } from '../harness/delivered.ts'
import { attempted, current, deliveriesTo, openDeliveryBench, SECRET } from '../harness/delivery-bench.ts'
import { startReceiver } from '../harness/webhook-receiver.ts'

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
  expect(sequencesOf(requests)).toEqual(Array.from({ length: 70 }, (_, i) => i + 1))
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
  expect(sequencesOf([await receiver.next()])).toEqual([1])
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
  const [first, second] = await deliveriesTo(bench, webhook)
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
  expect(new Set(sequencesOf(receiver.requests))).toEqual(new Set([1]))
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
  expect(sequencesOf(await receiver.waitFor(5))).toEqual([1, 1, 2, 3, 4])
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
  expect(sequencesOf(receiver.requests)).toEqual([1, 1, 2])
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
  const [first] = await deliveriesTo(bench, webhook)
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
  expect(sequencesOf(await receiver.waitFor(3))).toEqual([1, 2, 3])
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
  expect(sequencesOf(receiver.requests)).toEqual([1, 2])
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
  expect(sequencesOf([await receiver.next()])).toEqual([1])
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
  expect(sequencesOf([await receiver.next()])).toEqual([1])
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
  const [delivery] = await deliveriesTo(bench, webhook)
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
