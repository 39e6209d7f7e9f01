/** What people can do about deliveries: try again, send once more, recover, change the secret. On a clock that they move. */
import {
  verifyWebhook,
  type WireMonitor,
  type WireRequest,
  type WireWebhook,
  type WireWebhookWithSecret,
} from '@dnsradar/client'
import type { WebhookId } from '@dnsradar/core'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { bodySignature, deliveryIn } from '../../../test/harness/delivered.ts'
import type { ReceivedRequest } from '../../../test/harness/webhook-receiver.ts'
import { expectProblem, READER, type Reply } from './api.ts'
import { type Delivering, MINUTE, SECOND, startDelivering } from './contract/delivering.ts'

const UNKNOWN_WEBHOOK = 'wh_01h455vb4pex5vsknk084sn02q'
const UNKNOWN_REQUEST = 'req_01h455vb4pex5vsknk084sn02q'
const PATIENCE = { timeout: 10_000, interval: 10 }

let watch: Delivering
/** The test's own: its monitor and its webhook meet there, and its webhook's url ends with it. */
let group: string
let groups = 0
beforeAll(async () => {
  watch = await startDelivering()
})
beforeEach(() => {
  groups += 1
  group = `control-${groups}`
})
afterAll(() => watch[Symbol.asyncDispose]())

const post = (path: string, json?: object, headers?: Record<string, string>): Promise<Reply> =>
  watch.api.call('POST', path, {
    ...(json === undefined ? {} : { json }),
    ...(headers === undefined ? {} : { headers }),
  })
const received = () => watch.receiver.requests.filter(({ path }) => path === `/${group}`)
const sequences = (requests: readonly ReceivedRequest[]) =>
  requests.map(({ headers }) => Number(headers['webhook-sequence']))

interface Stage {
  readonly webhook: WireWebhook
  readonly monitor: WireMonitor
  readonly path: string
}

async function stage(change: object = {}): Promise<Stage> {
  const url = `${watch.receiver.origin}/${group}`
  const webhook = await watch.webhook({ url, groups: [group], ...change })
  const monitor = await watch.valid(group, { group })
  return { webhook, monitor, path: `/webhooks/${webhook.uuid}` }
}

/** So many changes of the record, one second apart. */
async function change({ monitor }: Stage, ...states: ('MISMATCH' | 'VALID' | 'NOT_FOUND')[]): Promise<void> {
  for (const state of states) await watch.become(monitor, state)
}

async function oldestFirst({ webhook }: Stage): Promise<readonly WireRequest[]> {
  return (await watch.requests(webhook.uuid)).toReversed()
}

/** A webhook whose head has failed once and waits for its retry, four minutes and more from now. */
async function failing(
  ...states: ('MISMATCH' | 'VALID' | 'NOT_FOUND')[]
): Promise<Stage & { readonly head: WireRequest }> {
  const staged = await stage()
  watch.receiver.answer(500, 1)
  await change(staged, 'MISMATCH')
  await watch.failing(staged.webhook.uuid, 1)
  await change(staged, ...states)
  const [head] = await oldestFirst(staged)
  if (head === undefined) throw new Error('nothing was queued')
  return { ...staged, head }
}

