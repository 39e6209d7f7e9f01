/** Watching live: what a stream tells, and to whom. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@dnsradar/core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createTestClock } from '../../../../test/harness/clock.ts'
import { aMonitor } from '../../../../test/harness/new-rows.ts'
import { SILENT } from '../../../../test/harness/silent-log.ts'
import { type Receiver, startReceiver } from '../../../../test/harness/webhook-receiver.ts'
import { readConfig } from '../../src/config.ts'
import { openDatabase } from '../../src/database.ts'
import { hashKey } from '../../src/http/auth.ts'
import { type Api, expectProblem, startApi } from '../api.ts'
import { startWatching, type Watching } from '../watching.ts'
import { A_RECORD, change, ids, listen, watch } from './listening.ts'

/** Of another organization. */
const STRANGER = 'sk_of_another_organization_that_watches'

let watching: Watching
let receiver: Receiver
beforeAll(async () => {
  receiver = await startReceiver()
  watching = await startWatching({ DNSRADAR_WEBHOOK_ALLOW: '127.0.0.1', DNSRADAR_WEBHOOKS_PER_GROUP: '1000' })
  const { store } = watching.api
  const organization = await store.accounts.createOrganization({ name: 'Others', plan: 'unlimited' })
  await store.accounts.createKey(organization.id, {
    hash: hashKey(STRANGER),
    name: 'others',
    scopes: ['admin'],
    expires: null,
  })
})
afterAll(async () => {
  await watching[Symbol.asyncDispose]()
  await receiver[Symbol.asyncDispose]()
})

