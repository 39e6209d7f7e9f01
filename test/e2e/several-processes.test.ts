/** Several processes on one PostgreSQL: they share the work and never do it twice. */
import { describe, expect, test, vi } from 'vitest'
import { databasesOn, ENGINES } from '../harness/databases.ts'
import { deliveryIn } from '../harness/delivered.ts'
import { flip } from '../harness/flip.ts'
import { spawnPart, spawnRadar, surround } from '../harness/radar.ts'

describe.runIf(ENGINES.includes('postgres'))('on postgres', () => {
  const newDatabase = databasesOn('postgres')

  test('one process may serve the API while another one checks and delivers', async () => {
    await using around = await surround({ database: await newDatabase() })
    around.dns.set('a.example', 'A', ['192.0.2.9'])
    await using api = await spawnRadar({ ...around.settings, DNSRADAR_ROLES: 'api' })
    await api.client.createWebhook({ url: around.receiver.url })
    const { uuid } = await api.client.createMonitor({
      domain: 'a.example',
      record_type: 'A',
      expected_value: '192.0.2.1',
    })
    await using worker = await spawnPart({ ...around.settings, DNSRADAR_ROLES: 'check,deliver' })
    const { event } = deliveryIn(await around.receiver.next(20_000))
    expect(event).toMatchObject({ monitor_uuid: uuid, old_state: 'UNSET', new_state: 'MISMATCH' })
    expect(await worker.stop('SIGTERM')).toMatchObject({ code: 0 })
  })

  test('two whole processes deliver every event once and in order, also when one of them is killed', async () => {
    const settings = { DNSRADAR_RETRY_DELAYS: Array.from({ length: 100 }, () => '100ms').join(',') }
    await using around = await surround({ database: await newDatabase(), settings })
    const { dns, receiver } = around
    await using first = await spawnRadar(around.settings)
    await using second = await spawnRadar(around.settings)
    const { uuid: webhook } = await first.client.createWebhook({ url: receiver.url, timeout_seconds: 1 })
    receiver.answer(500)
    const events = await flip({ client: second.client, dns }, 6)
    await receiver.waitFor(2)
    await first.stop('SIGKILL')
    const failures = receiver.requests.length
    receiver.answer(200)
    await vi.waitFor(async () => expect(await second.client.getWebhook(webhook)).toMatchObject({ pending: 0 }), 30_000)
    const told = receiver.requests.slice(failures).map((request) => deliveryIn(request).event.event_uuid)
    expect(told).toEqual(events)
  })
})
