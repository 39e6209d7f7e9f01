/**
 * Every status that a route documents is one that it answers with.
 *
 * Successes, and the refusals that need circumstances, are reached by the examples, which are recorded from real
 * answers; what any route refuses alike is brought about here, from its row of the table.
 */
import { createHash } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { once } from 'node:events'
import { type IncomingMessage, request } from 'node:http'
import { createTestClock } from '../../../test/harness/clock.ts'
import { startDnsServer } from '../../../test/harness/dns-server.ts'
import { aMonitor } from '../../../test/harness/new-rows.ts'
import { type Receiver, startReceiver } from '../../../test/harness/webhook-receiver.ts'
import { hashKey } from '../src/http/auth.ts'
import { type Route, ROUTES, statusesOf } from '../src/index.ts'
import { examplesOf, readExamples } from '../src/openapi/examples.ts'
import { A_MONITOR, ADMIN, type Api, type Ask, READER, type Reply, startApi } from './api.ts'

const clock = createTestClock()
let receiver: Receiver
let api: Api
/** Where each class of requests may be asked for once a minute. */
let strict: Api
/** Where the database is gone. */
let broken: Api
let ids: Readonly<Record<string, string>>
beforeAll(async () => {
  receiver = await startReceiver()
  api = await startApi({ DNSRADAR_WEBHOOK_ALLOW: '127.0.0.1' }, { clock })
  strict = await startApi({ DNSRADAR_RATE_LIMIT: '1' })
  broken = await startApi()
  await broken.store[Symbol.asyncDispose]()
  ids = await makeOneOfEach(api)
})
afterAll(async () => {
  for (const one of [api, strict, broken, receiver]) await one[Symbol.asyncDispose]()
})

/** By the segment before them, `:id` stands for an object of the path's own kind. */
async function makeOneOfEach({ call }: Api): Promise<Readonly<Record<string, string>>> {
  const make = async (path: string, json: object) => (await call('POST', path, { json })).body.uuid as string
  const webhook = await make('/webhooks', { url: receiver.url, groups: ['default'], events: ['monitor.created'] })
  const monitor = await make('/monitors', { ...A_MONITOR, is_active: false })
  const requests = async () => (await call('GET', `/webhooks/${webhook}/requests`)).body.data
  await vi.waitFor(async () => expect(await requests()).toMatchObject([{ status: 'DELIVERED' }]), 10_000)
  return {
    'monitors/:id': monitor,
    'webhooks/:id': webhook,
    'keys/:id': await make('/keys', { name: 'one' }),
    'applications/:id': await make('/entri/applications', {}),
    'requests/:request': (await requests())[0].uuid,
    'groups/:group': 'default',
    'events/:event': 'evt_01h455vb4pex5vsknk084sn02q',
    'by-key/:external_id': 'one',
  }
}

function fill(path: string): string {
  return path.replaceAll(/([^/]+)\/(:\w+)/g, (segments) => {
    const id = ids[segments]
    if (id === undefined) throw new Error(`${segments} of ${path}: make one in makeOneOfEach`)
    return `${segments.split('/')[0]}/${id}`
  })
}

type Reach = (row: Route) => Promise<Pick<Reply, 'status'>>

/** Past the time for which one request of a kind keeps the next one waiting. */
async function ask(row: Route, given: Ask = {}, query = ''): Promise<Reply> {
  await clock.advance(60_000)
  return api.call(row.method, fill(row.path) + query, given)
}

/** What is refused alike by every route that documents it. */
const ALIKE: Readonly<Record<number, Reach>> = {
  400: (row) => ask(row, {}, '?no_such_parameter=1'),
  401: (row) => ask(row, { key: null }),
  403: (row) => ask(row, { key: READER }),
  // No object has a name that nothing can hold.
  404: ({ method, path }) => api.call(method, path.replaceAll(/:\w+/g, '%00')),
  409: (row) => askMarked(row, 'running'),
  413: (row) => ask(row, { raw: JSON.stringify('x'.repeat(bodyLimit(row))) }),
  415: (row) => ask(row, { raw: '{}', type: 'text/plain' }),
  422: (row) => askMarked(row, 'other'),
  429: async ({ method, path }) => {
    await strict.call(method, fill(path), { key: ADMIN })
    return strict.call(method, fill(path), { key: ADMIN })
  },
  500: ({ method, path }) => broken.call(method, fill(path)),
}

function bodyLimit(row: Route): number {
  return row.kind === 'exchange' ? row.bodyLimit : 0
}

/** With an `Idempotency-Key` that is taken: by this request, which still runs, or by another one. */
async function askMarked(row: Route, by: 'running' | 'other'): Promise<Reply> {
  const found = await api.store.accounts.findKey(hashKey(ADMIN))
  if (found === null) throw new Error('the key of the tests is not known')
  const mark = `${by} ${row.path}`.replaceAll(/[^\w]/g, '-')
  const hash = createHash('sha256')
    .update(`${by === 'running' ? row.method : 'GET'} ${fill(row.path)}\n`)
    .digest()
  const marked = { orgId: found.organization.id, keyId: found.key.id, mark, hash }
  await api.store.idempotency.claim(marked, clock.now() + 600_000)
  return ask(row, { headers: { 'Idempotency-Key': mark } })
}

