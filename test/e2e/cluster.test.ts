/** Processes that join, leave, lose touch and disagree about the time, on one PostgreSQL. */
import { randomBytes } from 'node:crypto'
import { setTimeout as pass } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type PostgresServer, startPostgres } from '../../packages/store/test/postgres-server.ts'
import { type Database, ENGINES } from '../harness/databases.ts'
import { deliveryIn } from '../harness/delivered.ts'
import { spawnPart, spawnRadar, surround, type Surroundings } from '../harness/radar.ts'
import type { RadarProcess } from '../harness/radar-process.ts'

const ONE_ANSWER = { DNSRADAR_CONFIRM: '0', DNSRADAR_AUTHORITATIVE: 'off' }

/** A machine whose clock is off by so much. */
function off(byMs: number): Readonly<Record<string, string>> {
  const script = `const now = Date.now.bind(Date); Date.now = () => now() + ${byMs}`
  return { NODE_OPTIONS: `--import data:text/javascript,${encodeURIComponent(script)}` }
}

const LISTENERS = "from pg_stat_activity where query like 'listen %'"

let made = 0

async function newDatabase(server: PostgresServer): Promise<Database> {
  const name = `cluster_${++made}`
  await server.query('postgres', `create database ${name}`)
  const key = `test:${randomBytes(32).toString('base64')}`
  const settings = { DATABASE_URL: server.url(name), DNSRADAR_SECRET_KEY: key }
  return { settings, [Symbol.asyncDispose]: async () => {} }
}

function nameOf({ settings }: Database): string {
  return new URL(settings['DATABASE_URL'] ?? '').pathname.slice(1)
}

function create(radar: RadarProcess, domain: string): Promise<{ uuid: string }> {
  return radar.client.createMonitor({ domain, record_type: 'A', expected_value: '192.0.2.1' })
}

function isChecked(radar: RadarProcess, uuid: string): Promise<boolean> {
  return radar.client.getMonitor(uuid).then(({ last_checked }) => last_checked !== null)
}

