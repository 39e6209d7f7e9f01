/** Webhooks: how one is made, whom it hears of, what it is sent, and what counts as received. */
import { createHmac } from 'node:crypto'
import type { DnsDelivery, WireMonitor } from '@dnsradar/client'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { bodySignature, deliveryIn } from '../../../../test/harness/delivered.ts'
import { expectProblem, startApi } from '../api.ts'
import { type Delivering, EXPECTED, type JudgedState, startDelivering } from '../delivering.ts'
import { MINUTE, wireTime } from '../times.ts'

const SECRET = 'your-webhook-secret-key'

let watch: Delivering
/** A group of the test's own: its monitor and its webhooks meet there. */
let group: string
let groups = 0
beforeAll(async () => {
  watch = await startDelivering()
})
beforeEach(() => {
  groups += 1
  group = `group-${groups}`
})
afterAll(() => watch[Symbol.asyncDispose]())

/** The deliveries that came to this path of the receiver, in order. */
const received = (path: string) => watch.receiver.requests.filter((request) => request.path === path)

/** A webhook and a monitor in the test's group; what the change of its record sent. */
async function oneDelivery(change: object = {}) {
  const url = `${watch.receiver.origin}/${group}`
  const webhook = await watch.webhook({ url, groups: [group], ...change })
  const monitor = await watch.valid(group, { group })
  await watch.become(monitor, 'MISMATCH')
  await watch.delivered(webhook.uuid)
  const [request] = received(`/${group}`)
  if (request === undefined) throw new Error('nothing was delivered')
  return { webhook, monitor, request, body: deliveryIn(request) }
}

describe('creating a webhook', () => {
  test('answers with the webhook as it was asked for', async () => {
    await using api = await startApi()
    const json = {
      url: 'https://api.service.com/webhooks/dnsradar',
      method: 'POST',
      secret: SECRET,
      headers: { Authorization: 'Bearer token123', 'X-Custom-Header': 'value' },
    }
    const { status, body } = await api.call('POST', '/webhooks', { json })
    expect(status).toBe(201)
    const { secret: _, ...shown } = json
    expect(body).toMatchObject({
      ...shown,
      uuid: expect.stringMatching(/^wh_[0-9a-z]{26}$/),
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      is_active: true,
      last_error: null,
      last_executed: null,
    })
    expect(JSON.stringify((await api.call('GET', `/webhooks/${body.uuid}`)).body)).not.toContain(SECRET)
  })

  test.for(['POST', 'PUT', 'PATCH', 'DELETE'])('with the method %s delivers with it', async (method) => {
    const { webhook, request } = await oneDelivery({ method })
    expect([webhook.method, request.method]).toEqual([method, method])
    expect(request.headers['content-type']).toBe('application/json')
  })

  test('with headers sends them along', async () => {
    const { request } = await oneDelivery({
      headers: { Authorization: 'Bearer your-api-token', 'X-Custom-Header': 'Value' },
    })
    expect(request.headers).toMatchObject({ authorization: 'Bearer your-api-token', 'x-custom-header': 'Value' })
  })

  test('is refused for a group that has five webhooks, and another group still takes one', async () => {
    await using api = await startApi()
    const make = (name: string) =>
      api.call('POST', '/webhooks', { json: { url: 'https://example.com/', method: 'POST', groups: [name] } })
    for (let made = 0; made < 5; made += 1) expect((await make('full')).status).toBe(201)
    expectProblem(await make('full'), 409, 'group_webhook_limit')
    expect((await make('other')).status).toBe(201)
    expect((await api.call('GET', '/groups/full')).body.webhooks).toBe(5)
  })
})