describe('what is told', () => {
  test('a change of a record, as the object that GET gives, with its id', async () => {
    const uuid = await watch(watching, 'told.example')
    await using stream = await listen(watching.api, '?types=event')
    const event = await change(watching, 'told.example', uuid)
    const [message] = await stream.until(1)
    expect(message).toEqual({ type: 'event', id: event.uuid, data: event })
    expect((await watching.api.call('GET', `/events/${event.uuid}`)).body).toEqual(message?.data)
  })

  test('the answer begins at once, is kept by nobody and says when to come back', async () => {
    await using stream = await listen(watching.api)
    expect(Object.fromEntries(stream.headers)).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store',
      'x-accel-buffering': 'no',
    })
    expect(stream.headers.get('content-encoding')).toBeNull()
    await vi.waitFor(() => expect(stream.raw()).toBe('retry: 3000\n\n'))
  })

  test('a request when it is made and after its attempt', async () => {
    const asked = Promise.withResolvers<() => void>()
    receiver.answer((_request, response) => asked.resolve(() => void response.end()), 1)
    const uuid = await watch(watching, 'attempted.example', { group: 'attempted' })
    const { body: webhook } = await watching.api.call('POST', '/webhooks', {
      json: { url: receiver.url, groups: ['attempted'] },
    })
    await using stream = await listen(watching.api, `?types=request&webhook=${webhook.uuid}`)
    const event = await change(watching, 'attempted.example', uuid)
    const [made] = await stream.until(1)
    expect(made).toMatchObject({
      type: 'request',
      data: { status: 'PENDING', event_uuid: event.uuid, last_attempt: null },
    })
    const accept = await asked.promise
    accept()
    const [, attempted] = await stream.until(2)
    expect(attempted).toMatchObject({ id: made?.data.uuid, data: { status: 'DELIVERED', status_code: 200 } })
    const { body } = await watching.api.call('GET', `/webhooks/${webhook.uuid}/requests`)
    expect(body.data[0]).toEqual(attempted?.data)
  })

  test('requests to one webhook, when one is named', async () => {
    const uuid = await watch(watching, 'narrow.example', { group: 'narrow' })
    const make = async () =>
      (await watching.api.call('POST', '/webhooks', { json: { url: receiver.url, groups: ['narrow'] } })).body.uuid
    const [wanted, other] = [await make(), await make()]
    await using all = await listen(watching.api, '?types=request')
    await using narrow = await listen(watching.api, `?types=request&webhook=${wanted}`)
    await change(watching, 'narrow.example', uuid)
    await vi.waitFor(() => {
      const delivered = all.heard.flatMap(({ data }) =>
        'webhook_uuid' in data && data.status === 'DELIVERED' ? [data] : [],
      )
      expect(new Set(delivered.map(({ webhook_uuid }) => webhook_uuid))).toEqual(new Set([wanted, other]))
    }, 10_000)
    await vi.waitFor(() => expect(narrow.heard.at(-1)?.data).toMatchObject({ status: 'DELIVERED' }))
    expect(new Set(narrow.heard.map(({ data }) => 'webhook_uuid' in data && data.webhook_uuid))).toEqual(
      new Set([wanted]),
    )
  })

  test('a monitor when it is made, edited, disabled, and with each of its events; not when a look finds nothing new', async () => {
    await using stream = await listen(watching.api, '?types=monitor')
    watching.dns.set('edited.example', 'A', ['192.0.2.1'])
    const given = { ...A_RECORD, domain: 'edited.example' }
    const { uuid } = await watching.create(given)
    const of = () => stream.heard.filter(({ data }) => data.uuid === uuid)
    const heard = async (state: object) => vi.waitFor(() => expect(of().at(-1)?.data).toMatchObject(state), 10_000)
    await heard({ is_active: false, state: 'UNSET' })
    await watching.api.call('POST', `/monitors/${uuid}/enable`)
    await heard({ is_active: true })
    await watching.check(uuid)
    await watching.check(uuid)
    await watching.api.call('PATCH', `/monitors/${uuid}`, { json: { frequency: 30 } })
    await heard({ frequency: 30 })
    const before = of().length
    expect(before).toBe(3)
    await change(watching, 'edited.example', uuid)
    await heard({ state: 'MISMATCH' })
    expect(of().at(-1)?.id).toBe(uuid)
    const { check: _, ...shown } = await watching.read(uuid)
    expect(of().at(-1)?.data).toEqual(shown)
  })

  test('beside other types a monitor carries no id, which would lead back to when it was made', async () => {
    await using stream = await listen(watching.api)
    const { uuid } = await watching.create({ ...A_RECORD, domain: 'anonymous.example' })
    const [message] = await stream.until(1)
    expect(message).toMatchObject({ type: 'monitor', id: null, data: { uuid } })
  })

  test('what another process committed is found by looking every second', async () => {
    await using stream = await listen(watching.api, '?types=monitor')
    const uuid = await makePastTheApi(watching.api)
    expect(ids(await stream.until(1))).toEqual([uuid])
  })

  test('what another process commits late, with an older id than was told already, is told too', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dnsradar-stream-'))
    const settings = { DATABASE_URL: `sqlite:${join(folder, 'radar.db')}` }
    await using own = await startApi(settings)
    const behind = { ...systemClock, now: () => Date.now() - 20_000 }
    await using store = await openDatabase(readConfig(settings).config, { clock: behind, log: SILENT, mode: 'tool' })
    await using stream = await listen(own, '?types=monitor')
    const first = (await own.call('POST', '/monitors', { json: A_RECORD })).body.uuid
    await stream.until(1)
    const late = await makePastTheApi({ store, orgId: own.orgId })
    expect(late < first).toBe(true)
    expect(ids(await stream.until(2))).toEqual([first, late])
    const last = (await own.call('POST', '/monitors', { json: A_RECORD })).body.uuid
    expect(ids(await stream.until(3))).toEqual([first, late, last])
    await rm(folder, { recursive: true })
  })

  test('nothing of what was before is told to who wants only what comes', async () => {
    await using own = await startApi()
    for (let at = 0; at < 3; at++) await own.call('POST', '/monitors', { json: A_RECORD })
    await using stream = await listen(own)
    const { uuid } = (await own.call('POST', '/monitors', { json: A_RECORD })).body
    expect(ids(await stream.until(1))).toEqual([uuid])
  })

  test('history that is older than the tail looks back is not news to it', async () => {
    const clock = createTestClock(Date.now())
    await using own = await startApi({}, { clock })
    await own.call('POST', '/monitors', { json: A_RECORD })
    await clock.leap(3_600_000)
    await using stream = await listen(own)
    const { uuid } = (await own.call('POST', '/monitors', { json: A_RECORD })).body
    expect(ids(await stream.until(1))).toEqual([uuid])
  })

  test('another organization hears nothing of it, live or afterwards', async () => {
    const uuid = await watch(watching, 'secret.example')
    await using stranger = await listen(watching.api, '', { key: STRANGER })
    await using own = await listen(watching.api)
    const event = await change(watching, 'secret.example', uuid)
    await vi.waitFor(() => expect(ids(own.heard)).toContain(event.uuid), 10_000)
    const mark = await watching.api.call('POST', '/monitors', { key: STRANGER, json: A_RECORD })
    expect(ids(await stranger.until(1))).toEqual([mark.body.uuid])
    await using later = await listen(watching.api, '', { key: STRANGER, after: `evt_${'0'.repeat(26)}` })
    expect(ids(await later.until(1))).toEqual([mark.body.uuid])
  })
})