describe('retrying a webhook', () => {
  test('tries the waiting head now, and after its success the rest follows in order', async () => {
    const { webhook, path } = await failing('VALID', 'MISMATCH')
    expect(await watch.readWebhook(webhook.uuid)).toMatchObject({ pending: 3, last_error: 'HTTP 500' })
    const { status, body } = await post(`${path}/retry`)
    expect(status).toBe(202)
    expect(body).toMatchObject({
      uuid: webhook.uuid,
      next_attempt: new Date(watch.clock.now()).toISOString().replace('.000', ''),
    })
    await watch.delivered(webhook.uuid)
    expect(sequences(received())).toEqual([1, 1, 2, 3])
    expect(await watch.readWebhook(webhook.uuid)).toMatchObject({
      is_active: true,
      last_error: null,
      next_attempt: null,
    })
  })

  test('a failure leaves the schedule where it was and does not count towards giving up', async () => {
    const staged = await failing()
    const { webhook, path, head } = staged
    const { next_attempt } = await watch.readWebhook(webhook.uuid)
    for (let times = 2; times < 14; times += 1) {
      watch.receiver.answer(503, 1)
      await post(`${path}/retry`)
      await watch.failing(webhook.uuid, times)
    }
    expect(await watch.readWebhook(webhook.uuid)).toMatchObject({
      is_active: true,
      next_attempt,
      last_error: 'HTTP 503',
    })
    expect((await oldestFirst(staged))[0]).toMatchObject({ uuid: head.uuid, next_attempt, status: 'RETRYING' })
    // The first retry in turn fails: the second delay follows, as if nobody had asked in between.
    watch.receiver.answer(500, 1)
    await watch.clock.advance(Date.parse(next_attempt ?? '') - watch.clock.now())
    await watch.failing(webhook.uuid, 14)
    expect(await watch.readWebhook(webhook.uuid)).toMatchObject({
      next_attempt: new Date(watch.clock.now() + 10 * MINUTE).toISOString().replace('.000', ''),
    })
  })

  test('with nothing waiting does nothing', async () => {
    const { webhook, path } = await stage()
    expect(await post(`${path}/retry`)).toMatchObject({ status: 202, body: { uuid: webhook.uuid, next_attempt: null } })
  })
})

describe('retrying a request', () => {
  test('at the head of the queue is retrying the webhook', async () => {
    const { webhook, path, head } = await failing('VALID')
    const { status, body } = await post(`${path}/requests/${head.uuid}/retry`)
    expect(status).toBe(202)
    expect(body).toMatchObject({ uuid: head.uuid, kind: 'event', status: 'RETRYING' })
    await watch.delivered(webhook.uuid)
    expect(sequences(received())).toEqual([1, 1, 2])
  })

  test('that was delivered sends it once more, as a request of its own about the same event', async () => {
    const staged = await stage({ secret: 'hunter2' })
    await change(staged, 'MISMATCH')
    await watch.delivered(staged.webhook.uuid)
    const [first] = await oldestFirst(staged)
    const { status, body } = await post(`${staged.path}/requests/${first?.uuid}/retry`)
    expect(status).toBe(202)
    expect(body).toMatchObject({ kind: 'resend', event_uuid: first?.event_uuid, sequence: null, status: 'PENDING' })
    expect(body.uuid).not.toBe(first?.uuid)
    await vi.waitFor(
      async () =>
        expect(await watch.get(`${staged.path}/requests/${body.uuid}`)).toMatchObject({ status: 'DELIVERED' }),
      PATIENCE,
    )
    const [original, again] = received()
    if (original === undefined || again === undefined) throw new Error('nothing was sent again')
    expect(again.headers['webhook-id']).toBe(body.uuid)
    expect(again.headers).not.toHaveProperty('webhook-sequence')
    expect(again.headers['x-dnsradar-event']).toBe('record.broken')
    expect(deliveryIn(again)).toEqual({ ...deliveryIn(original), uuid: body.uuid, created: body.created })
    expect(again.headers['x-dnsradar-signature']).toBe(bodySignature('hunter2', again.raw))
    expect(JSON.stringify(JSON.parse(again.body))).toBe(again.body)
  })

  test('that fails when it is sent once more is over, and the queue is not touched', async () => {
    const staged = await stage()
    await change(staged, 'MISMATCH')
    await watch.delivered(staged.webhook.uuid)
    const [first] = await oldestFirst(staged)
    watch.receiver.answer(500, 1)
    const { body } = await post(`${staged.path}/requests/${first?.uuid}/retry`)
    await vi.waitFor(
      async () => expect(await watch.get(`${staged.path}/requests/${body.uuid}`)).toMatchObject({ status: 'FAILED' }),
      PATIENCE,
    )
    expect(await watch.readWebhook(staged.webhook.uuid)).toMatchObject({ is_active: true, last_error: null })
    expectProblem(await post(`${staged.path}/requests/${body.uuid}/retry`), 409, 'not_head')
  })

  test('in any other place is refused', async () => {
    const staged = await failing('VALID')
    const [head, behind] = await oldestFirst(staged)
    const refused = await post(`${staged.path}/requests/${behind?.uuid}/retry`)
    expectProblem(refused, 409, 'not_head')
    expect(refused.body.detail).toContain(head?.uuid)
    const { body: sample } = await post(`${staged.path}/test`)
    expectProblem(await post(`${staged.path}/requests/${sample.uuid}/retry`), 409, 'not_head')
  })

  test('twice within 30 seconds is refused, whatever the rate limit, and counts by request', async () => {
    const staged = await stage()
    await change(staged, 'MISMATCH', 'VALID')
    await watch.delivered(staged.webhook.uuid)
    const [first, second] = await oldestFirst(staged)
    const retry = (request: WireRequest | undefined) => post(`${staged.path}/requests/${request?.uuid}/retry`)
    expect((await retry(first)).status).toBe(202)
    await watch.clock.advance(29 * SECOND)
    const early = await retry(first)
    expectProblem(early, 429, 'rate_limited')
    expect(early.headers.get('retry-after')).toBe('1')
    expect((await retry(second)).status).toBe(202)
    await watch.clock.advance(SECOND)
    expect((await retry(first)).status).toBe(202)
  })
})

