/** Monitors that come in numbers: from a system of one's own, by groups, and answered with what was seen. */
import { describe, expect, test, vi } from 'vitest'
import { databasesOn, ENGINES } from '../harness/databases.ts'
import { startRadar } from '../harness/radar.ts'

const WWW = { domain: 'example.com', subdomain: 'www', record_type: 'A', expected_value: ['192.0.2.1'] } as const

describe.each(ENGINES)('on %s', (engine) => {
  const newDatabase = databasesOn(engine)

  test('a new monitor is answered with its first look', async () => {
    await using radar = await startRadar({ database: await newDatabase() })
    const { client, dns } = radar
    dns.set('www.example.com', 'A', ['192.0.2.1'])
    const monitor = await client.createMonitorAndWait(WWW)
    expect(monitor).toMatchObject({
      state: 'VALID',
      current_value: ['192.0.2.1'],
      check: { state: 'VALID', rcode: 'NOERROR' },
    })
    expect(await client.getMonitor(monitor.uuid)).toMatchObject({ state: 'VALID', check: monitor.check })
  })

  test('a name server that says nothing does not hold up the answer for longer than both budgets', async () => {
    const settings = { DNSRADAR_DNS_TIMEOUT: '300ms' }
    await using radar = await startRadar({ database: await newDatabase(), settings })
    const { client, dns } = radar
    dns.behave('www.example.com', { kind: 'silence' })
    const started = performance.now()
    const monitor = await client.createMonitorAndWait(WWW)
    expect(performance.now() - started).toBeLessThan(2 * 300 + 1000)
    expect(await client.getMonitor(monitor.uuid)).toMatchObject({ uuid: monitor.uuid })
  })

  test('a system that says over and over what it wants has one monitor, judged by what it said last', async () => {
    await using radar = await startRadar({ database: await newDatabase() })
    const { client, dns } = radar
    dns.set('www.example.com', 'A', ['192.0.2.1'])
    const said = await Promise.all(Array.from({ length: 6 }, () => client.putMonitor('customer-7', WWW)))
    const [first] = said
    expect(new Set(said.map(({ uuid }) => uuid)).size).toBe(1)
    const uuid = first?.uuid ?? ''
    await vi.waitFor(async () => expect(await client.getMonitor(uuid)).toMatchObject({ state: 'VALID' }), 10_000)
    await client.putMonitor('customer-7', { ...WWW, expected_value: '198.51.100.7' })
    await vi.waitFor(async () => expect(await client.getMonitor(uuid)).toMatchObject({ state: 'MISMATCH' }), 10_000)
    const { data } = await client.listMonitorEvents(uuid)
    expect(data.map(({ old_state, new_state }) => [old_state, new_state])).toEqual([['VALID', 'MISMATCH']])
  })

  test('a bulk is looked at, rehearsed without a trace, and found again by what it says', async () => {
    await using radar = await startRadar({ database: await newDatabase() })
    const { client, dns } = radar
    const names = Array.from({ length: 30 }, (_, i) => `n${i}`)
    for (const name of names) dns.set(`${name}.example.com`, 'A', ['192.0.2.1'])
    const monitors = names.map((subdomain) => ({ ...WWW, subdomain, metadata: { customer: subdomain } }))
    const preview = await client.previewMonitors({ monitors, group: 'new' })
    expect(preview.data.map(({ index, result }) => [index, result])).toEqual(names.map((_, i) => [i, 'create']))
    expect(await client.summary()).toMatchObject({ total: 0 })

    const made = await client.createMonitors({ monitors, group: 'new' })
    expect(made.data.map(({ subdomain }) => subdomain)).toEqual(names)
    await vi.waitFor(
      async () => expect(await client.summary({ group: 'new' })).toMatchObject({ total: 30, states: { VALID: 30 } }),
      10_000,
    )
    const again = await client.createMonitors({ monitors, group: 'new', ignore: true })
    expect(again.data.map(({ uuid }) => uuid)).toEqual(made.data.map(({ uuid }) => uuid))
    const { data } = await client.listMonitors({ metadata: { customer: 'n7' }, state: 'VALID' })
    expect(data.map(({ uuid }) => uuid)).toEqual([made.data[7]?.uuid])
  })

  test('a group is switched off and on again at once', async () => {
    await using radar = await startRadar({ database: await newDatabase() })
    const { client, dns } = radar
    dns.set('www.example.com', 'A', ['192.0.2.1'], 0)
    const { uuid } = await client.createMonitorAndWait({ ...WWW, group: 'eu' })
    await client.updateGroupMonitors('eu', { is_active: false, frequency: 5 })
    expect(await client.getMonitor(uuid)).toMatchObject({ is_active: false, frequency: 5, next_check: null })
    dns.set('www.example.com', 'A', ['198.51.100.7'])
    dns.forget()
    await client.updateGroupMonitors('eu', { is_active: true })
    await vi.waitFor(async () => expect(await client.getMonitor(uuid)).toMatchObject({ state: 'MISMATCH' }), 10_000)
    expect(dns.count({ name: 'www.example.com' })).toBeGreaterThan(0)
  })
})