/** What only one route refuses, and no example shows. By route and status. */
const ALONE: Readonly<Record<string, () => ReturnType<Reach>>> = {
  'GET /readyz 503': () => broken.call('GET', '/readyz', { key: null }),
  'GET /lookup 503': lookUpWhileStopping,
  'POST /monitors/:id/check 503': () => onceStopping('/monitors/:id/check', '{}'),
  'POST /webhooks/:id/recover 503': () => onceStopping('/webhooks/:id/recover', '{"since":0}'),
  'GET /stream 404': () => api.call('GET', '/stream?webhook=wh_01h455vb4pex5vsknk084sn02q'),
  'DELETE /monitors/:id 409': async () => api.call('DELETE', `/monitors/${(await entriMonitor()).id}`),
  'PUT /monitors/by-key/:external_id 409': async () => {
    await entriMonitor()
    return api.call('PUT', '/monitors/by-key/of-entri', { json: { ...A_MONITOR, group: ENTRI } })
  },
  'DELETE /webhooks/:id 409': async () => {
    await api.call('POST', '/entri/applications', { json: { webhook_url: 'https://hooks.example.com/entri' } })
    const hook = (await api.call('GET', '/webhooks?source=entri')).body.data[0]
    return api.call('DELETE', `/webhooks/${hook.uuid}`)
  },
  'PATCH /webhooks/:id 409': async () => {
    const json = { url: 'https://hooks.example.com/', groups: ['full'] }
    for (let nth = 0; nth < 5; nth += 1) await api.call('POST', '/webhooks', { json })
    return api.call('PATCH', fill('/webhooks/:id'), { json: { groups: ['full'] } })
  },
}

const ENTRI = 'of-an-application'

/** Made past the API: what belongs to an application is written in its own dialect. */
async function entriMonitor() {
  const { groups, monitors } = api.store
  const known = (await groups.named(api.orgId, [ENTRI])).get(ENTRI)
  if (known === undefined) {
    await groups.create(api.orgId, { slug: ENTRI, name: ENTRI, kind: 'entri', isPublic: false })
  }
  const [watched] = await monitors.create(api.orgId, [aMonitor({ group: ENTRI, isActive: false })])
  if (watched === undefined) throw new Error('no monitor was made')
  return watched.monitor
}

/** The answer to a look-up that waits for a silent name server when the process stops. */
async function lookUpWhileStopping(): Promise<Reply> {
  await using dns = await startDnsServer()
  dns.behave('*', { kind: 'silence' })
  const own = await startApi({ DNSRADAR_RESOLVERS: dns.address, DNSRADAR_DNS_TIMEOUT: '60s' })
  const asking = own.call('GET', '/lookup?name=example.com&type=A')
  await expect.poll(() => dns.count(), { timeout: 10_000 }).toBeGreaterThan(0)
  await own[Symbol.asyncDispose]()
  return await asking
}

/** The answer to a POST whose body comes when the process has begun to stop. */
async function onceStopping(path: string, body: string): Promise<Pick<Reply, 'status'>> {
  const own = await startApi()
  const ofMonitor = { json: { ...A_MONITOR, is_active: false } }
  const ofWebhook = { json: { url: 'https://hooks.example.com/', groups: ['default'] } }
  const made = path.startsWith('/monitors')
    ? await own.call('POST', '/monitors', ofMonitor)
    : await own.call('POST', '/webhooks', ofWebhook)
  const headers = { 'X-API-Key': ADMIN, 'Content-Type': 'application/json', Expect: '100-continue' }
  const sent = request(own.address + path.replace(':id', made.body.uuid), { method: 'POST', headers })
  sent.flushHeaders()
  await once(sent, 'continue')
  const closed = own[Symbol.asyncDispose]()
  sent.end(body)
  const [response] = (await once(sent, 'response')) as [IncomingMessage]
  response.resume()
  await closed
  return { status: response.statusCode ?? 0 }
}

const examples = readExamples()
const documented = ROUTES.flatMap((row) =>
  statusesOf(row).map((status) => ({ name: `${row.method} ${row.path} ${status}`, row, status })),
)

describe('a documented status', () => {
  const shown = ({ row, status }: (typeof documented)[number]) =>
    status === 304 || examplesOf(examples, row).responses[status] !== undefined
  const successes = documented.filter(({ status }) => status < 300)

  test('of success is shown by an example', () => {
    expect(successes.filter((one) => !shown(one)).map(({ name }) => name)).toEqual([])
  })

  const refusals = documented.filter((one) => one.status >= 400 && !shown(one))

  test.for(refusals)('$name is answered', async ({ name, row, status }) => {
    const reach = ALONE[name] ?? ALIKE[status]
    if (reach === undefined) throw new Error(`nothing brings ${name} about: an example or a row here has to`)
    expect((await reach(row)).status).toBe(status)
  })
})