describe('recovering', () => {
  test('brings back what the webhook gave up on and what happened meanwhile, in order, and nothing twice', async () => {
    await using own = await startDelivering({ DNSRADAR_RETRY_DELAYS: '10s' })
    const ask = (path: string, json?: object) => own.api.call('POST', path, json === undefined ? {} : { json })
    const { uuid } = await own.webhook({ groups: [group] })
    const monitor = await own.valid(group, { group })
    const since = Math.floor(own.clock.now() / 1000)
    own.receiver.answer(500, 2)
    await own.become(monitor, 'MISMATCH')
    await own.failing(uuid, 1)
    await own.become(monitor, 'VALID')
    await own.clock.advance(10 * SECOND)
    await vi.waitFor(
      async () => expect(await own.readWebhook(uuid)).toMatchObject({ disabled_reason: 'gave_up', pending: 0 }),
      PATIENCE,
    )
    expect((await own.requests(uuid)).map(({ status }) => status)).toEqual(['FAILED', 'FAILED'])

    await own.become(monitor, 'NOT_FOUND')
    await own.become(monitor, 'MISMATCH')
    expectProblem(await ask(`/webhooks/${uuid}/recover`, { since }), 409, 'webhook_disabled')
    expect((await ask(`/webhooks/${uuid}/enable`)).body).toMatchObject({ is_active: true, last_error: null })
    await own.clock.advance(MINUTE)
    expect(own.receiver.requests).toHaveLength(2)
    expect(await ask(`/webhooks/${uuid}/recover`, { since })).toMatchObject({ status: 202, body: { queued: 4 } })
    await own.delivered(uuid)
    const recovered = own.receiver.requests.slice(2)
    expect(recovered.map((request) => deliveryIn(request).event.new_state)).toEqual([
      'MISMATCH',
      'VALID',
      'NOT_FOUND',
      'MISMATCH',
    ])
    expect(sequences(recovered)).toEqual([1, 2, 3, 4])
    expect((await ask(`/webhooks/${uuid}/recover`, { since })).body).toEqual({ queued: 0 })
  })

  test('takes as many slices as it needs', async () => {
    const { path, webhook } = await stage({ events: ['resolver.*'] })
    const { store, orgId } = watch.api
    await post(`${path}/disable`)
    const count = 450
    for (let made = 0; made < count; made += 1) await store.systemEvents.record(orgId, 'resolver.outage', { made })
    await post(`${path}/enable`)
    expect((await post(`${path}/recover`, { since: 0 })).body).toEqual({ queued: count })
    await watch.delivered(webhook.uuid)
    expect(sequences(received())).toEqual(Array.from({ length: count }, (_, i) => i + 1))
    expect(received().map(({ body }) => JSON.parse(body).data.made)).toEqual(Array.from({ length: count }, (_, i) => i))
  })

  test('what is not asked for stays where it is', async () => {
    const staged = await stage()
    await post(`${staged.path}/disable`)
    await change(staged, 'MISMATCH')
    await post(`${staged.path}/enable`)
    await watch.clock.advance(MINUTE)
    const since = Math.floor(watch.clock.now() / 1000)
    expect((await post(`${staged.path}/recover`, { since })).body).toEqual({ queued: 0 })
    expect(received()).toEqual([])
  })

  test.for([
    { why: 'the future', since: 4_000_000_000, says: /is in the future/ },
    { why: 'no time', since: undefined, says: /is required/ },
    { why: 'text', since: '1893456000', says: /give a number/ },
    { why: 'a fraction', since: 1.5, says: /./ },
    { why: 'before 1970', since: -1, says: /./ },
  ])('refused: since $why', async ({ since, says }) => {
    const { path } = await stage()
    expectProblem(await post(`${path}/recover`, { since }), 400, 'invalid_field', { since: says })
  })
})

