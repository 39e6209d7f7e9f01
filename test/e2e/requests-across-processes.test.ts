/** Processes on one PostgreSQL answer a client as one server would: counted together, and once for a request that is repeated. */
import { connect } from '@dnsradar/client'
import { describe, expect, test } from 'vitest'
import { databasesOn, ENGINES } from '../harness/databases.ts'
import { describedFetch } from '../harness/described.ts'
import { startRadar, surround } from '../harness/radar.ts'

const MONITOR = { domain: 'a.example', record_type: 'A', expected_value: '192.0.2.1', is_active: false } as const

describe.runIf(ENGINES.includes('postgres'))('on postgres', () => {
  const newDatabase = databasesOn('postgres')

  /** Two servers on one database that take the same key. */
  async function twoServers(settings: Readonly<Record<string, string>> = {}) {
    await using stack = new AsyncDisposableStack()
    const { key, ...around } = stack.use(await surround({ database: await newDatabase(), settings }))
    const database = { settings: around.settings, [Symbol.asyncDispose]: async () => {} }
    const start = async () => {
      const { url } = stack.use(await startRadar({ database, settings: { ...settings, DNSRADAR_API_KEY: key } }))
      return { url, client: connect({ url, key }) }
    }
    const [first, second] = [await start(), await start()]
    const held = stack.move()
    return {
      key,
      urls: [first.url, second.url],
      one: first.client,
      other: second.client,
      [Symbol.asyncDispose]: () => held.disposeAsync(),
    }
  }

  test('a key spends one allowance on all of them', async () => {
    await using servers = await twoServers({ DNSRADAR_RATE_LIMIT: '4' })
    const [one = '', other = ''] = servers.urls
    const remaining = []
    for (const url of [one, other, one, other, one]) {
      const { status, headers } = await describedFetch(`${url}/me`, { headers: { 'X-API-Key': servers.key } })
      remaining.push([status, headers.get('x-ratelimit-remaining')])
    }
    expect(remaining).toEqual([
      [200, '3'],
      [200, '2'],
      [200, '1'],
      [200, '0'],
      [429, '0'],
    ])
  })

  test('a POST that is repeated at the same time on another process happens once', async () => {
    await using servers = await twoServers()
    const { one, other } = servers
    const once = { idempotencyKey: 'deploy-42' }
    const made = await Promise.all([one, other, one, other].map((client) => client.createMonitor(MONITOR, once)))
    expect(new Set(made.map(({ uuid }) => uuid)).size).toBe(1)
    expect((await other.me()).usage.monitors).toBe(1)
    expect((await one.listAudit()).data).toMatchObject([{ action: 'monitor.create', object: made[0]?.uuid }])
    await expect(other.createMonitor({ ...MONITOR, frequency: 5 }, once)).rejects.toMatchObject({
      code: 'idempotency_mismatch',
    })
  })

  test('many writes at the same time on few connections all come through', async () => {
    await using servers = await twoServers()
    const { one, other } = servers
    const writes = Array.from({ length: 60 }, (_, i) =>
      (i % 2 ? one : other).createMonitor({ ...MONITOR, group: `g${i % 7}` }),
    )
    expect(new Set((await Promise.all(writes)).map(({ uuid }) => uuid)).size).toBe(60)
    expect((await one.listAudit({ limit: 100 })).data).toHaveLength(60)
  })
})
