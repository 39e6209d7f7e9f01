/** What a monitor's last look saw is shown by whichever process is asked, and after all of them were restarted. */
import { type Client, connect, type WireMonitorDetail } from '@dnsradar/client'
import { type Overrides, readConfig, startServer } from '@dnsradar/server'
import { describe, expect, test, vi } from 'vitest'
import { createTestClock, type TestClock } from '../harness/clock.ts'
import { databasesOn, ENGINES } from '../harness/databases.ts'
import { startDnsServer } from '../harness/dns-server.ts'
import { type Surroundings, surround } from '../harness/radar.ts'

const NAME = 'www.example.com'
const WWW = { domain: 'example.com', subdomain: 'www', record_type: 'A', expected_value: ['192.0.2.1'] } as const
const MINUTE = 60_000
/** The TTL of an answer that no later look is given. */
const UNSHARED = 0

interface Serving extends AsyncDisposable {
  readonly client: Client
}

async function serve({ settings, key }: Surroundings, overrides?: Overrides): Promise<Serving> {
  const server = await startServer(readConfig(settings).config, overrides)
  const client = connect({ url: server.address ?? '', key })
  // Once, however often it is stopped.
  const running = new AsyncDisposableStack()
  running.defer(() => server.close())
  return { client, [Symbol.asyncDispose]: () => running.disposeAsync() }
}

/** What a process that looked at nothing itself shows of the monitor. */
async function afterRestart(around: Surroundings, uuid: string, clock: TestClock): Promise<WireMonitorDetail> {
  await using restarted = await serve(around, { clock })
  return await restarted.client.getMonitor(uuid)
}

/** Looks are made when a test asks for one, or moves the clock to when one is due. */
async function watching(around: Surroundings): Promise<Serving & { clock: TestClock; uuid: string }> {
  const clock = createTestClock()
  const serving = await serve(around, { clock })
  around.dns.set(NAME, 'A', ['192.0.2.1'], UNSHARED)
  const { uuid } = await serving.client.createMonitor(WWW)
  const looked = await nextLook(serving.client, uuid, clock)
  expect(looked).toMatchObject({ state: 'VALID', check: { ttl: UNSHARED } })
  return { ...serving, clock, uuid }
}

/** Wakes the loop until it has looked once more. */
async function nextLook(client: Client, uuid: string, clock: TestClock): Promise<WireMonitorDetail> {
  const { last_checked } = await client.getMonitor(uuid)
  return vi.waitFor(async () => {
    await clock.advance(MINUTE)
    const monitor = await client.getMonitor(uuid)
    expect(monitor.last_checked).not.toBe(last_checked)
    return monitor
  }, 10_000)
}

