/** Retries: their schedule in full, what sets it going, what waits meanwhile, and how it ends. On a clock that the test moves. */
import type { WireMonitor, WireRequestDetail, WireWebhook } from '@dnsradar/client'
import { afterAll, beforeAll, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { deliveryIn } from '../../../../test/harness/delivered.ts'
import { type DnsServer, startDnsServer } from '../../../../test/harness/dns-server.ts'
import { freePort } from '../../../../test/harness/free-port.ts'
import {
  type Answer,
  type ReceivedRequest,
  type Receiver,
  startReceiver,
} from '../../../../test/harness/webhook-receiver.ts'
import { type Delivering, startDelivering } from '../delivering.ts'
import { HOUR, MINUTE, PATIENCE, SECOND, wireTime } from '../times.ts'

/** From each failure to the retry after it. */
const SCHEDULE = [5 * MINUTE, 10 * MINUTE, 15 * MINUTE, 30 * MINUTE, 1 * HOUR, 2 * HOUR, 6 * HOUR, 12 * HOUR, 24 * HOUR]

let watch: Delivering
/** Resolves the names of webhooks, and knows none. */
let names: DnsServer
/** Has a certificate that nobody has reason to trust. */
let untrusted: Receiver
let owner: Receiver
/** What the receiver answers at these paths; 200 at all others. */
const answers = new Map<string, number>()

beforeAll(async () => {
  names = await startDnsServer()
  untrusted = await startReceiver({ tls: true })
  owner = await startReceiver()
  watch = await startDelivering({ DNSRADAR_WEBHOOK_RESOLVERS: names.address, DNSRADAR_NOTIFY_URL: owner.url })
  watch.receiver.answer(({ path }, response) => {
    response.writeHead(answers.get(path) ?? 200, { location: '/followed' }).end()
  })
})
afterAll(async () => {
  await watch[Symbol.asyncDispose]()
  for (const around of [names, untrusted, owner]) await around[Symbol.asyncDispose]()
})

/** The deliveries that came to this path of the receiver, in order. */
const received = (path: string) => watch.receiver.requests.filter((request) => request.path === path)
const eventsIn = (requests: readonly ReceivedRequest[]) => requests.map((request) => deliveryIn(request).event)
const timesOf = (requests: readonly ReceivedRequest[]) => requests.map(({ headers }) => headers['x-webhook-timestamp'])
const atPath = (path: string) => ({ url: `${watch.receiver.origin}${path}` })

/** Moves on to this time, with a look around a second before: what came too early was sent by then. */
async function passUntil(time: number): Promise<void> {
  await watch.clock.leap(time - SECOND - watch.clock.now())
  await watch.clock.advance(SECOND)
}

describe('a receiver that fails', () => {
  /** Of the first attempt. */
  let begin: number
  let monitor: WireMonitor
  /** Its receiver never recovers by itself; the same, for the test that enables it; succeeds at the ninth retry; never fails. */
  let lost: WireWebhook
  let revived: WireWebhook
  let late: WireWebhook
  let healthy: WireWebhook
  /** What `lost` showed of itself after each failed attempt. */
  const shown: WireWebhook[] = []

  beforeAll(async () => {
    const groups = ['whole-schedule']
    monitor = await watch.valid('whole-schedule', { group: groups[0] })
    for (const path of ['/lost', '/revived', '/late']) answers.set(path, 500)
    lost = await watch.webhook({ ...atPath('/lost'), groups })
    revived = await watch.webhook({ ...atPath('/revived'), groups })
    late = await watch.webhook({ ...atPath('/late'), groups })
    healthy = await watch.webhook({ ...atPath('/healthy'), groups })

    await watch.become(monitor, 'MISMATCH')
    await watch.delivered(healthy.uuid)
    begin = watch.clock.now()
    await attempted(1)
    for (const state of ['VALID', 'NOT_FOUND'] as const) {
      await watch.become(monitor, state)
      await watch.delivered(healthy.uuid)
    }
    let failed = begin
    for (const [at, delay] of SCHEDULE.entries()) {
      if (at === SCHEDULE.length - 1) answers.delete('/late')
      failed += delay
      await passUntil(failed)
      await (at === SCHEDULE.length - 1 ? ended() : attempted(at + 2))
    }
  })

  async function attempted(tries: number): Promise<void> {
    for (const { uuid } of [lost, revived, late]) await watch.failing(uuid, tries)
    shown.push(await watch.readWebhook(lost.uuid))
  }

  async function ended(): Promise<void> {
    for (const { uuid } of [lost, revived, late]) await watch.delivered(uuid)
    shown.push(await watch.readWebhook(lost.uuid))
  }

  const dueAfter = (tries: number) => begin + SCHEDULE.slice(0, tries).reduce((sum, delay) => sum + delay, 0)

  test('is tried again nine times: after 5, 10, 15 and 30 minutes, 1, 2, 6, 12 and 24 hours', () => {
    expect(timesOf(received('/lost'))).toEqual([0, ...SCHEDULE].map((_, tries) => wireTime(dueAfter(tries))))
  })

  test('is tried with the event that failed, and those that occurred later wait', () => {
    expect(new Set(eventsIn(received('/lost')).map(({ new_state }) => new_state))).toEqual(new Set(['MISMATCH']))
    expect(shown.map(({ pending }) => pending)).toEqual([1, ...SCHEDULE.slice(1).map(() => 3), 0])
  })

  test('disables its webhook when the ninth retry fails, and not before', async () => {
    expect(shown.slice(0, -1)).toMatchObject(
      SCHEDULE.map((_, at) => ({
        is_active: true,
        disabled_reason: null,
        last_error: 'HTTP 500',
        next_attempt: wireTime(dueAfter(at + 1)),
      })),
    )
    expect(shown.at(-1)).toMatchObject({
      is_active: false,
      disabled_reason: 'gave_up',
      last_error: 'HTTP 500',
      last_executed: wireTime(dueAfter(SCHEDULE.length)),
      next_attempt: null,
    })
    expect(await watch.requests(lost.uuid)).toMatchObject([
      { status: 'FAILED', last_attempt: null },
      { status: 'FAILED', last_attempt: null },
      { status: 'FAILED', retries: 9 },
    ])
  })

  test('is told to the owner once, when its webhook is disabled', async () => {
    const notices = () =>
      owner.requests.map(({ body }) => JSON.parse(body)).filter(({ data }) => data.webhook?.uuid === lost.uuid)
    await vi.waitFor(() => expect(notices()).not.toEqual([]), PATIENCE)
    await watch.clock.advance(10 * MINUTE)
    expect(notices()).toMatchObject([
      { type: 'webhook.disabled', data: { webhook: { uuid: lost.uuid }, reason: 'gave_up', last_error: 'HTTP 500' } },
    ])
  })

  test('is sent nothing once its webhook is disabled, although it is back', async () => {
    answers.delete('/lost')
    const heard = received('/healthy').length
    await watch.become(monitor, 'MISMATCH')
    await watch.clock.advance(2 * HOUR)
    await watch.delivered(healthy.uuid)
    expect(received('/healthy')).toHaveLength(heard + 1)
    expect(received('/lost')).toHaveLength(1 + SCHEDULE.length)
  })

  test('hears of what happens next when its webhook is enabled, whose error is then gone', async () => {
    answers.delete('/revived')
    expect(await watch.readWebhook(revived.uuid)).toMatchObject({ is_active: false, last_error: 'HTTP 500' })
    const { status, body } = await watch.api.call('POST', `/webhooks/${revived.uuid}/enable`)
    expect(status).toBe(200)
    expect(body).toMatchObject({ is_active: true, disabled_reason: null, last_error: null, pending: 0 })
    await watch.become(monitor, 'INVALID')
    await watch.delivered(revived.uuid)
    const since = received('/revived').slice(1 + SCHEDULE.length)
    expect(eventsIn(since).map(({ new_state }) => new_state)).toEqual(['INVALID'])
  })

  test('but takes the ninth retry keeps its webhook, and gets at once what waited, in the order of occurrence', async () => {
    expect(await watch.readWebhook(late.uuid)).toMatchObject({ is_active: true, last_error: null })
    const taken = received('/late').slice(SCHEDULE.length, SCHEDULE.length + 3)
    expect(eventsIn(taken).map(({ new_state }) => new_state)).toEqual(['MISMATCH', 'VALID', 'NOT_FOUND'])
    expect(eventsIn(taken).map(({ occurred }) => occurred)).toEqual(
      [0, 1, 2].map((seconds) => wireTime(begin + seconds * SECOND)),
    )
    expect(new Set(timesOf(taken))).toEqual(new Set([wireTime(dueAfter(SCHEDULE.length))]))
  })

  test('keeps no other webhook of its group waiting', () => {
    const heard = received('/healthy').slice(0, 3)
    expect(timesOf(heard)).toEqual([0, 1, 2].map((seconds) => wireTime(begin + seconds * SECOND)))
  })
})

describe('one webhook', () => {
  let group: string
  let groups = 0
  beforeEach(() => {
    groups += 1
    group = `retried-${groups}`
  })

  /** A webhook in the test's group that has heard of one change, without success. */
  async function failing(change: object) {
    const webhook = await watch.webhook({ groups: [group], ...change })
    const monitor = await watch.valid(group, { group })
    await watch.become(monitor, 'MISMATCH')
    await watch.failing(webhook.uuid, 1)
    return { webhook, monitor }
  }

  /** Waits for so many failed tries, after which the next one is that far away. */
  async function expectWait({ uuid }: WireWebhook, tries: number, delay: number): Promise<number> {
    await watch.failing(uuid, tries)
    const due = watch.clock.now() + delay
    expect(await watch.readWebhook(uuid)).toMatchObject({ is_active: true, next_attempt: wireTime(due) })
    return due
  }

  test('begins its schedule anew after a success', async () => {
    const path = `/${group}`
    answers.set(path, 500)
    const { webhook, monitor } = await failing(atPath(path))
    await passUntil(await expectWait(webhook, 1, 5 * MINUTE))
    const due = await expectWait(webhook, 2, 10 * MINUTE)
    answers.delete(path)
    await passUntil(due)
    await watch.delivered(webhook.uuid)

    answers.set(path, 500)
    await watch.become(monitor, 'NOT_FOUND')
    await passUntil(await expectWait(webhook, 1, 5 * MINUTE))
    await expectWait(webhook, 2, 10 * MINUTE)
    const told = eventsIn(received(path)).map(({ new_state }) => new_state)
    expect(told).toEqual(['MISMATCH', 'MISMATCH', 'MISMATCH', 'NOT_FOUND', 'NOT_FOUND'])
  })

  const status = (code: number) => ({
    why: `an answer of ${code}`,
    error: 'http_status',
    url: () => {
      answers.set(`/answers-${code}`, code)
      return `${watch.receiver.origin}/answers-${code}`
    },
  })
  const failures: { why: string; error: string; url: () => string | Promise<string> }[] = [
    ...[300, 301, 304, 399, 400, 404, 499, 500, 599].map(status),
    { why: 'a refused connection', error: 'refused', url: async () => `http://127.0.0.1:${await freePort()}/` },
    { why: 'a host that does not resolve', error: 'dns', url: () => 'http://hooks.invalid/' },
    { why: 'a certificate that nobody vouches for', error: 'tls', url: () => untrusted.url },
  ]
  test.for(failures)('is tried again after $why, and again', async ({ error, url }) => {
    const { webhook } = await failing({ url: await url() })
    await passUntil(await expectWait(webhook, 1, 5 * MINUTE))
    await expectWait(webhook, 2, 10 * MINUTE)
    const [request] = await watch.requests(webhook.uuid)
    const { attempts } = await watch.get<WireRequestDetail>(`/webhooks/${webhook.uuid}/requests/${request?.uuid}`)
    expect(attempts.map(({ error_class }) => error_class)).toEqual([error, error])
    expect(received('/followed')).toEqual([])
  })

  test('is tried again when its receiver needs more than five seconds, and not when it needs less', async () => {
    const receiverThat = async (answer: Answer) => {
      const receiver = await startReceiver()
      onTestFinished(() => receiver.close())
      receiver.answer(answer)
      return receiver
    }
    const [brisk, slow] = [await receiverThat('slow:2500'), await receiverThat('slow:6000')]
    const taken = await watch.webhook({ url: brisk.url, groups: [group] })
    const { webhook } = await failing({ url: slow.url })
    expect(await watch.readWebhook(webhook.uuid)).toMatchObject({
      last_error: expect.stringMatching(/^Connection timeout after 5 s/),
    })
    slow.answer(200)
    await passUntil(await expectWait(webhook, 1, 5 * MINUTE))
    for (const { uuid } of [webhook, taken]) {
      await watch.delivered(uuid)
      expect(await watch.requests(uuid)).toMatchObject([{ status: 'DELIVERED' }])
    }
    expect([brisk, slow].map(({ requests }) => requests.length)).toEqual([1, 2])
  })

  test.for([
    { action: 'disable', was: true, is: { is_active: false, disabled_reason: 'manual' } },
    { action: 'enable', was: false, is: { is_active: true, disabled_reason: null } },
  ])('is the whole answer to /$action', async ({ action, was, is }) => {
    const { uuid } = await watch.webhook({ groups: [group], headers: { 'X-A': '1' }, is_active: was })
    const before = await watch.readWebhook(uuid)
    const { status: answered, body } = await watch.api.call('POST', `/webhooks/${uuid}/${action}`)
    expect({ status: answered, body }).toEqual({ status: 200, body: { ...before, ...is } })
    expect(await watch.readWebhook(uuid)).toEqual(body)
  })
})