describe('rotating the secret', () => {
  const OLD = 'your-webhook-secret-key'
  /** Which of the secrets sign the request. */
  async function signers(request: ReceivedRequest | undefined, ...secrets: string[]): Promise<boolean[]> {
    if (request === undefined) throw new Error('nothing was delivered')
    const { raw, headers } = request
    const verified = secrets.map((secret) => verifyWebhook({ body: raw, headers }, { secret, now: watch.clock.now() }))
    return (await Promise.all(verified)).map(({ ok }) => ok)
  }

  async function sent(staged: Stage, state: 'MISMATCH' | 'VALID'): Promise<ReceivedRequest | undefined> {
    await change(staged, state)
    await watch.delivered(staged.webhook.uuid)
    return received().at(-1)
  }

  test('both sign until the overlap is over, the hex signature stays with the old one until then', async () => {
    const staged = await stage({ secret: OLD })
    const { status, body } = await post(`${staged.path}/rotate-secret`, { overlap_seconds: 60 })
    expect(status).toBe(200)
    expect(body).toMatchObject({
      uuid: staged.webhook.uuid,
      has_secret: true,
      signing_secret: expect.stringMatching(/^whsec_/),
    })
    const during = await sent(staged, 'MISMATCH')
    expect(await signers(during, OLD, body.signing_secret)).toEqual([true, true])
    expect(during?.headers['x-dnsradar-signature']).toBe(bodySignature(OLD, during?.raw ?? Buffer.alloc(0)))
    await watch.clock.advance(60 * SECOND)
    const after = await sent(staged, 'VALID')
    expect(await signers(after, OLD, body.signing_secret)).toEqual([false, true])
    expect(after?.headers['x-dnsradar-signature']).toBe(
      bodySignature(body.signing_secret, after?.raw ?? Buffer.alloc(0)),
    )
    expect(await watch.readWebhook(staged.webhook.uuid)).not.toHaveProperty('signing_secret')
  })

  test('needs no body: the old one signs for a day', async () => {
    const { path, webhook } = await stage({ secret: OLD })
    expect((await post(`${path}/rotate-secret`)).status).toBe(200)
    const { store, orgId } = watch.api
    expect(await store.webhooks.get(orgId, webhook.uuid as WebhookId)).toMatchObject({
      previousSecret: OLD,
      previousSecretUntil: watch.clock.now() + 86_400 * SECOND,
    })
  })

  test('with no overlap counts at once', async () => {
    const staged = await stage({ secret: OLD })
    const { body } = await post(`${staged.path}/rotate-secret`, { overlap_seconds: 0 })
    const request = await sent(staged, 'MISMATCH')
    expect(await signers(request, OLD, body.signing_secret)).toEqual([false, true])
  })

  test('twice within the overlap leaves the newest two', async () => {
    const staged = await stage({ secret: OLD })
    const second = (await post(`${staged.path}/rotate-secret`, {})).body.signing_secret
    const third = (await post(`${staged.path}/rotate-secret`, {})).body.signing_secret
    const request = await sent(staged, 'MISMATCH')
    expect(await signers(request, OLD, second, third)).toEqual([false, true, true])
  })

  test('of a webhook without a secret of its owner’s adds no hex signature', async () => {
    const staged = await stage()
    const { body } = await post(`${staged.path}/rotate-secret`)
    expect(body.has_secret).toBe(false)
    const request = await sent(staged, 'MISMATCH')
    expect(request?.headers).not.toHaveProperty('x-dnsradar-signature')
    const { signing_secret: first } = staged.webhook as WireWebhookWithSecret
    expect(await signers(request, first, body.signing_secret)).toEqual([true, true])
  })

  test.for([-1, 604_801, 1.5, '60', null])('refused: an overlap of %s', async (overlap_seconds) => {
    const { path } = await stage()
    const refused = await post(`${path}/rotate-secret`, { overlap_seconds })
    expectProblem(refused, 400, 'invalid_field', { overlap_seconds: /./ })
  })

  test('is in the audit without any secret, and the same answer for a repeated request', async () => {
    const { path } = await stage()
    const mark = { 'Idempotency-Key': group }
    const first = await post(`${path}/rotate-secret`, { overlap_seconds: 60 }, mark)
    const again = await post(`${path}/rotate-secret`, { overlap_seconds: 60 }, mark)
    expect(again.body).toEqual(first.body)
    expect(again.headers.get('idempotency-replayed')).toBe('true')
    const [entry, ...others] = (await watch.get<{ data: { action: string }[] }>('/audit?limit=3')).data
    expect(entry).toMatchObject({
      action: 'webhook.rotate_secret',
      object: first.body.uuid,
      changes: { overlap_seconds: 60 },
    })
    expect(others.map(({ action }) => action)).not.toContain('webhook.rotate_secret')
  })
})

