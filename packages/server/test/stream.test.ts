/** Watching live: what a stream tells, to whom, from where on, and when it ends. */
import { mkdtemp, rm } from 'node:fs/promises'
import { createConnection, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import {
  connect as connectClient,
  createEventReader,
  type StreamMessage,
  type StreamQuery,
  type WireEvent,
} from '@dnsradar/client'
import { type Log, systemClock } from '@dnsradar/core'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { createTestClock } from '../../../test/harness/clock.ts'
import { ENGINE } from '../../../test/harness/databases.ts'
import { type Receiver, startReceiver } from '../../../test/harness/webhook-receiver.ts'
import { readConfig } from '../src/config.ts'
import { openDatabase } from '../src/database.ts'
import { hashKey } from '../src/http/auth.ts'
import { MOST_PER_KEY, MOST_PER_ORGANIZATION } from '../src/stream/streams.ts'
import { ADMIN, type Api, expectProblem, READER, startApi } from './api.ts'
import { startWatching, type Watching } from './contract/watching.ts'

const A_RECORD = { domain: 'example.com', record_type: 'A', expected_value: '192.0.2.1', is_active: false }
/** What looks for news of the organization, and what sends heartbeats. */
const STREAMING_LOOPS = 2
const silent = (): void => {}
const SILENT: Log = { debug: silent, info: silent, warn: silent, error: silent }
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

interface Listening extends AsyncDisposable {
  readonly heard: readonly StreamMessage[]
  /** Once so many were heard: all of them. */
  until(count: number): Promise<readonly StreamMessage[]>
  readonly headers: Headers
  /** Comments and fields beside messages, as they came. */
  readonly raw: () => string
  readonly ended: Promise<void>
}

interface ListenOptions {
  readonly key?: string
  readonly after?: string
}

/** Resolves when the server has answered: from then on nothing is missed. */
async function listen(api: Api, query = '', { key = READER, after }: ListenOptions = {}): Promise<Listening> {
  const abort = new AbortController()
  const headers = { 'X-API-Key': key, ...(after === undefined ? {} : { 'Last-Event-ID': after }) }
  const response = await fetch(`${api.address}/stream${query}`, { headers, signal: abort.signal })
  expect(response.status).toBe(200)
  const heard: StreamMessage[] = []
  let raw = ''
  const read = async (): Promise<void> => {
    const reader = createEventReader()
    const decoder = new TextDecoder()
    for await (const chunk of response.body ?? []) {
      const text = decoder.decode(chunk, { stream: true })
      raw += text
      for (const { event, data, id } of reader.push(text)) {
        heard.push({ type: event, id, data: JSON.parse(data) } as StreamMessage)
      }
    }
  }
  const ended = read().catch(() => {})
  return {
    heard,
    headers: response.headers,
    raw: () => raw,
    ended,
    until: (count) =>
      vi.waitFor(() => {
        expect(heard.length).toBeGreaterThanOrEqual(count)
        return [...heard]
      }, 10_000),
    async [Symbol.asyncDispose]() {
      abort.abort()
      await ended
    },
  }
}

const ids = (messages: readonly StreamMessage[]) => messages.map(({ data }) => data.uuid)

/** A monitor of a name of its own, with its first look done. */
async function watch(name: string, json: object = {}): Promise<string> {
  watching.dns.set(name, 'A', ['192.0.2.1'])
  const { uuid } = await watching.create({ domain: name, record_type: 'A', expected_value: '192.0.2.1', ...json })
  await watching.check(uuid)
  return uuid
}

/** Breaks the record or mends it, and looks; the event. */
async function change(name: string, uuid: string): Promise<WireEvent> {
  const { state } = await watching.read(uuid)
  watching.dns.set(name, 'A', [state === 'VALID' ? '192.0.2.7' : '192.0.2.1'])
  await watching.check(uuid)
  return (await watching.api.call('GET', `/monitors/${uuid}/events`)).body.data[0]
}

describe('what is told', () => {
  test('a change of a record, as the object that GET gives, with its id', async () => {
    const uuid = await watch('told.example')
    await using stream = await listen(watching.api, '?types=event')
    const event = await change('told.example', uuid)
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
    receiver.answer('slow:1500', 1)
    const uuid = await watch('attempted.example', { group: 'attempted' })
    const { body: webhook } = await watching.api.call('POST', '/webhooks', {
      json: { url: receiver.url, groups: ['attempted'] },
    })
    await using stream = await listen(watching.api, `?types=request&webhook=${webhook.uuid}`)
    const event = await change('attempted.example', uuid)
    const [made, attempted] = await stream.until(2)
    expect(made).toMatchObject({
      type: 'request',
      data: { status: 'PENDING', event_uuid: event.uuid, last_attempt: null },
    })
    expect(attempted).toMatchObject({ id: made?.data.uuid, data: { status: 'DELIVERED', status_code: 200 } })
    const { body } = await watching.api.call('GET', `/webhooks/${webhook.uuid}/requests`)
    expect(body.data[0]).toEqual(attempted?.data)
  })

  test('requests to one webhook, when one is named', async () => {
    const uuid = await watch('narrow.example', { group: 'narrow' })
    const make = async () =>
      (await watching.api.call('POST', '/webhooks', { json: { url: receiver.url, groups: ['narrow'] } })).body.uuid
    const [wanted, other] = [await make(), await make()]
    await using all = await listen(watching.api, '?types=request')
    await using narrow = await listen(watching.api, `?types=request&webhook=${wanted}`)
    await change('narrow.example', uuid)
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
    await change('edited.example', uuid)
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
    await clock.advance(3_600_000)
    await using stream = await listen(own)
    const { uuid } = (await own.call('POST', '/monitors', { json: A_RECORD })).body
    expect(ids(await stream.until(1))).toEqual([uuid])
  })

  test('another organization hears nothing of it, live or afterwards', async () => {
    const uuid = await watch('secret.example')
    await using stranger = await listen(watching.api, '', { key: STRANGER })
    await using own = await listen(watching.api)
    const event = await change('secret.example', uuid)
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

describe('going on', () => {
  test('after an event comes what is newer, oldest first, then what happens', async () => {
    const uuid = await watch('resumed.example')
    const seen = await change('resumed.example', uuid)
    const missed = [await change('resumed.example', uuid), await change('resumed.example', uuid)]
    await using stream = await listen(watching.api, '?types=event', { after: seen.uuid })
    const live = await change('resumed.example', uuid)
    expect(ids(await stream.until(3))).toEqual([...missed, live].map((event) => event.uuid))
  })

  test('an id whose row is not there counts by its time', async () => {
    const uuid = await watch('gone.example')
    const before = await change('gone.example', uuid)
    const after = await change('gone.example', uuid)
    for (const prefix of ['req', 'mon']) {
      const position = before.uuid.replace('evt_', `${prefix}_`)
      await using stream = await listen(watching.api, '?types=event', { after: position })
      expect(ids(await stream.until(1))[0]).toBe(after.uuid)
    }
  })

  test('a long history comes whole, page by page, in order', async () => {
    await using own = await startApi()
    const monitors = Array.from({ length: 230 }, (_, at) => ({ ...A_RECORD, subdomain: `n${at}` }))
    const { data } = (await own.call('POST', '/monitors/bulk', { json: { monitors } })).body
    await using stream = await listen(own, '?types=monitor', { after: `mon_${'0'.repeat(26)}` })
    await stream.until(230)
    const { uuid } = (await own.call('POST', '/monitors', { json: A_RECORD })).body
    await stream.until(231)
    expect(ids(stream.heard)).toEqual([...data.map((monitor: { uuid: string }) => monitor.uuid), uuid])
  })

  test('a reader that comes back again and again misses nothing and hears nothing twice while monitors are made', async () => {
    await using own = await startApi()
    const made: string[] = []
    const make = async (): Promise<void> => {
      for (let at = 0; at < 60; at++) made.push((await own.call('POST', '/monitors', { json: A_RECORD })).body.uuid)
    }
    const heard: string[] = []
    let last = `mon_${'0'.repeat(26)}`
    const making = make()
    while (heard.length < 60) {
      await using stream = await listen(own, '?types=monitor', { after: last })
      const messages = await stream.until(1)
      heard.push(...ids(messages))
      last = heard.at(-1) ?? last
    }
    await making
    expect(heard).toEqual(made)
  })

  test('two readers of one stream of events hear the same, whoever came first', async () => {
    const uuid = await watch('two.example')
    await using early = await listen(watching.api, '?types=event')
    const first = await change('two.example', uuid)
    await early.until(1)
    await using late = await listen(watching.api, '?types=event')
    const second = await change('two.example', uuid)
    expect(ids(await early.until(2))).toEqual([first.uuid, second.uuid])
    expect(ids(await late.until(1))).toEqual([second.uuid])
  })
})

describe('the client', () => {
  test('goes on where a server left off, on another connection', async () => {
    const uuid = await watch('client.example')
    const client = connectClient({ url: watching.api.address, key: READER, wait: async () => {} })
    const abort = new AbortController()
    const first = await change('client.example', uuid)
    const messages = client.stream({ types: 'event' } satisfies StreamQuery, {
      signal: abort.signal,
      lastEventId: first.uuid,
    })
    const next = messages.next()
    const second = await change('client.example', uuid)
    expect((await next).value).toEqual({ type: 'event', id: second.uuid, data: second })
    abort.abort(new Error('enough'))
    await expect(messages.next()).rejects.toThrow('enough')
  })

  test('tells a refusal as it tells all others', async () => {
    const client = connectClient({ url: watching.api.address, key: 'sk_nobody' })
    await expect(client.stream().next()).rejects.toMatchObject({ status: 401, code: 'unknown_key' })
  })
})

describe('the end', () => {
  test('a heartbeat comes every 15 s, and a revoked key ends its streams and no others within seconds', async () => {
    const clock = createTestClock(Date.now())
    await using own = await startApi({}, { clock })
    const { body: key } = await own.call('POST', '/keys', { json: { name: 'short-lived', scopes: ['read'] } })
    await using stays = await listen(own, '', { key: ADMIN })
    await using goes = await listen(own, '', { key: key.key })
    if (ENGINE === 'postgres') clock.addLoops(STREAMING_LOOPS)
    for (let second = 0; second < 15; second++) await clock.advance(1_000)
    await vi.waitFor(() => expect(goes.raw()).toContain('\n\n: \n\n'))
    await own.call('DELETE', `/keys/${key.uuid}`)
    await clock.advance(5_000)
    await goes.ended
    for (let second = 0; second < 15; second++) await clock.advance(1_000)
    await vi.waitFor(() => expect(stays.raw().split(': \n\n')).toHaveLength(3))
  })

  test('a key that expires ends its streams', async () => {
    const clock = createTestClock(Date.now())
    await using own = await startApi({}, { clock })
    const hash = hashKey('sk_that_expires_soon_enough')
    const expires = clock.now() + 4_000
    await own.store.accounts.createKey(own.orgId, { hash, name: 'expiring', scopes: ['read'], expires })
    await using stream = await listen(own, '', { key: 'sk_that_expires_soon_enough' })
    await clock.advance(5_000)
    await stream.ended
    expect(stream.heard).toEqual([])
  })

  test('a process that stops ends its streams at once', async () => {
    const own = await startApi()
    await using stream = await listen(own)
    const started = performance.now()
    await own[Symbol.asyncDispose]()
    await stream.ended
    expect(performance.now() - started).toBeLessThan(2_000)
  })

  test('one stream more than a key may have is refused, and may come when another one has gone', async () => {
    await using own = await startApi()
    const streams = await Promise.all(Array.from({ length: MOST_PER_KEY }, () => listen(own)))
    const refused = await own.call('GET', '/stream', { key: READER })
    expectProblem(refused, 429, 'rate_limited')
    expect(refused.headers.get('retry-after')).toBe('15')
    await using other = await listen(own, '', { key: ADMIN })
    expect(other.heard).toEqual([])
    await streams[0]?.[Symbol.asyncDispose]()
    const again = await vi.waitFor(() => listen(own))
    await Promise.all([...streams.slice(1), again].map((stream) => stream[Symbol.asyncDispose]()))
  })

  test('so is one more than an organization may have, whoever opens it', async () => {
    await using own = await startApi()
    const keys = Array.from(
      { length: MOST_PER_ORGANIZATION / MOST_PER_KEY + 1 },
      (_, at) => `sk_one_of_many_${at}_of_us`,
    )
    for (const name of keys) {
      await own.store.accounts.createKey(own.orgId, { hash: hashKey(name), name, scopes: ['read'], expires: null })
    }
    const [last = '', ...others] = keys.toReversed()
    const opened = others.flatMap((key) => Array.from({ length: MOST_PER_KEY }, () => listen(own, '', { key })))
    const streams = await Promise.all(opened)
    expectProblem(await own.call('GET', '/stream', { key: last }), 429, 'rate_limited')
    const { uuid } = (await own.call('POST', '/monitors', { json: A_RECORD })).body
    for (const stream of streams) expect(ids(await stream.until(1))).toEqual([uuid])
    await Promise.all(streams.map((stream) => stream[Symbol.asyncDispose]()))
  })

  test('opening a stream is one read', async () => {
    await using own = await startApi({ DNSRADAR_RATE_LIMIT: '2' })
    await using first = await listen(own)
    expect(first.headers.get('x-ratelimit-remaining')).toBe('1')
    await using second = await listen(own)
    expect(second.headers.get('x-ratelimit-remaining')).toBe('0')
    expectProblem(await own.call('GET', '/stream', { key: READER }), 429, 'rate_limited')
  })

  test('a reader of history that takes nothing for 30 s is cut off, and others go on', async () => {
    const clock = createTestClock(Date.now())
    await using own = await startApi({}, { clock })
    await makeLarge(own)
    await using stuck = await openStuck(own, `mon_${'0'.repeat(26)}`)
    await using reads = await listen(own, '?types=monitor', { after: `mon_${'0'.repeat(26)}` })
    await reads.until(LARGE)
    for (let second = 0; second < 31; second++) await clock.advance(1_000)
    await vi.waitFor(async () => expect(await stuck.isOver()).toBe(true), 5_000)
    const { uuid } = (await own.call('POST', '/monitors', { json: A_RECORD })).body
    await clock.advance(1_000)
    await vi.waitFor(() => expect(reads.heard.at(-1)?.data.uuid).toBe(uuid))
  })

  test('a reader that takes nothing while much happens is cut off before it costs much memory', async () => {
    const clock = createTestClock(Date.now())
    await using own = await startApi({}, { clock })
    await using reads = await listen(own, '?types=monitor', { key: ADMIN })
    await using stuck = await openStuck(own, null)
    if (ENGINE === 'postgres') clock.addLoops(STREAMING_LOOPS)
    await makeLarge(own)
    // A burst costs the one that reads nothing, and 20 s are too short to be cut off for slowness alone.
    for (let waited = 0; waited < 20_000 && reads.heard.length < LARGE; waited += 100) await clock.advance(100)
    await reads.until(LARGE)
    await vi.waitFor(async () => expect(await stuck.isOver()).toBe(true), 5_000)
    expect(ids(reads.heard)).toEqual([...ids(reads.heard)].sort())
  })
})

const LARGE = 6_000

/** 15 MB of monitors: more than the two ends of a socket hold. */
async function makeLarge(own: Api): Promise<void> {
  const metadata = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, 'x'.repeat(450)]))
  const monitors = Array.from({ length: 1000 }, (_, at) => ({ ...A_RECORD, subdomain: `n${at}`, metadata }))
  for (let made = 0; made < LARGE; made += 1000) await own.call('POST', '/monitors/bulk', { json: { monitors } })
}

/** As another process would: nobody here is woken. The monitor's id. */
async function makePastTheApi({ store, orgId }: Pick<Api, 'store' | 'orgId'>): Promise<string> {
  const [made] = await store.monitors.create(orgId, [
    {
      group: null,
      domain: 'elsewhere.example',
      subdomain: null,
      ownerName: 'elsewhere.example',
      registrable: 'elsewhere.example',
      type: 'A',
      match: 'exact',
      expected: ['192.0.2.1'],
      intervalMinutes: 60,
      notify: 'immediately',
      isActive: false,
      externalId: null,
      metadata: {},
    },
  ])
  if (made === undefined) throw new Error('no monitor was made')
  return made.monitor.id
}

/** Reads nothing until it is asked whether the server has cut it off. */
async function openStuck(api: Api, after: string | null): Promise<AsyncDisposable & { isOver(): Promise<boolean> }> {
  const { hostname, port } = new URL(api.address)
  const socket: Socket = createConnection(Number(port), hostname)
  socket.on('error', () => {})
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  socket.pause()
  socket.write(
    `GET /stream?types=monitor HTTP/1.1\r\nHost: x\r\nX-API-Key: ${ADMIN}\r\n${after === null ? '' : `Last-Event-ID: ${after}\r\n`}\r\n`,
  )
  let isClosed = false
  socket.once('close', () => (isClosed = true))
  return {
    async isOver() {
      // Only who reads learns of the end.
      socket.resume()
      return isClosed
    },
    async [Symbol.asyncDispose]() {
      socket.destroy()
    },
  }
}