describe.runIf(ENGINES.includes('postgres'))('processes on one PostgreSQL', () => {
  let server: PostgresServer
  beforeAll(async () => {
    server = await startPostgres()
  })
  afterAll(() => server[Symbol.asyncDispose]())

  const around = async (settings = {}): Promise<Surroundings> =>
    surround({ database: await newDatabase(server), settings: { ...ONE_ANSWER, ...settings } })

  test('show each other, and a process that was stopped is gone at once', async () => {
    await using world = await around()
    await using first = await spawnRadar(world.settings)
    await using second = await spawnPart({ ...world.settings, DNSRADAR_ROLES: 'deliver' })
    const roles = async () => (await first.client.listNodes()).data.map((node) => node.roles)
    expect(await roles()).toEqual([['api', 'check', 'deliver'], ['deliver']])
    expect(await second.stop('SIGTERM')).toMatchObject({ code: 0 })
    expect(await roles()).toEqual([['api', 'check', 'deliver']])
  })

  test('whose clocks are minutes apart look at each monitor once, and agree on when', async () => {
    await using world = await around()
    const { dns } = world
    await using early = await spawnRadar({ ...world.settings, ...off(-6 * 60_000) })
    await using late = await spawnRadar({ ...world.settings, ...off(8 * 60_000) })
    const names = Array.from({ length: 30 }, (_, i) => `n${i}.example`)
    for (const name of names) dns.set(name, 'A', ['192.0.2.1'])
    const from = Date.now()
    const made = await Promise.all(names.map((name, i) => create(i % 2 === 0 ? early : late, name)))
    await vi.waitFor(async () => {
      for (const { uuid } of made) expect(await isChecked(early, uuid)).toBe(true)
    }, 20_000)
    // Two rounds of polling: whoever took a lease for ended would have looked by now.
    await pass(2_500)
    expect(names.map((name) => dns.count({ name }))).toEqual(names.map(() => 1))
    for (const [i, { uuid }] of made.entries()) {
      const { created, last_checked } = await (i % 2 === 0 ? late : early).client.getMonitor(uuid)
      for (const time of [created, last_checked ?? '']) {
        expect(Date.parse(time)).toBeGreaterThan(from - 2_000)
        expect(Date.parse(time)).toBeLessThan(Date.now() + 2_000)
      }
    }
  })

  test('take over at once what a stopped one was looking at', async () => {
    await using world = await around({ DNSRADAR_DNS_TIMEOUT: '20s' })
    const { dns } = world
    await using api = await spawnRadar({ ...world.settings, DNSRADAR_ROLES: 'api' })
    await using leaver = await spawnPart({ ...world.settings, DNSRADAR_ROLES: 'check' })
    dns.set('slow.example', 'A', ['192.0.2.1'])
    dns.behave('slow.example', { kind: 'silence' })
    const { uuid } = await create(api, 'slow.example')
    await vi.waitFor(() => expect(dns.count({ name: 'slow.example' })).toBeGreaterThan(0), 10_000)
    await using _heir = await spawnPart({ ...world.settings, DNSRADAR_ROLES: 'check' })
    dns.behave('slow.example', null)
    const stoppedAt = Date.now()
    expect(await leaver.stop('SIGTERM')).toMatchObject({ code: 0 })
    await vi.waitFor(async () => expect(await isChecked(api, uuid)).toBe(true), 10_000)
    // The lease was for 75 s.
    expect(Date.now() - stoppedAt).toBeLessThan(10_000)
  })

  test('take over at once the queue that a stopped one was sending', async () => {
    await using world = await around()
    const { dns, receiver } = world
    await using api = await spawnRadar({ ...world.settings, DNSRADAR_ROLES: 'api,check' })
    await using leaver = await spawnPart({ ...world.settings, DNSRADAR_ROLES: 'deliver' })
    await api.client.createWebhook({ url: receiver.url, timeout_seconds: 30 })
    const made: string[] = []
    receiver.answer('slow:6000', 1)
    for (const domain of ['a.example', 'b.example', 'c.example']) {
      dns.set(domain, 'A', ['192.0.2.9'])
      const { uuid } = await create(api, domain)
      await vi.waitFor(async () => expect(await isChecked(api, uuid)).toBe(true), 10_000)
      made.push(uuid)
    }
    await receiver.waitFor(1)
    await using _heir = await spawnPart({ ...world.settings, DNSRADAR_ROLES: 'deliver' })
    const stoppedAt = Date.now()
    // What is in flight is finished, the rest of the queue is left.
    expect(await leaver.stop('SIGTERM')).toMatchObject({ code: 0 })
    const requests = await receiver.waitFor(3)
    expect(requests.map((request) => deliveryIn(request).event.monitor_uuid)).toEqual(made)
    // The lease was for 90 s.
    expect(Date.now() - stoppedAt).toBeLessThan(10_000)
  })

  test('that stand still while they look, and wake when their lease is over, change nothing about the monitor', async () => {
    await using world = await around({ DNSRADAR_DNS_TIMEOUT: '20s' })
    const { dns, receiver, database } = world
    await using api = await spawnRadar({ ...world.settings, DNSRADAR_ROLES: 'api,deliver' })
    await using sleeper = await spawnPart({ ...world.settings, DNSRADAR_ROLES: 'check' })
    await api.client.createWebhook({ url: receiver.url })
    dns.set('a.example', 'A', ['192.0.2.9'], 0)
    dns.behave('a.example', { kind: 'delayed', ms: 1_000 })
    const { uuid } = await create(api, 'a.example')
    await vi.waitFor(() => expect(dns.count({ name: 'a.example' })).toBeGreaterThan(0), 10_000)
    process.kill(sleeper.pid, 'SIGSTOP')
    dns.behave('a.example', null)
    dns.set('a.example', 'A', ['192.0.2.1'], 0)
    // A minute later.
    await server.query(nameOf(database), 'update checks set lease_until = 0')
    await using heir = await spawnPart({ ...world.settings, DNSRADAR_ROLES: 'check' })
    await vi.waitFor(async () => expect(await isChecked(api, uuid)).toBe(true), 20_000)
    await heir.stop('SIGTERM')
    const before = await api.client.getMonitor(uuid)
    expect(before).toMatchObject({ state: 'VALID' })

    dns.set('a.example', 'A', ['192.0.2.9'], 0)
    process.kill(sleeper.pid, 'SIGCONT')
    // Nobody else is there to look at this one, and its news would come after any other.
    dns.set('b.example', 'A', ['192.0.2.9'], 0)
    const { uuid: other } = await create(api, 'b.example')
    const { event } = deliveryIn(await receiver.next(20_000))
    expect(event).toMatchObject({ monitor_uuid: other })
    expect(await api.client.getMonitor(uuid)).toEqual(before)
    expect((await api.client.listMonitorEvents(uuid)).data).toEqual([])
    expect(receiver.requests).toHaveLength(1)
  })

  test('that stand still while they send, and wake when their lease is over, change nothing about the queue', async () => {
    await using world = await around()
    const { dns, receiver } = world
    await using api = await spawnRadar({ ...world.settings, DNSRADAR_ROLES: 'api,check' })
    await using sleeper = await spawnPart({ ...world.settings, DNSRADAR_ROLES: 'deliver' })
    const { uuid: webhook } = await api.client.createWebhook({ url: receiver.url, timeout_seconds: 1 })
    // It stands still with its answer on the way: a failure, which would hold up the queue for five minutes.
    receiver.answer((_request, response) => {
      process.kill(sleeper.pid, 'SIGSTOP')
      response.writeHead(500).end()
    }, 1)
    const breakOne = async (domain: string): Promise<string> => {
      dns.set(domain, 'A', ['192.0.2.9'])
      return (await create(api, domain)).uuid
    }
    const first = await breakOne('a.example')
    await receiver.waitFor(1, 20_000)
    const second = await breakOne('b.example')
    await using heir = await spawnPart({ ...world.settings, DNSRADAR_ROLES: 'deliver' })
    await receiver.waitFor(3, 30_000)
    await vi.waitFor(async () => expect(await api.client.getWebhook(webhook)).toMatchObject({ pending: 0 }), 10_000)
    await heir.stop('SIGTERM')
    const { last_executed: _, ...before } = await api.client.getWebhook(webhook)

    process.kill(sleeper.pid, 'SIGCONT')
    const repeated = String(receiver.requests[0]?.headers['webhook-id'])
    // Its attempt is a fact all the same.
    await vi.waitFor(async () => {
      expect((await api.client.getRequest(webhook, repeated)).attempts).toHaveLength(2)
    }, 10_000)
    expect(await api.client.getWebhook(webhook)).toMatchObject(before)
    // Nobody else is there to send this one.
    const third = await breakOne('c.example')
    await receiver.waitFor(4, 20_000)
    await vi.waitFor(async () => expect(await api.client.getWebhook(webhook)).toMatchObject({ pending: 0 }), 10_000)
    expect(receiver.requests.map((request) => deliveryIn(request).event.monitor_uuid)).toEqual([
      first,
      first,
      second,
      third,
    ])
    expect(receiver.requests[1]?.headers['webhook-id']).toBe(repeated)
    const { data } = await api.client.listRequests(webhook)
    expect(data.map(({ status }) => status)).toEqual(['DELIVERED', 'DELIVERED', 'DELIVERED'])
  })

  test('find work by polling while no hint reaches them, and hear hints again after that', async () => {
    await using world = await around()
    const { dns, receiver } = world
    await using api = await spawnRadar({ ...world.settings, DNSRADAR_ROLES: 'api' })
    await using _checker = await spawnPart({ ...world.settings, DNSRADAR_ROLES: 'check' })
    await using _sender = await spawnPart({ ...world.settings, DNSRADAR_ROLES: 'deliver' })
    await api.client.createWebhook({ url: receiver.url })
    const tookMs = async (domain: string): Promise<number> => {
      dns.set(domain, 'A', ['192.0.2.9'])
      const from = Date.now()
      await create(api, domain)
      await receiver.next(20_000)
      return Date.now() - from
    }
    await tookMs('a.example')
    await server.query('postgres', `select pg_terminate_backend(pid) ${LISTENERS}`)
    // Two polls of a second each, and what a busy machine adds.
    expect(await tookMs('b.example')).toBeLessThan(8_000)
    await vi.waitFor(async () => {
      expect(await server.query('postgres', `select 1 ${LISTENERS}`)).toHaveLength(3)
    }, 20_000)
    await tookMs('c.example')
  })
})
