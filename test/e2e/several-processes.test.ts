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

  test('a process without the API tells whether it works and what it counted, and nothing else', async () => {
    await using around = await surround({ database: await newDatabase() })
    const settings = { ...around.settings, DNSRADAR_ROLES: 'check', DNSRADAR_METRICS_KEY: 'for-prometheus' }
    await using checker = await spawnPart(settings)
    const url = /http:\/\/\S+(?=\/metrics)/.exec(checker.stdout)?.[0] ?? ''
    const ask = (path: string, headers: Record<string, string> = {}) => fetch(url + path, { headers })
    expect((await ask('/healthz')).status).toBe(200)
    await vi.waitFor(async () => expect((await ask('/readyz')).status).toBe(200))
    expect((await ask('/metrics')).status).toBe(401)
    const metrics = await ask('/metrics', { Authorization: 'Bearer for-prometheus' })
    expect(await metrics.text()).toContain('dnsradar_ready 1')
    for (const path of ['/me', '/monitors', '/app', '/token', '/openapi.json', '/']) {
      const answer = await ask(path, { 'X-API-Key': around.key })
      expect([answer.status, await answer.json()]).toEqual([
        404,
        expect.objectContaining({ detail: expect.stringContaining('DNSRADAR_ROLES') as unknown }),
      ])
    }
  })

  test('a process without the API listens nowhere when no port was named', async () => {
    await using around = await surround({ database: await newDatabase() })
    await using sender = await spawnPart({ ...around.settings, DNSRADAR_ROLES: 'deliver', PORT: '' })
    expect(sender.stdout).toContain('none: this process runs deliver')
    expect(sender.stdout).not.toContain('http')
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
