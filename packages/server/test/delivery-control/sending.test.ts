/** What people have sent: what waits, now; what was delivered, once more; a test. And who may do such things. */
import { verifyWebhook, type WireRequest } from '@dnsradar/client'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { bodySignature, deliveryIn, sequencesOf } from '../../../../test/harness/delivered.ts'
import { expectProblem, READER } from '../api.ts'
import { type Control, startControl } from './stage.ts'
import { MINUTE, PATIENCE, SECOND, wireTime } from '../times.ts'

const UNKNOWN_WEBHOOK = 'wh_01h455vb4pex5vsknk084sn02q'
const UNKNOWN_REQUEST = 'req_01h455vb4pex5vsknk084sn02q'

let watch: Control
beforeAll(async () => {
  watch = await startControl()
})
afterAll(() => watch[Symbol.asyncDispose]())

describe('retrying a webhook', () => {
  test('tries the waiting head now, and after its success the rest follows in order', async () => {
    const { webhook, path, received } = await watch.stageFailing('VALID', 'MISMATCH')
    expect(await watch.readWebhook(webhook.uuid)).toMatchObject({ pending: 3, last_error: 'HTTP 500' })
    const { status, body } = await watch.post(`${path}/retry`)
    expect(status).toBe(202)
    expect(body).toMatchObject({
      uuid: webhook.uuid,
      next_attempt: wireTime(watch.clock.now()),
    })
    await watch.delivered(webhook.uuid)
    expect(sequencesOf(received())).toEqual([1, 1, 2, 3])
    expect(await watch.readWebhook(webhook.uuid)).toMatchObject({
      is_active: true,
      last_error: null,
      next_attempt: null,
    })
  })

  test('a failure leaves the schedule where it was and does not count towards giving up', async () => {
    const staged = await watch.stageFailing()
    const { webhook, path, head } = staged
    const { next_attempt } = await watch.readWebhook(webhook.uuid)
    for (let times = 2; times < 14; times += 1) {
      watch.receiver.answer(503, 1)
      await watch.post(`${path}/retry`)
      await watch.failing(webhook.uuid, times)
    }
    expect(await watch.readWebhook(webhook.uuid)).toMatchObject({
      is_active: true,
      next_attempt,
      last_error: 'HTTP 503',
    })
    expect((await staged.oldestFirst())[0]).toMatchObject({ uuid: head.uuid, next_attempt, status: 'RETRYING' })
    // The first retry in turn fails: the second delay follows, as if nobody had asked in between.
    watch.receiver.answer(500, 1)
    await watch.clock.advance(Date.parse(next_attempt ?? '') - watch.clock.now())
    await watch.failing(webhook.uuid, 14)
    expect(await watch.readWebhook(webhook.uuid)).toMatchObject({
      next_attempt: wireTime(watch.clock.now() + 10 * MINUTE),
    })
  })

  test('with nothing waiting does nothing', async () => {
    const { webhook, path } = await watch.stage()
    expect(await watch.post(`${path}/retry`)).toMatchObject({
      status: 202,
      body: { uuid: webhook.uuid, next_attempt: null },
    })
  })
})

