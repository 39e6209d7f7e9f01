/** The story of a customer of Entri Monitor: a token, a domain, a record that breaks, and the word that it is back. */
import { createHash } from 'node:crypto'
import { verifyWebhook } from '@dnsradar/client'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { type Database, databasesOn, ENGINES } from '../../../../test/harness/databases.ts'
import { surround } from '../../../../test/harness/radar.ts'
import { readConfig, startServer } from '../../src/index.ts'
import type { Reply } from '../api.ts'
import { anA, type Dialect, MINUTE, PATIENCE, RIGHT, SECOND, send, START, startDialect } from './dialect.ts'

describe.each(ENGINES)('on %s', (engine) => {
  const newDatabase = databasesOn(engine)
  let database: Database
  let entri: Dialect
  /** Minute by minute, so that what waits for a database has its turn in between. */
  const asTimeGoesBy = <T>(look: () => Promise<T>): Promise<T> =>
    vi.waitFor(async () => {
      await entri.clock.advance(MINUTE)
      return look()
    }, PATIENCE)

  beforeEach(async () => {
    database = await newDatabase()
    entri = await startDialect(database.settings)
  })
  afterEach(async () => {
    await entri[Symbol.asyncDispose]()
    await database[Symbol.asyncDispose]()
  })

  test('from a token to the word that all records are back', async () => {
    const { dns, clock, application, receiver, api } = entri
    dns.set('example.com', 'A', [RIGHT], 0)
    dns.set('shop.example.com', 'CNAME', ['shops.example.net'], 0)
    dns.set('shops.example.net', 'A', [RIGHT], 0)
    const dnsRecords = [anA('@'), { type: 'CNAME', host: 'shop', value: 'shops.example.net', ttl: 300 }]
    const added = await entri.ok('POST', '/monitor/domains', { domain: 'example.com', dnsRecords })
    expect(added).toEqual({
      domain: 'example.com',
      user_id: application.application_id,
      created_at: '2030-01-01T00:00:00Z',
      updated_at: '2030-01-01T00:00:00Z',
      monitor_status: 'pending',
      dnsRecords,
      message: expect.any(String),
    })
    await vi.waitFor(async () => {
      const { monitor_status } = await entri.ok('GET', '/monitor/domains/example.com')
      expect(monitor_status).toBe('success')
    }, PATIENCE)

    dns.set('shop.example.com', 'CNAME', ['competitor.example.org'], 0)
    const [missing] = await asTimeGoesBy(() => entri.told(1))
    const shop = { type: 'CNAME', host: 'shop', value: 'shops.example.net' }
    const apex = { type: 'A', host: '@', value: RIGHT }
    expect(missing).toEqual({
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/),
      user_id: application.application_id,
      domain: 'example.com',
      subdomain: 'shop',
      type: 'domain.record_missing',
      data: { records_propagated: [apex], records_non_propagated: [shop] },
    })
    expect(await entri.ok('GET', '/monitor/status')).toEqual({
      domains: 1,
      records: 2,
      missing: 1,
      last_check: expect.stringMatching(/^2030-01-01T/),
    })

    const [request] = receiver.requests
    if (request === undefined) throw new Error('nothing was received')
    const timestamp = String(request.headers['entri-timestamp'])
    expect(Number(timestamp)).toBeGreaterThanOrEqual(START / SECOND)
    expect(Number(timestamp)).toBeLessThanOrEqual(clock.now() / SECOND)
    const signed = createHash('sha256').update(`${missing.id}${timestamp}${application.secret}`).digest('hex')
    expect(request.headers['entri-signature-v2']).toBe(signed)
    const verified = await verifyWebhook(request, { secret: application.secret, now: Number(timestamp) * SECOND })
    expect(verified).toMatchObject({ ok: true })

    dns.set('shop.example.com', 'CNAME', ['shops.example.net'], 0)
    const [, restored] = await asTimeGoesBy(() => entri.told(2))
    expect(restored).toMatchObject({
      subdomain: 'shop',
      type: 'domain.record_restored',
      data: { records_propagated: [apex, shop], records_non_propagated: [] },
    })
    expect(restored.id).not.toBe(missing.id)
    // The same to whoever looks natively.
    const events = (await api.call('GET', '/system-events?type=domain.record_*&order_way=asc')).body.data
    expect(events.map(({ type }: { type: string }) => type)).toEqual([
      'domain.record_missing',
      'domain.record_restored',
    ])
  })

  test('domains come and go, one by one and many at once, whoever asks at the same time', async () => {
    const all = (count: number, ask: (nth: number) => Promise<Reply>) =>
      Promise.all(Array.from({ length: count }, (_, nth) => ask(nth).then(({ status }) => status)))
    const path = '/monitor/domains/a.example/records'
    const json = { domain: 'a.example', dnsRecords: [anA('@'), anA('www')] }
    const added = await all(4, () => entri.call('POST', '/monitor/domains', { json }))
    expect(added.toSorted((a, b) => a - b)).toEqual([200, 409, 409, 409])
    // Each set of records is whole, whichever comes last.
    const sets = await all(4, (nth) =>
      entri.call('PUT', path, { json: { dnsRecords: [anA(`x${nth}`), anA(`y${nth}`)] } }),
    )
    expect(sets).toEqual([200, 200, 200, 200])
    const [x, y] = (await entri.ok('GET', path)).dnsRecords
    expect(x.host.slice(1)).toBe(y.host.slice(1))
    const more = await all(4, (nth) => entri.call('POST', path, { json: { dnsRecords: [anA(`z${nth}`)] } }))
    expect(more).toEqual([200, 200, 200, 200])
    expect((await entri.ok('GET', path)).dnsRecords).toHaveLength(6)
    const names = Array.from({ length: 30 }, (_, nth) => ({
      domain: `b${nth}.example`,
      dnsRecords: [anA('@'), anA('www')],
    }))
    const { request_id } = await entri.ok('POST', '/monitor/domains/batch', { domains: names })
    await vi.waitFor(async () => {
      const status = await entri.ok('GET', `/monitor/domains/batch/status/${request_id}`)
      expect(status).toMatchObject({ status: 'completed', processed: 30, failed: 0 })
    }, PATIENCE)
    expect(await entri.ok('GET', '/monitor/status')).toMatchObject({ domains: 31, records: 66 })
    const gone = await all(2, () => entri.call('DELETE', '/monitor/domains', { json: { domain: 'a.example' } }))
    expect(gone.toSorted((a, b) => a - b)).toEqual([200, 404])
    expect((await entri.api.call('DELETE', `/entri/applications/${entri.application.uuid}`)).status).toBe(204)
    expect((await entri.api.call('GET', '/monitors')).body.data).toEqual([])
  })
})

