/** A receiver that fails costs time and never order: one queue per webhook, its head retries and the rest waits. */
import { describe, expect, test, vi } from 'vitest'
import { databasesOn, ENGINES } from '../harness/databases.ts'
import { deliveryIn } from '../harness/delivered.ts'
import { flip } from '../harness/flip.ts'
import { startRadar } from '../harness/radar.ts'

/** More tries than any test takes. */
const PATIENT = { DNSRADAR_RETRY_DELAYS: Array.from({ length: 100 }, () => '100ms').join(',') }

describe.each(ENGINES)('on %s', (engine) => {
  const newDatabase = databasesOn(engine)

  test('while the receiver answers 500 later events wait, and all arrive in order once it recovers', async () => {
    await using radar = await startRadar({ database: await newDatabase(), settings: PATIENT })
    const { client, receiver } = radar
    const webhook = await client.createWebhook({ url: receiver.url })
    receiver.answer(500)
    const events = await flip(radar, 5)
    await receiver.waitFor(2)
    const failing = await client.getWebhook(webhook.uuid)
    expect(failing).toMatchObject({ is_active: true, last_error: expect.stringContaining('500'), pending: 5 })
    const heads = new Set(receiver.requests.map((request) => deliveryIn(request).event.event_uuid))
    expect([...heads]).toEqual([events[0]])

    const failures = receiver.requests.length
    receiver.answer(200)
    await vi.waitFor(async () => expect(await client.getWebhook(webhook.uuid)).toMatchObject({ pending: 0 }), 10_000)
    const told = receiver.requests.slice(failures).map((request) => deliveryIn(request).event.event_uuid)
    expect(told.slice(-events.length)).toEqual(events)
    expect(await client.getWebhook(webhook.uuid)).toMatchObject({ last_error: null, next_attempt: null })
  })

  test('every try carries the same id and the same bytes, and the attempts are in the history', async () => {
    await using radar = await startRadar({ database: await newDatabase(), settings: PATIENT })
    const { client, receiver } = radar
    const webhook = await client.createWebhook({ url: receiver.url })
    receiver.answer({ status: 503, body: 'later, please' }, 2)
    await flip(radar, 1)
    const requests = await receiver.waitFor(3)
    expect(new Set(requests.map(({ body }) => body)).size).toBe(1)
    expect(new Set(requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
    const id = String(requests[0]?.headers['webhook-id'])
    const detail = await vi.waitFor(async () => {
      const request = await client.getRequest(webhook.uuid, id)
      expect(request.status).toBe('DELIVERED')
      return request
    }, 10_000)
    expect(detail.retries).toBe(2)
    expect(detail.attempts).toMatchObject([
      { number: 1, status_code: 503, error_class: 'http_status', response_body: 'later, please' },
      { number: 2, status_code: 503, error_class: 'http_status' },
      { number: 3, status_code: 200, error_class: null, error_message: null },
    ])
  })

  test('after the last retry the webhook is disabled, its queue has failed, and enabling starts it afresh', async () => {
    const settings = { DNSRADAR_RETRY_DELAYS: '20ms,20ms' }
    await using radar = await startRadar({ database: await newDatabase(), settings })
    const { client, receiver } = radar
    const webhook = await client.createWebhook({ url: receiver.url })
    receiver.answer(500)
    await flip(radar, 2)
    await vi.waitFor(
      async () =>
        expect(await client.getWebhook(webhook.uuid)).toMatchObject({ is_active: false, disabled_reason: 'gave_up' }),
      10_000,
    )
    const failed = (await client.listRequests(webhook.uuid)).data
    expect(failed.length).toBeGreaterThan(0)
    expect(new Set(failed.map(({ status }) => status))).toEqual(new Set(['FAILED']))

    receiver.answer(200)
    expect(await client.enableWebhook(webhook.uuid)).toMatchObject({ is_active: true, last_error: null, pending: 0 })
    const before = receiver.requests.length
    const [event] = await flip(radar, 1)
    await receiver.waitFor(before + 1)
    expect(receiver.requests.slice(before).map((request) => deliveryIn(request).event.event_uuid)).toEqual([event])
  })

  test('one receiver that hangs does not keep another one waiting', async () => {
    await using radar = await startRadar({ database: await newDatabase(), settings: PATIENT })
    const { client, receiver } = radar
    receiver.answer(({ path }, response) => void (path === '/good' && response.writeHead(200).end()))
    await client.createWebhook({ url: `${receiver.origin}/hangs`, timeout_seconds: 1 })
    await client.createWebhook({ url: `${receiver.origin}/good` })
    await flip(radar, 3)
    await vi.waitFor(() => expect(receiver.requests.filter(({ path }) => path === '/good')).toHaveLength(3), 10_000)
  })

  test('a redirect is a failure and is not followed', async () => {
    await using radar = await startRadar({ database: await newDatabase(), settings: PATIENT })
    const { client, receiver } = radar
    const webhook = await client.createWebhook({ url: receiver.url })
    receiver.answer({ status: 302, headers: { location: `${receiver.origin}/elsewhere` } })
    await flip(radar, 1)
    await receiver.waitFor(2)
    expect(receiver.requests.map(({ path }) => path)).not.toContain('/elsewhere')
    expect(await client.getWebhook(webhook.uuid)).toMatchObject({ last_error: expect.stringContaining('302') })
  })
})
