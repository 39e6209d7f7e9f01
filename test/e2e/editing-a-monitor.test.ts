/** A record was changed on purpose: its owner tells the monitor, and whoever listens hears that all is well again. */
import type { Client } from '@dnsradar/client'
import { describe, expect, test, vi } from 'vitest'
import { databasesOn, ENGINES } from '../harness/databases.ts'
import { deliveryIn } from '../harness/delivered.ts'
import { type Radar, startRadar } from '../harness/radar.ts'

const WWW = { domain: 'example.com', subdomain: 'www', record_type: 'A', expected_value: ['192.0.2.1'] } as const
const MOVED = '198.51.100.7'

describe.each(ENGINES)('on %s', (engine) => {
  const newDatabase = databasesOn(engine)

  test('a broken monitor whose value is accepted turns VALID, and that is told', async () => {
    await using radar = await startRadar({ database: await newDatabase() })
    const { client, receiver } = radar
    await client.createWebhook({ url: receiver.url })
    const monitor = await broken(radar)
    const accepted = await client.acceptMonitor(monitor)
    expect(accepted).toMatchObject({ uuid: monitor, state: 'MISMATCH', expected_value: [MOVED] })
    await turns(client, monitor, 'VALID')

    expect(await changes(client, monitor)).toEqual([
      ['record.broken', 'VALID', 'MISMATCH'],
      ['record.restored', 'MISMATCH', 'VALID'],
    ])
    const [, restored] = await receiver.waitFor(2)
    expect(restored && deliveryIn(restored).event).toMatchObject({
      monitor_uuid: monitor,
      expected_value: [MOVED],
      previous_value: [MOVED],
      current_value: [MOVED],
      old_state: 'MISMATCH',
      new_state: 'VALID',
      incidence_count: 1,
    })
    expect(restored?.headers['x-dnsradar-event']).toBe('record.restored')
  })

  test('history keeps the expectation that held at the time', async () => {
    await using radar = await startRadar({ database: await newDatabase() })
    const { client } = radar
    const monitor = await broken(radar)
    await client.acceptMonitor(monitor)
    await turns(client, monitor, 'VALID')
    const { data } = await client.listMonitorEvents(monitor)
    expect(data.map(({ kind, expected_value }) => [kind, expected_value])).toEqual([
      ['record.restored', [MOVED]],
      ['record.broken', ['192.0.2.1']],
    ])
  })

  test('another name is looked at as if it were new: UNSET, then VALID without an event', async () => {
    await using radar = await startRadar({ database: await newDatabase() })
    const { client, dns } = radar
    const monitor = await broken(radar)
    dns.set('api.example.com', 'A', ['192.0.2.1'])
    expect(await client.updateMonitor(monitor, { subdomain: 'api' })).toMatchObject({
      subdomain: 'api',
      state: 'UNSET',
      current_value: null,
      last_checked: null,
      incidence_count: 1,
    })
    await turns(client, monitor, 'VALID')
    expect(await changes(client, monitor)).toEqual([['record.broken', 'VALID', 'MISMATCH']])
  })

  test('another name that is broken is news from UNSET', async () => {
    await using radar = await startRadar({ database: await newDatabase() })
    const { client } = radar
    const monitor = await valid(radar)
    await client.updateMonitor(monitor, { full_domain: 'nowhere.example.com' })
    await turns(client, monitor, 'NOT_FOUND')
    expect(await changes(client, monitor)).toEqual([['record.broken', 'UNSET', 'NOT_FOUND']])
  })

  test('another expectation is judged from the state there is', async () => {
    await using radar = await startRadar({ database: await newDatabase() })
    const { client } = radar
    const monitor = await valid(radar)
    expect(await client.updateMonitor(monitor, { expected_value: MOVED })).toMatchObject({ state: 'VALID' })
    await turns(client, monitor, 'MISMATCH')
    expect(
      await client.updateMonitor(monitor, { match: 'any_of', expected_value: [MOVED, '192.0.2.1'] }),
    ).toMatchObject({ state: 'MISMATCH' })
    await turns(client, monitor, 'VALID')
    expect(await changes(client, monitor)).toEqual([
      ['record.broken', 'VALID', 'MISMATCH'],
      ['record.restored', 'MISMATCH', 'VALID'],
    ])
    expect(await client.getMonitor(monitor)).toMatchObject({ incidence_count: 1 })
  })

  test('another expectation that the record fulfils as well is no news', async () => {
    await using radar = await startRadar({ database: await newDatabase() })
    const { client } = radar
    const monitor = await valid(radar)
    await client.updateMonitor(monitor, { match: 'cidr', expected_value: '192.0.2.0/24' })
    expect(await client.checkMonitor(monitor)).toMatchObject({ state: 'VALID', match: 'cidr' })
    expect(await changes(client, monitor)).toEqual([])
  })

  test('a record that is meant to be gone: absent', async () => {
    await using radar = await startRadar({ database: await newDatabase() })
    const { client, dns } = radar
    const monitor = await valid(radar)
    dns.remove('www.example.com')
    await client.checkMonitor(monitor)
    await expect(client.acceptMonitor(monitor)).rejects.toMatchObject({ status: 409, code: 'conflict' })
    await client.updateMonitor(monitor, { match: 'absent' })
    await turns(client, monitor, 'VALID')
    expect((await changes(client, monitor)).at(-1)).toEqual(['record.restored', 'NOT_FOUND', 'VALID'])
  })

  test('record and expectation changed together are no news, although the old record was seen a moment ago', async () => {
    await using radar = await startRadar({ database: await newDatabase() })
    const { client, dns } = radar
    const monitor = await valid(radar)
    dns.set('www.example.com', 'A', [MOVED])
    await client.updateMonitor(monitor, { expected_value: MOVED })
    await vi.waitFor(
      async () => expect(await client.getMonitor(monitor)).toMatchObject({ current_value: [MOVED] }),
      10_000,
    )
    expect(await client.getMonitor(monitor)).toMatchObject({ state: 'VALID', pending_state: null })
    expect(await changes(client, monitor)).toEqual([])
  })

  test('a monitor that expects whatever is there holds on to that when its name is edited', async () => {
    await using radar = await startRadar({ database: await newDatabase() })
    const { client, dns } = radar
    dns.set('www.example.com', 'TXT', ['one', 'two'])
    const { uuid } = await client.createMonitor({
      full_domain: 'www.example.com',
      record_type: 'TXT',
      match: 'baseline',
    })
    await client.checkMonitor(uuid)
    dns.set('api.example.com', 'TXT', ['one'])
    expect(await client.updateMonitor(uuid, { subdomain: 'api' })).toMatchObject({
      state: 'UNSET',
      expected_value: ['one', 'two'],
    })
    await turns(client, uuid, 'MISMATCH')
    await client.acceptMonitor(uuid)
    await turns(client, uuid, 'VALID')
    expect(await client.getMonitor(uuid)).toMatchObject({ match: 'baseline', expected_value: ['one'] })
  })

  test('a monitor that was VALID takes what is there when it is turned into a baseline', async () => {
    await using radar = await startRadar({ database: await newDatabase() })
    const { client, dns } = radar
    const monitor = await valid(radar)
    await client.updateMonitor(monitor, { match: 'baseline' })
    await vi.waitFor(
      async () => expect((await client.getMonitor(monitor)).expected_value).toEqual(['192.0.2.1']),
      10_000,
    )
    dns.set('www.example.com', 'A', [MOVED])
    expect(await client.checkMonitor(monitor)).toMatchObject({ state: 'MISMATCH', expected_value: ['192.0.2.1'] })
  })

  test('an edit while a look is under way wins over what that look finds', async () => {
    await using radar = await startRadar({ database: await newDatabase() })
    const { client, dns } = radar
    const monitor = await valid(radar)
    dns.behave('www.example.com', { kind: 'delayed', ms: 500 })
    dns.forget()
    const checking = client.checkMonitor(monitor)
    await vi.waitFor(() => expect(dns.count()).toBeGreaterThan(0), 10_000)
    await client.updateMonitor(monitor, { expected_value: MOVED })
    expect(await checking).toMatchObject({ state: 'MISMATCH', expected_value: [MOVED] })
  })
})

/** A monitor of www.example.com that has been VALID. */
async function valid({ client, dns }: Radar): Promise<string> {
  dns.set('www.example.com', 'A', ['192.0.2.1'])
  const { uuid } = await client.createMonitor(WWW)
  expect(await client.checkMonitor(uuid)).toMatchObject({ state: 'VALID' })
  return uuid
}

/** One whose record was moved since. */
async function broken(radar: Radar): Promise<string> {
  const monitor = await valid(radar)
  radar.dns.set('www.example.com', 'A', [MOVED])
  expect(await radar.client.checkMonitor(monitor)).toMatchObject({ state: 'MISMATCH', incidence_count: 1 })
  return monitor
}

/** Nobody asks for a check: an edit is looked at by itself. */
async function turns(client: Client, monitor: string, state: string): Promise<void> {
  await vi.waitFor(async () => expect(await client.getMonitor(monitor)).toMatchObject({ state }), 10_000)
}

/** Oldest first. */
async function changes(client: Client, monitor: string): Promise<string[][]> {
  const { data } = await client.listMonitorEvents(monitor)
  return data.map(({ kind, old_state, new_state }) => [kind, old_state, new_state]).toReversed()
}