describe('a webhook hears', () => {
  /** Changes a record in each of these groups; the paths that were told of each. */
  async function toldOf(monitors: readonly WireMonitor[], paths: readonly string[]): Promise<string[]> {
    for (const monitor of monitors) await watch.become(monitor, 'NOT_FOUND')
    const { data } = await watch.get<{ data: { uuid: string }[] }>('/webhooks?limit=100')
    for (const { uuid } of data) await watch.delivered(uuid)
    return paths.flatMap((path) => received(path).map((request) => `${path} ${deliveryIn(request).event.subdomain}`))
  }

  test('of the default group when it names none', async () => {
    await watch.webhook({ url: `${watch.receiver.origin}/of-default` })
    const monitors = [await watch.valid('in-default'), await watch.valid('elsewhere', { group })]
    expect(await toldOf(monitors, ['/of-default'])).toEqual(['/of-default in-default'])
  })

  test('of each group that it names and of no other', async () => {
    const [one, two, three] = [`${group}-one`, `${group}-two`, `${group}-three`]
    await watch.webhook({ url: `${watch.receiver.origin}/of-two`, groups: [one, two] })
    const monitors = []
    for (const name of [one, two, three]) monitors.push(await watch.valid(name, { group: name }))
    expect(await toldOf(monitors, ['/of-two'])).toEqual([`/of-two ${one}`, `/of-two ${two}`])
  })

  test('of groups that are made when it names them first', async () => {
    const names = [`${group}-new-client`, `${group}-tier-premium`]
    for (const name of names) expectProblem(await watch.api.call('GET', `/groups/${name}`), 404, 'not_found')
    const { groups: shown } = await watch.webhook({ url: `${watch.receiver.origin}/of-new`, groups: names })
    expect(shown).toEqual(names)
    const { data } = await watch.get<{ data: { slug: string; webhooks: number }[] }>('/groups?limit=100')
    expect(data.filter(({ slug }) => names.includes(slug))).toMatchObject([{ webhooks: 1 }, { webhooks: 1 }])
    const monitors = []
    for (const name of names) monitors.push(await watch.valid(name, { group: name }))
    expect(await toldOf(monitors, ['/of-new'])).toEqual(names.map((name) => `/of-new ${name}`))
  })

  test('of a change once, and so does every other webhook of the group', async () => {
    const paths = ['/twin-a', '/twin-b']
    for (const path of paths) await watch.webhook({ url: `${watch.receiver.origin}${path}`, groups: [group] })
    const monitor = await watch.valid(group, { group })
    expect(await toldOf([monitor], paths)).toEqual([`/twin-a ${group}`, `/twin-b ${group}`])
    expect(received('/twin-a')[0]?.body).not.toBe(received('/twin-b')[0]?.body)
    const [a, b] = paths.map((path) => received(path).map((request) => deliveryIn(request).event))
    expect(a).toEqual(b)
  })
})

describe('a delivery', () => {
  test('is signed over its bytes, which are those that a parsed and printed body has', async () => {
    const text = 'v=1; name="Zoë"; sign=✓; line=\u2028; quote=\\'
    const settings = { record_type: 'TXT', expected_value: 'other', group, subdomain: 'signed', domain: 'example.com' }
    watch.dns.set('signed.example.com', 'TXT', [text], 0)
    const url = `${watch.receiver.origin}/signed`
    const webhook = await watch.webhook({ url, secret: SECRET, groups: [group] })
    const { uuid } = await watch.create(settings)
    await watch.check(uuid)
    await watch.delivered(webhook.uuid)
    const [request] = received('/signed')
    const printed = JSON.stringify(JSON.parse(request?.body ?? ''))
    const sent = request?.headers['x-dnsradar-signature']
    expect(sent).toBe(bodySignature(SECRET, request?.raw ?? Buffer.alloc(0)))
    expect(sent).toBe(createHmac('sha256', SECRET).update(printed).digest('hex'))
    expect((JSON.parse(printed) as DnsDelivery).event.current_value).toEqual([text])
  })

  test('carries the time of its attempt in UTC, as receivers read it', async () => {
    const { request } = await oneDelivery()
    const timestamp = String(request.headers['x-webhook-timestamp'])
    expect(timestamp).toBe(wireTime(watch.clock.now()))
    expect(new Date(timestamp).getTime()).toBe(watch.clock.now())
  })

  test('that is a retry carries a time of its own, so that a receiver with a five-minute window takes it', async () => {
    watch.receiver.answer(500, 1)
    const url = `${watch.receiver.origin}/window`
    const webhook = await watch.webhook({ url, secret: SECRET, groups: [group] })
    const monitor = await watch.valid(group, { group })
    await watch.become(monitor, 'MISMATCH')
    await watch.failing(webhook.uuid, 1)
    await watch.clock.advance(5 * MINUTE + 1)
    await watch.delivered(webhook.uuid)
    const [first, retry] = received('/window')
    const age = watch.clock.now() - Date.parse(String(retry?.headers['x-webhook-timestamp']))
    expect(age).toBeLessThan(5 * MINUTE)
    expect(retry?.headers['x-webhook-timestamp']).not.toBe(first?.headers['x-webhook-timestamp'])
    expect(retry?.headers['x-dnsradar-signature']).toBe(first?.headers['x-dnsradar-signature'])
    expect(retry?.body).toBe(first?.body)
  })

  test('tells the event as it is stored', async () => {
    const { webhook, monitor, body } = await oneDelivery()
    const { event_uuid, ...told } = body.event
    const stored = await watch.get<object>(`/monitors/${monitor.uuid}/events/${event_uuid}`)
    expect(stored).toMatchObject({ uuid: event_uuid, ...told })
    const [request] = await watch.requests(webhook.uuid)
    expect(body).toMatchObject({ uuid: request?.uuid, webhook_uuid: webhook.uuid, created: request?.created })
    expect(request?.event_uuid).toBe(event_uuid)
  })

  test('tells the state and the values before and after, each time anew', async () => {
    const webhook = await watch.webhook({ url: `${watch.receiver.origin}/story`, groups: [group] })
    const monitor = await watch.valid(group, { group })
    const story: readonly JudgedState[] = ['MISMATCH', 'NOT_FOUND', 'INVALID', 'VALID', 'NOT_FOUND', 'MISMATCH']
    for (const state of story) await watch.become(monitor, state)
    await watch.delivered(webhook.uuid)
    const values: Partial<Record<JudgedState, string[]>> = { VALID: [EXPECTED], MISMATCH: ['192.0.2.66'] }
    const told = received('/story').map((request) => deliveryIn(request).event)
    expect(told).toMatchObject(
      story.map((state, at) => {
        const before = story[at - 1] ?? 'VALID'
        const [previous_value, current_value] = [values[before] ?? [], values[state] ?? []]
        return { old_state: before, new_state: state, previous_value, current_value, expected_value: [EXPECTED] }
      }),
    )
    expect(told.map(({ incidence_count }) => incidence_count)).toEqual([1, 1, 1, 1, 2, 2])
  })
})

