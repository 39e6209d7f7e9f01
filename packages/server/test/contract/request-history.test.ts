/** What the history of a webhook's requests shows of each. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type DnsServer, startDnsServer } from '../../../../test/harness/dns-server.ts'
import { freePort } from '../../../../test/harness/free-port.ts'
import { type Receiver, startReceiver } from '../../../../test/harness/webhook-receiver.ts'
import { type Delivering, startDelivering } from '../delivering.ts'
import { MINUTE, SECOND } from '../times.ts'

let watch: Delivering
/** Resolves the names of webhooks, and knows none. */
let names: DnsServer
/** Has a certificate that nobody has reason to trust. */
let untrusted: Receiver

beforeAll(async () => {
  names = await startDnsServer()
  untrusted = await startReceiver({ tls: true })
  watch = await startDelivering({ DNSRADAR_WEBHOOK_RESOLVERS: names.address })
})
afterAll(async () => {
  await watch[Symbol.asyncDispose]()
  await untrusted[Symbol.asyncDispose]()
  await names[Symbol.asyncDispose]()
})

const seconds = (time: string | null | undefined) => Date.parse(time ?? '') / SECOND

/** A webhook in a group of this name and one event for it; resolves when its request has been tried once. */
async function oneRequest(group: string, change: object = {}) {
  const webhook = await watch.webhook({ groups: [group], ...change })
  const monitor = await watch.valid(group, { group })
  await watch.become(monitor, 'MISMATCH')
  const request = await vi.waitFor(async () => {
    const [row] = await watch.requests(webhook.uuid)
    if (row === undefined || row.last_attempt === null) throw new Error('not tried yet')
    return row
  }, 10_000)
  return { webhook, monitor, request }
}

describe('a request', () => {
  test('shows its webhook, its event, and what the receiver answered', async () => {
    watch.receiver.answer({ status: 200, body: 'OK' }, 1)
    const { webhook, monitor, request } = await oneRequest('shown')
    const [event] = await watch.events(monitor.uuid)
    expect(request).toMatchObject({
      uuid: expect.stringMatching(/^req_[0-9a-z]{26}$/),
      webhook_uuid: webhook.uuid,
      event_uuid: event?.uuid,
      created: event?.occurred,
      status_code: 200,
      response_body: 'OK',
      error_message: null,
    })
    expect(await watch.get(`/webhooks/${webhook.uuid}/requests/${request.uuid}`)).toMatchObject(request)
  })

  const bodies = [
    { why: 'letters', body: 'x'.repeat(10_000) },
    { why: 'letters of two octets', body: 'é'.repeat(10_000) },
    { why: 'characters of four octets', body: `a${'😀'.repeat(10_000)}` },
  ]
  test.for(bodies)('keeps the first 4000 characters of an answer: $why', async ({ why, body }) => {
    watch.receiver.answer({ status: 200, body }, 1)
    const { request } = await oneRequest(`long-${why.replaceAll(' ', '-')}`)
    expect(request.response_body).toBe(Array.from(body).slice(0, 4000).join(''))
  })

  const failures: { error: string; url: () => string }[] = [
    { error: 'Connection timeout', url: () => `${watch.receiver.origin}/hangs` },
    { error: 'DNS resolution failed', url: () => 'http://hooks.invalid/' },
    { error: 'SSL certificate error', url: () => untrusted.url },
    { error: 'Connection refused', url: () => `http://127.0.0.1:${closedPort}/` },
  ]
  let closedPort: number
  beforeAll(async () => {
    closedPort = await freePort()
  })

  test.for(failures)('that got no answer says why: $error', async ({ error, url }) => {
    if (url().endsWith('/hangs')) watch.receiver.answer('hang', 1)
    const { webhook, request } = await oneRequest(error.replaceAll(' ', '-').toLowerCase(), {
      url: url(),
      timeout_seconds: 1,
    })
    expect(request.error_message?.startsWith(error)).toBe(true)
    expect(request).toMatchObject({ status: 'RETRYING', status_code: null, response_body: null, delivered: null })
    expect((await watch.readWebhook(webhook.uuid)).last_error).toBe(request.error_message)
    // Its retries are no part of the other tests.
    await watch.api.call('DELETE', `/webhooks/${webhook.uuid}`)
  })

  test('moves in the time of its last attempt when it is tried again, and keeps that of its creation', async () => {
    watch.receiver.answer(500, 1)
    const { webhook, request } = await oneRequest('moves')
    const [made, then] = [seconds(request.created), seconds(request.last_attempt) + 1]
    const found = async (query: string) => (await watch.requests(webhook.uuid, query)).length
    const counts = async () => [await found(`last_attempt_before=${then}`), await found(`last_attempt_after=${then}`)]
    await watch.failing(webhook.uuid, 1)
    expect(await counts()).toEqual([1, 0])
    await watch.clock.advance(5 * MINUTE)
    await watch.delivered(webhook.uuid)
    expect(await counts()).toEqual([0, 1])
    expect(await found(`created_after=${made}&created_before=${made + 1}`)).toBe(1)
  })
})