describe('retrying a request', () => {
  test('at the head of the queue is retrying the webhook', async () => {
    const { webhook, path, head, received } = await watch.stageFailing('VALID')
    const { status, body } = await watch.post(`${path}/requests/${head.uuid}/retry`)
    expect(status).toBe(202)
    expect(body).toMatchObject({ uuid: head.uuid, kind: 'event', status: 'RETRYING' })
    await watch.delivered(webhook.uuid)
    expect(sequencesOf(received())).toEqual([1, 1, 2])
  })

  test('that was delivered sends it once more, as a request of its own about the same event', async () => {
    const staged = await watch.stage({ secret: 'hunter2' })
    await staged.change('MISMATCH')
    await watch.delivered(staged.webhook.uuid)
    const [first] = await staged.oldestFirst()
    const { status, body } = await watch.post(`${staged.path}/requests/${first?.uuid}/retry`)
    expect(status).toBe(202)
    expect(body).toMatchObject({ kind: 'resend', event_uuid: first?.event_uuid, sequence: null, status: 'PENDING' })
    expect(body.uuid).not.toBe(first?.uuid)
    await vi.waitFor(
      async () =>
        expect(await watch.get(`${staged.path}/requests/${body.uuid}`)).toMatchObject({ status: 'DELIVERED' }),
      PATIENCE,
    )
    const [original, again] = staged.received()
    if (original === undefined || again === undefined) throw new Error('nothing was sent again')
    expect(again.headers['webhook-id']).toBe(body.uuid)
    expect(again.headers).not.toHaveProperty('webhook-sequence')
    expect(again.headers['x-dnsradar-event']).toBe('record.broken')
    expect(deliveryIn(again)).toEqual({ ...deliveryIn(original), uuid: body.uuid, created: body.created })
    expect(again.headers['x-dnsradar-signature']).toBe(bodySignature('hunter2', again.raw))
    expect(JSON.stringify(JSON.parse(again.body))).toBe(again.body)
  })

  test('that fails when it is sent once more is over, and the queue is not touched', async () => {
    const staged = await watch.stage()
    await staged.change('MISMATCH')
    await watch.delivered(staged.webhook.uuid)
    const [first] = await staged.oldestFirst()
    watch.receiver.answer(500, 1)
    const { body } = await watch.post(`${staged.path}/requests/${first?.uuid}/retry`)
    await vi.waitFor(
      async () => expect(await watch.get(`${staged.path}/requests/${body.uuid}`)).toMatchObject({ status: 'FAILED' }),
      PATIENCE,
    )
    expect(await watch.readWebhook(staged.webhook.uuid)).toMatchObject({ is_active: true, last_error: null })
    expectProblem(await watch.post(`${staged.path}/requests/${body.uuid}/retry`), 409, 'not_head')
  })

  test('in any other place is refused', async () => {
    const staged = await watch.stageFailing('VALID')
    const [head, behind] = await staged.oldestFirst()
    const refused = await watch.post(`${staged.path}/requests/${behind?.uuid}/retry`)
    expectProblem(refused, 409, 'not_head')
    expect(refused.body.detail).toContain(head?.uuid)
    const { body: sample } = await watch.post(`${staged.path}/test`)
    expectProblem(await watch.post(`${staged.path}/requests/${sample.uuid}/retry`), 409, 'not_head')
  })

  test('twice within 30 seconds is refused, whatever the rate limit, and counts by request', async () => {
    const staged = await watch.stage()
    await staged.change('MISMATCH', 'VALID')
    await watch.delivered(staged.webhook.uuid)
    const [first, second] = await staged.oldestFirst()
    const retry = (request: WireRequest | undefined) => watch.post(`${staged.path}/requests/${request?.uuid}/retry`)
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

describe('a test', () => {
  test('is accepted at once while the receiver hangs, and fails without touching the queue', async () => {
    const staged = await watch.stage({ timeout_seconds: 1 })
    watch.receiver.answer('hang', 1)
    const { status, body } = await watch.post(`${staged.path}/test`)
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
    const staged = await watch.stage({ secret: 'hunter2' })
    await staged.change('MISMATCH')
    await watch.delivered(staged.webhook.uuid)
    const { body } = await watch.post(`${staged.path}/test`)
    await vi.waitFor(() => expect(staged.received()).toHaveLength(2), PATIENCE)
    const [real, sample] = staged.received()
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

test.for(['retry', 'recover', 'rotate-secret', `requests/${UNKNOWN_REQUEST}/retry`])(
  '/%s needs a webhook and the right to write',
  async (end) => {
    const { path } = await watch.stage()
    const json = end === 'recover' ? { since: 0 } : undefined
    expectProblem(await watch.post(`/webhooks/${UNKNOWN_WEBHOOK}/${end}`, json), 404, 'not_found')
    expectProblem(await watch.post(`/webhooks/x/${end}`, json), 404, 'not_found')
    const asReader = { key: READER, ...(json === undefined ? {} : { json }) }
    expectProblem(await watch.api.call('POST', `${path}/${end}`, asReader), 403, 'missing_scope')
    if (end.startsWith('requests')) expectProblem(await watch.post(`${path}/${end}`), 404, 'not_found')
  },
)