describe.each(ENGINES.filter((engine) => engine === 'postgres'))('on %s', (engine) => {
  const newDatabase = databasesOn(engine)

  test('of processes that start together one makes the application of the settings, with one hook', async () => {
    await using surroundings = await surround({
      database: await newDatabase(),
      settings: {
        DNSRADAR_ENTRI_APPLICATION_ID: 'ours',
        DNSRADAR_ENTRI_SECRET: 'a secret',
        DNSRADAR_ENTRI_WEBHOOK_URL: 'https://hooks.example.com/entri',
      },
    })
    const { config } = readConfig(surroundings.settings)
    const servers = await Promise.all(Array.from({ length: 3 }, () => startServer(config)))
    const headers = { 'X-API-Key': surroundings.key }
    const list = async (path: string) => (await send('GET', `${servers[0]?.address}${path}`, { headers })).body.data
    expect(await list('/entri/applications')).toHaveLength(1)
    expect(await list('/webhooks?source=entri')).toHaveLength(1)
    // A token of one is good for the others.
    const json = { applicationId: 'ours', secret: 'a secret' }
    const { auth_token } = (await send('POST', `${servers[1]?.address}/token`, { json })).body
    const asked = { headers: { applicationId: 'ours', Authorization: `Bearer ${auth_token}` } }
    expect((await send('GET', `${servers[2]?.address}/monitor/health`, asked)).body).toEqual({ status: 'ok' })
    await Promise.all(servers.map((server) => server.close()))
  })
})
