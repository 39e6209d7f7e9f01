/** Batches: many domains of one request, added in the background. */
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { surround } from '../../../../test/harness/radar.ts'
import { readConfig, startServer } from '../../src/index.ts'
import { anA, type Dialect, PATIENCE, send, startDialect } from './dialect.ts'

let entri: Dialect
beforeAll(async () => {
  entri = await startDialect()
})
afterAll(() => entri[Symbol.asyncDispose]())

const domains = (count: number, prefix: string) =>
  Array.from({ length: count }, (_, i) => ({ domain: `${prefix}${i}.example`, dnsRecords: [anA('@')] }))

const statusOf = (id: string) => entri.ok('GET', `/monitor/domains/batch/status/${id}`)
const completed = (id: string) =>
  vi.waitFor(async () => {
    const status = await statusOf(id)
    expect(['completed', 'failed']).toContain(status.status)
    return status
  }, PATIENCE)

test('a hundred domains are added, and each is told of', async () => {
  const sent = domains(100, 'hundred')
  const batch = await entri.ok('POST', '/monitor/domains/batch', { domains: sent })
  expect(batch).toEqual({ request_id: expect.stringMatching(/^bat_/), status: 'pending', total: 100 })
  expect(await completed(batch.request_id)).toEqual({
    request_id: batch.request_id,
    status: 'completed',
    total: 100,
    processed: 100,
    failed: 0,
    results: sent.map(({ domain }) => ({ domain, status: 'completed' })),
  })
  expect(await entri.ok('GET', '/monitor/domains?limit=1')).toMatchObject({ total: 100 })
  expect((await entri.monitors('hundred99.example')).map(({ record_type }) => record_type)).toEqual(['A'])
})

test('a bare list is a batch as well, and a user may be given with each domain', async () => {
  const [one] = domains(1, 'bare')
  const batch = await entri.ok('POST', '/monitor/domains/batch', [{ ...one, user_id: 'customer-9' }])
  expect(await completed(batch.request_id)).toMatchObject({ total: 1, failed: 0 })
  expect(await entri.ok('GET', '/monitor/domains/bare0.example')).toMatchObject({ user_id: 'customer-9' })
})

test('one bad domain does not stop the others, and its fault is told', async () => {
  const [good, twice, last] = domains(3, 'mixed')
  const sent = [
    good,
    { domain: 'not a domain', dnsRecords: [anA('@')] },
    { domain: 'no-records.example' },
    { domain: 'bad-record.example', dnsRecords: [{ type: 'A', host: '@', value: 'not an address', ttl: 60 }] },
    17,
    twice,
    twice,
    last,
  ]
  const { request_id } = await entri.ok('POST', '/monitor/domains/batch', { domains: sent })
  const { results, ...rest } = await completed(request_id)
  expect(rest).toMatchObject({ status: 'completed', total: 8, processed: 8, failed: 5 })
  expect(results).toEqual([
    { domain: 'mixed0.example', status: 'completed' },
    { domain: 'not a domain', status: 'failed', error: expect.stringMatching(/domain/) },
    { domain: 'no-records.example', status: 'failed', error: expect.stringMatching(/dnsRecords is required/) },
    { domain: 'bad-record.example', status: 'failed', error: expect.stringMatching(/dnsRecords\[0\]\.value/) },
    { domain: '', status: 'failed', error: expect.stringMatching(/object/) },
    { domain: 'mixed1.example', status: 'completed' },
    { domain: 'mixed1.example', status: 'failed', error: expect.stringMatching(/already/) },
    { domain: 'mixed2.example', status: 'completed' },
  ])
  expect((await entri.call('GET', '/monitor/domains/bad-record.example')).status).toBe(404)
})

test('a batch of which nothing came is failed', async () => {
  const { request_id } = await entri.ok('POST', '/monitor/domains/batch', { domains: [{}, null] })
  expect(await completed(request_id)).toMatchObject({ status: 'failed', processed: 2, failed: 2 })
})

describe('refused at once, and nothing added:', () => {
  const refused: { why: string; json: unknown }[] = [
    { why: 'a hundred and one domains', json: { domains: domains(101, 'many') } },
    { why: 'a bare list of a hundred and one', json: domains(101, 'many') },
    { why: 'no domain', json: { domains: [] } },
    { why: 'no list', json: { domains: 'all of them' } },
    { why: 'nothing at all', json: {} },
  ]
  test.for(refused)('$why', async ({ json }) => {
    const reply = await entri.call('POST', '/monitor/domains/batch', { json })
    expect(reply).toMatchObject({ status: 400, body: { errors: { domains: expect.any(String) } } })
    expect((await entri.call('GET', '/monitor/domains/many0.example')).status).toBe(404)
  })
})

test.for(['bat_01h455vb4pex5vsknk084sn02q', 'nonsense', 'mon_01h455vb4pex5vsknk084sn02q'])(
  'a batch that nobody sent is 404: %s',
  async (id) => {
    expect((await entri.call('GET', `/monitor/domains/batch/status/${id}`)).status).toBe(404)
  },
)

test('the plan of the organization holds for batches, too', async () => {
  await using own = await startDialect({ DNSRADAR_PLAN: 'free' })
  const sent = domains(60, 'plan')
  const { request_id } = await own.ok('POST', '/monitor/domains/batch', { domains: sent })
  await vi.waitFor(async () => {
    const status = await own.ok('GET', `/monitor/domains/batch/status/${request_id}`)
    expect(status).toMatchObject({ status: 'completed', processed: 60, failed: 10 })
    expect(status.results[59]).toMatchObject({ status: 'failed', error: expect.stringMatching(/plan/) })
  }, PATIENCE)
  const json = { domain: 'one-more.example', dnsRecords: [anA('@')] }
  expect((await own.call('POST', '/monitor/domains', { json })).status).toBe(402)
})

test('what is left of a batch when the process stops is added after its restart', async () => {
  await using surroundings = await surround({
    settings: { DNSRADAR_ENTRI_APPLICATION_ID: 'ours', DNSRADAR_ENTRI_SECRET: 'a secret' },
  })
  const { config } = readConfig(surroundings.settings)
  const signIn = async (address: string | null) => {
    const json = { applicationId: 'ours', secret: 'a secret' }
    const { auth_token } = (await send('POST', `${address}/token`, { json })).body
    const headers = { applicationId: 'ours', Authorization: `Bearer ${auth_token}` }
    return (method: string, path: string, body?: unknown) => send(method, address + path, { json: body, headers })
  }
  const first = await startServer(config)
  const ask = await signIn(first.address)
  const sent = domains(100, 'later')
  const { request_id } = (await ask('POST', '/monitor/domains/batch', { domains: sent })).body
  await first.close()
  await using second = await startServer(config)
  const askAgain = await signIn(second.address)
  await vi.waitFor(async () => {
    const { body } = await askAgain('GET', `/monitor/domains/batch/status/${request_id}`)
    expect(body).toMatchObject({ status: 'completed', processed: 100, failed: 0 })
  }, PATIENCE)
  expect((await askAgain('GET', '/monitor/domains?limit=1')).body.total).toBe(100)
})