describe('a test', () => {
  test('is accepted at once while the receiver hangs, and fails without touching the queue', async () => {
    const staged = await stage({ timeout_seconds: 1 })
    watch.receiver.answer('hang', 1)
    const { status, body } = await post(`${staged.path}/test`)
    expect(status).toBe(202)
    expect(body).toMatchObject({ kind: 'test', status: 'PENDING', last_attempt: null })
    await vi.waitFor(async () => {
      expect(await watch.get(`${staged.path}/requests/${body.uuid}`)).toMatchObject({
        status: 'FAILED',
        error_message: expect.stringMatching(/timeout/i),
      })
    }, PATIENCE)
    expect(await watch.readWebhook(staged.webhook.uuid)).toMatchObject({ is_active: true, last_error: null })
    expect(await watch.readWebhook(staged.webhook.uuid)).not.toMatchObject({ last_executed: null })
  })

  test('is shaped and signed as a real delivery, and every id in it is marked', async () => {
    const staged = await stage({ secret: 'hunter2' })
    await change(staged, 'MISMATCH')
    await watch.delivered(staged.webhook.uuid)
    const { body } = await post(`${staged.path}/test`)
    await vi.waitFor(() => expect(received()).toHaveLength(2), PATIENCE)
    const [real, sample] = received()
    if (real === undefined || sample === undefined) throw new Error('nothing was delivered')
    const told = deliveryIn(sample)
    expect(Object.keys(told)).toEqual(Object.keys(deliveryIn(real)))
    expect(Object.keys(told.event)).toEqual(Object.keys(deliveryIn(real).event))
    expect([told.uuid, told.webhook_uuid, told.event.event_uuid, told.event.monitor_uuid]).toEqual([
      body.uuid,
      expect.stringMatching(/^wh_test_/),
      expect.stringMatching(/^evt_test_/),
      expect.stringMatching(/^mon_test_/),
    ])
    expect(sample.headers['x-dnsradar-signature']).toBe(bodySignature('hunter2', sample.raw))
    const signed = { body: sample.raw, headers: sample.headers }
    expect(await verifyWebhook(signed, { secret: 'hunter2', now: watch.clock.now() })).toMatchObject({ ok: true })
  })
})