describe('an answer', () => {
  test.for([200, 201, 204, 299])('of %d is success', async (status) => {
    watch.receiver.answer(status, 1)
    const { webhook } = await oneDelivery()
    expect(await watch.requests(webhook.uuid)).toMatchObject([{ status: 'DELIVERED', status_code: status }])
    expect(await watch.readWebhook(webhook.uuid)).toMatchObject({ last_error: null, next_attempt: null })
  })

  test.for([301, 302, 400, 401, 404, 410, 429, 500, 503])('of %d is a failure, and is tried again', async (status) => {
    const url = `${watch.receiver.origin}/fails-${status}`
    watch.receiver.answer({ status, headers: { location: watch.receiver.url } }, 1)
    const webhook = await watch.webhook({ url, groups: [group] })
    await watch.become(await watch.valid(group, { group }), 'MISMATCH')
    await watch.failing(webhook.uuid, 1)
    expect(await watch.requests(webhook.uuid)).toMatchObject([{ status: 'RETRYING', status_code: status }])
    await watch.clock.advance(5 * MINUTE)
    await watch.delivered(webhook.uuid)
    expect(received(`/fails-${status}`)).toHaveLength(2)
    expect(await watch.requests(webhook.uuid)).toMatchObject([{ status: 'DELIVERED', status_code: 200 }])
  })
})

test('a webhook shows when it was executed last, and what went wrong until an attempt succeeds', async () => {
  const webhook = await watch.webhook({ url: `${watch.receiver.origin}/shown`, groups: [group] })
  const monitor = await watch.valid(group, { group })
  watch.receiver.answer(503, 1)
  await watch.become(monitor, 'MISMATCH')
  await watch.failing(webhook.uuid, 1)
  expect(await watch.readWebhook(webhook.uuid)).toMatchObject({
    is_active: true,
    last_error: expect.stringContaining('503'),
    last_executed: wireTime(watch.clock.now()),
    next_attempt: wireTime(watch.clock.now() + 5 * MINUTE),
  })
  await watch.clock.advance(5 * MINUTE)
  await watch.delivered(webhook.uuid)
  const executed = wireTime(watch.clock.now())
  expect(await watch.readWebhook(webhook.uuid)).toMatchObject({ last_error: null, last_executed: executed })
  await watch.clock.advance(MINUTE)
  expect(await watch.readWebhook(webhook.uuid)).toMatchObject({ last_executed: executed })
})