describe.each(ENGINES)('on %s', (engine) => {
  const newDatabase = databasesOn(engine)

  test('a restarted process shows the check that the one before it showed', async () => {
    await using around = await surround({ database: await newDatabase() })
    await using first = await watching(around)
    const { client, clock, uuid } = first
    around.dns.set(NAME, 'A', ['192.0.2.1', '198.51.100.7'], 120)
    const { check } = await client.checkMonitor(uuid)
    expect(check).toMatchObject({
      state: 'MISMATCH',
      values: ['192.0.2.1', '198.51.100.7'],
      ttl: 120,
      rcode: 'NOERROR',
      answers: [{ server: around.dns.address, values: ['192.0.2.1', '198.51.100.7'] }, { role: 'upstream' }],
    })
    expect((await client.getMonitor(uuid)).check).toEqual(check)
    await first[Symbol.asyncDispose]()
    expect((await afterRestart(around, uuid, clock)).check).toEqual(check)
  })

  test('of a look that finds nothing new the times are kept, and the evidence there is still speaks of it', async () => {
    await using around = await surround({ database: await newDatabase() })
    await using first = await watching(around)
    const { client, clock, uuid } = first
    around.dns.set(NAME, 'A', ['192.0.2.1'], 60)
    const { last_checked, check } = await nextLook(client, uuid, clock)
    expect(check).toMatchObject({ state: 'VALID', ttl: 60, values: ['192.0.2.1'] })
    await first[Symbol.asyncDispose]()
    expect(await afterRestart(around, uuid, clock)).toMatchObject({
      last_checked,
      check: { state: 'VALID', ttl: UNSHARED, values: ['192.0.2.1'], answers: [{ server: around.dns.address }] },
    })
  })

  test('of a look that somebody asked for the evidence is kept, whatever it found', async () => {
    await using around = await surround({ database: await newDatabase() })
    await using first = await watching(around)
    const { client, clock, uuid } = first
    around.dns.set(NAME, 'A', ['192.0.2.1'], 60)
    const { check } = await client.checkMonitor(uuid)
    expect(check).toMatchObject({ state: 'VALID', ttl: 60 })
    await first[Symbol.asyncDispose]()
    expect((await afterRestart(around, uuid, clock)).check).toEqual(check)
  })

  test('a look that reached nobody does not take the place of the evidence for the state', async () => {
    await using upstream = new AsyncDisposableStack()
    const dns = upstream.use(await startDnsServer())
    await using around = await surround({
      database: await newDatabase(),
      settings: { DNSRADAR_RESOLVERS: dns.address },
    })
    await using first = await watching({ ...around, dns })
    const { client, clock, uuid } = first
    await upstream.disposeAsync()
    const { check } = await client.checkMonitor(uuid)
    expect(check).toMatchObject({ state: 'VALID', reasons: [{ code: 'resolver_unreachable' }] })
    expect((await client.getMonitor(uuid)).check).toEqual(check)
    await first[Symbol.asyncDispose]()
    expect((await afterRestart(around, uuid, clock)).check).toMatchObject({
      state: 'VALID',
      reasons: [],
      ttl: UNSHARED,
    })
  })

  test('why nothing is known of a new monitor yet is known after a restart', async () => {
    await using around = await surround({
      database: await newDatabase(),
      settings: { DNSRADAR_RESOLVERS: '127.0.0.1:9' },
    })
    const clock = createTestClock()
    await using first = await serve(around, { clock })
    const { uuid } = await first.client.createMonitor(WWW)
    const { check } = await first.client.checkMonitor(uuid)
    expect(check).toMatchObject({ state: 'UNSET', reasons: [{ code: 'resolver_unreachable' }] })
    await first[Symbol.asyncDispose]()
    expect((await afterRestart(around, uuid, clock)).check).toEqual(check)
  })

  test('a monitor that watches another record has no check until its first look at that', async () => {
    await using around = await surround({ database: await newDatabase() })
    await using first = await watching(around)
    const { client, clock, uuid } = first
    await client.disableMonitor(uuid)
    await client.updateMonitor(uuid, { subdomain: 'api' })
    expect((await client.getMonitor(uuid)).check).toBeNull()
    await first[Symbol.asyncDispose]()
    expect(await afterRestart(around, uuid, clock)).toMatchObject({ state: 'UNSET', check: null })
  })
})

describe.runIf(ENGINES.includes('postgres'))('on postgres', () => {
  const newDatabase = databasesOn('postgres')

  test('a process shows the check that another one made', async () => {
    await using around = await surround({ database: await newDatabase() })
    await using first = await watching(around)
    const { client, clock, uuid } = first
    await using second = await serve(around, { clock })
    const { check } = await client.checkMonitor(uuid)
    expect((await second.client.getMonitor(uuid)).check).toEqual(check)
    around.dns.set(NAME, 'A', ['198.51.100.7'])
    await clock.advance(MINUTE)
    const changed = await second.client.checkMonitor(uuid)
    expect(changed.check).toMatchObject({ state: 'MISMATCH', values: ['198.51.100.7'] })
    expect((await client.getMonitor(uuid)).check).toEqual(changed.check)
  })
})
