/** A webhook that was given up or disabled, and what becomes of its deliveries when it is wanted again. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { deliveryIn, sequencesOf } from '../../../../test/harness/delivered.ts'
import { expectProblem } from '../api.ts'
import { startDelivering } from '../delivering.ts'
import { type Control, startControl } from './stage.ts'
import { MINUTE, PATIENCE, SECOND } from '../times.ts'

let watch: Control
beforeAll(async () => {
  watch = await startControl()
})
afterAll(() => watch[Symbol.asyncDispose]())

describe('recovering', () => {
  test('brings back what the webhook gave up on and what happened meanwhile, in order, and nothing twice', async () => {
    await using own = await startDelivering({ DNSRADAR_RETRY_DELAYS: '10s' })
    const ask = (path: string, json?: object) => own.api.call('POST', path, json === undefined ? {} : { json })
    const { uuid } = await own.webhook()
    const monitor = await own.valid('recovered')
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
    expect(sequencesOf(recovered)).toEqual([1, 2, 3, 4])
    expect((await ask(`/webhooks/${uuid}/recover`, { since })).body).toEqual({ queued: 0 })
  })

  test('takes as many slices as it needs', async () => {
    const staged = await watch.stage({ events: ['resolver.*'] })
    const { path, webhook } = staged
    const { store, orgId } = watch.api
    await watch.post(`${path}/disable`)
    // A slice has 200.
    const count = 210
    for (let made = 0; made < count; made += 1) await store.systemEvents.record(orgId, 'resolver.outage', { made })
    await watch.post(`${path}/enable`)
    expect((await watch.post(`${path}/recover`, { since: 0 })).body).toEqual({ queued: count })
    await watch.delivered(webhook.uuid)
    expect(sequencesOf(staged.received())).toEqual(Array.from({ length: count }, (_, i) => i + 1))
    expect(staged.received().map(({ body }) => JSON.parse(body).data.made)).toEqual(
      Array.from({ length: count }, (_, i) => i),
    )
  })

  test('what is not asked for stays where it is', async () => {
    const staged = await watch.stage()
    await watch.post(`${staged.path}/disable`)
    await staged.change('MISMATCH')
    await watch.post(`${staged.path}/enable`)
    await watch.clock.advance(MINUTE)
    const since = Math.floor(watch.clock.now() / 1000)
    expect((await watch.post(`${staged.path}/recover`, { since })).body).toEqual({ queued: 0 })
    expect(staged.received()).toEqual([])
  })

  test.for([
    { why: 'the future', since: 4_000_000_000, says: /is in the future/ },
    { why: 'no time', since: undefined, says: /is required/ },
    { why: 'text', since: '1893456000', says: /give a number/ },
    { why: 'a fraction', since: 1.5, says: /./ },
    { why: 'before 1970', since: -1, says: /./ },
  ])('refused: since $why', async ({ since, says }) => {
    const { path } = await watch.stage()
    expectProblem(await watch.post(`${path}/recover`, { since }), 400, 'invalid_field', { since: says })
  })
})

describe('disabling and enabling', () => {
  test('what waits fails at once and is not delivered later, what happens meanwhile is not queued', async () => {
    const staged = await watch.stageFailing('VALID')
    const { webhook, path } = staged
    const disabled = await watch.post(`${path}/disable`)
    expect(disabled.body).toMatchObject({ is_active: false, disabled_reason: 'manual', pending: 0, next_attempt: null })
    await staged.change('MISMATCH')
    const enabled = await watch.post(`${path}/enable`)
    expect(enabled.body).toMatchObject({ is_active: true, disabled_reason: null, last_error: null, pending: 0 })
    await watch.clock.advance(10 * MINUTE)
    await staged.change('VALID')
    await watch.delivered(webhook.uuid)
    expect(sequencesOf(staged.received())).toEqual([1, 3])
    expect((await staged.oldestFirst()).map(({ status }) => status)).toEqual(['FAILED', 'FAILED', 'DELIVERED'])
  })

  test('others hear of a webhook that is enabled again', async () => {
    const staged = await watch.stageFailing()
    const listener = await watch.webhook({
      url: `${watch.receiver.origin}/listener`,
      groups: ['none'],
      events: ['webhook.recovered'],
    })
    await watch.post(`${staged.path}/disable`)
    await watch.post(`${staged.path}/enable`)
    await watch.delivered(listener.uuid)
    const told = watch.receiver.requests.filter(({ path }) => path === '/listener')
    expect(told.map(({ body }) => JSON.parse(body))).toMatchObject([
      { type: 'webhook.recovered', data: { webhook: { uuid: staged.webhook.uuid }, reason: 'manual', failed: 1 } },
    ])
  })

  test('refuses retries while it is disabled, which does not use up the next one', async () => {
    const staged = await watch.stage()
    await staged.change('MISMATCH')
    await watch.delivered(staged.webhook.uuid)
    const [first] = await staged.oldestFirst()
    await watch.post(`${staged.path}/disable`)
    expectProblem(await watch.post(`${staged.path}/retry`), 409, 'webhook_disabled')
    expectProblem(await watch.post(`${staged.path}/requests/${first?.uuid}/retry`), 409, 'webhook_disabled')
    expect((await watch.post(`${staged.path}/rotate-secret`)).status).toBe(200)
    await watch.post(`${staged.path}/enable`)
    expect((await watch.post(`${staged.path}/requests/${first?.uuid}/retry`)).status).toBe(202)
  })
})

describe('a subscription whose receiver says that it is gone', () => {
  test('is disabled and told nothing more', async () => {
    const staged = await watch.stage({ source: 'zapier' })
    watch.receiver.answer(410, 1)
    await staged.change('MISMATCH')
    await vi.waitFor(async () => {
      expect(await watch.readWebhook(staged.webhook.uuid)).toMatchObject({ is_active: false, disabled_reason: 'gone' })
    }, PATIENCE)
    expect(staged.received().map(({ method }) => method)).toEqual(['POST'])
  })
})