describe('what is asked for', () => {
  const refused: { why: string; query?: string; headers?: Record<string, string>; status: number; code: string }[] = [
    { why: 'an unknown type', query: '?types=event,webhook', status: 400, code: 'invalid_query' },
    { why: 'no type', query: '?types=', status: 400, code: 'invalid_query' },
    { why: 'types given twice', query: '?types=event&types=request', status: 400, code: 'invalid_query' },
    { why: 'an unknown parameter', query: '?last_event_id=evt_1', status: 400, code: 'invalid_query' },
    {
      why: 'an id of no webhook',
      query: '?webhook=mon_01h455vb4pex5vsknk084sn02q',
      status: 400,
      code: 'invalid_query',
    },
    {
      why: 'a webhook that is not there',
      query: '?webhook=wh_01h455vb4pex5vsknk084sn02q',
      status: 404,
      code: 'not_found',
    },
    { why: 'a place that is none', headers: { 'Last-Event-ID': 'yesterday' }, status: 400, code: 'invalid_cursor' },
    {
      why: 'the id of something that is not told',
      headers: { 'Last-Event-ID': 'wh_01h455vb4pex5vsknk084sn02q' },
      status: 400,
      code: 'invalid_cursor',
    },
  ]
  test.for(refused)('$why is $status $code', async ({ query = '', headers = {}, status, code }) => {
    expectProblem(await watching.api.call('GET', `/stream${query}`, { headers }), status, code)
  })

  test('another organization’s webhook is the same 404', async () => {
    const { body } = await watching.api.call('POST', '/webhooks', { json: { url: receiver.url } })
    const reply = await watching.api.call('GET', `/stream?webhook=${body.uuid}`, { key: STRANGER })
    expectProblem(reply, 404, 'not_found')
  })

  test('HEAD tells the headers and opens nothing', async () => {
    const reply = await watching.api.call('HEAD', '/stream')
    expect([reply.status, reply.headers.get('content-type')]).toEqual([200, 'text/event-stream; charset=utf-8'])
  })
})

/** As another process would: nobody here is woken. The monitor's id. */
async function makePastTheApi({ store, orgId }: Pick<Api, 'store' | 'orgId'>): Promise<string> {
  const name = 'elsewhere.example'
  const row = aMonitor({ domain: name, subdomain: null, ownerName: name, registrable: name, isActive: false })
  const [made] = await store.monitors.create(orgId, [row])
  if (made === undefined) throw new Error('no monitor was made')
  return made.monitor.id
}