describe('disabling and enabling', () => {
  test('what waits fails at once and is not delivered later, what happens meanwhile is not queued', async () => {
    const staged = await failing('VALID')
    const { webhook, path } = staged
    const disabled = await post(`${path}/disable`)
    expect(disabled.body).toMatchObject({ is_active: false, disabled_reason: 'manual', pending: 0, next_attempt: null })
    await change(staged, 'MISMATCH')
    const enabled = await post(`${path}/enable`)
    expect(enabled.body).toMatchObject({ is_active: true, disabled_reason: null, last_error: null, pending: 0 })
    await watch.clock.advance(10 * MINUTE)
    await change(staged, 'VALID')
    await watch.delivered(webhook.uuid)
    expect(sequences(received())).toEqual([1, 3])
    expect((await oldestFirst(staged)).map(({ status }) => status)).toEqual(['FAILED', 'FAILED', 'DELIVERED'])
  })

  test('others hear of a webhook that is enabled again', async () => {
    const staged = await failing()
    const listener = await watch.webhook({
      url: `${watch.receiver.origin}/listener-${group}`,
      groups: [`none-${group}`],
      events: ['webhook.recovered'],
    })
    await post(`${staged.path}/disable`)
    await post(`${staged.path}/enable`)
    await watch.delivered(listener.uuid)
    const told = watch.receiver.requests.filter(({ path }) => path === `/listener-${group}`)
    expect(told.map(({ body }) => JSON.parse(body))).toMatchObject([
      { type: 'webhook.recovered', data: { webhook: { uuid: staged.webhook.uuid }, reason: 'manual', failed: 1 } },
    ])
  })

  test('refuses retries while it is disabled, which does not use up the next one', async () => {
    const staged = await stage()
    await change(staged, 'MISMATCH')
    await watch.delivered(staged.webhook.uuid)
    const [first] = await oldestFirst(staged)
    await post(`${staged.path}/disable`)
    expectProblem(await post(`${staged.path}/retry`), 409, 'webhook_disabled')
    expectProblem(await post(`${staged.path}/requests/${first?.uuid}/retry`), 409, 'webhook_disabled')
    expect((await post(`${staged.path}/rotate-secret`)).status).toBe(200)
    await post(`${staged.path}/enable`)
    expect((await post(`${staged.path}/requests/${first?.uuid}/retry`)).status).toBe(202)
  })
})

describe('a subscription whose receiver says that it is gone', () => {
  test('is disabled and told nothing more', async () => {
    const staged = await stage({ source: 'zapier' })
    watch.receiver.answer(410, 1)
    await change(staged, 'MISMATCH')
    await vi.waitFor(async () => {
      expect(await watch.readWebhook(staged.webhook.uuid)).toMatchObject({ is_active: false, disabled_reason: 'gone' })
    }, PATIENCE)
    expect(received().map(({ method }) => method)).toEqual(['POST'])
  })
})

test.for(['retry', 'recover', 'rotate-secret', `requests/${UNKNOWN_REQUEST}/retry`])(
  '/%s needs a webhook and the right to write',
  async (end) => {
    const { path } = await stage()
    const json = end === 'recover' ? { since: 0 } : undefined
    expectProblem(await post(`/webhooks/${UNKNOWN_WEBHOOK}/${end}`, json), 404, 'not_found')
    expectProblem(await post(`/webhooks/x/${end}`, json), 404, 'not_found')
    const asReader = { key: READER, ...(json === undefined ? {} : { json }) }
    expectProblem(await watch.api.call('POST', `${path}/${end}`, asReader), 403, 'missing_scope')
    if (end.startsWith('requests')) expectProblem(await post(`${path}/${end}`), 404, 'not_found')
  },
)
