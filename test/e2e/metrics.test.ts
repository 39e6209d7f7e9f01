/** What Prometheus reads: that it tells of what happened, in the right units, and of nobody by name. */
import { describe, expect, test, vi } from 'vitest'
import { databasesOn, ENGINES } from '../harness/databases.ts'
import { flip } from '../harness/flip.ts'
import { startRadar } from '../harness/radar.ts'

/** Samples by their name with labels, as `/metrics` writes them. */
type Samples = ReadonlyMap<string, number>

async function scrape(url: string, headers: Record<string, string> = {}): Promise<Samples> {
  const response = await fetch(`${url}/metrics`, { headers })
  expect(response.status).toBe(200)
  expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
  const lines = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'))
  return new Map(
    lines.map((line) => {
      const at = line.lastIndexOf(' ')
      return [line.slice(0, at), Number(line.slice(at + 1))]
    }),
  )
}

describe.each(ENGINES)('on %s', (engine) => {
  const newDatabase = databasesOn(engine)

  test('checks, answers, attempts and what waits are counted', async () => {
    await using radar = await startRadar({ database: await newDatabase(), settings: { DNSRADAR_RETRY_DELAYS: '1h' } })
    const { client, receiver, url } = radar
    const webhook = await client.createWebhook({ url: receiver.url })
    receiver.answer(500)
    await flip(radar, 3)
    await vi.waitFor(
      async () => expect(await client.getWebhook(webhook.uuid)).toMatchObject({ last_error: 'HTTP 500' }),
      20_000,
    )
    const samples = await scrape(url)
    expect(sum(samples, 'dnsradar_checks_total', 'outcome="changed"')).toBeGreaterThanOrEqual(3)
    expect(sum(samples, 'dnsradar_upstream_seconds_count', `server="${radar.dns.address}"`)).toBeGreaterThanOrEqual(3)
    expect(samples.get('dnsradar_look_seconds_count{answer="rrset"}')).toBeGreaterThanOrEqual(3)
    expect(samples.get('dnsradar_attempt_seconds_count{outcome="http_status"}')).toBe(1)
    expect(samples.get('dnsradar_deliveries_total{status="RETRYING"}')).toBe(1)
    expect(samples.get('dnsradar_store_seconds_count{operation="record checks",failed="false"}')).toBeGreaterThan(0)
    expect(samples.get('dnsradar_leases{on="webhook"}')).toBe(0)
    expect(samples.get('dnsradar_ready')).toBe(1)
    expect(sum(samples, 'dnsradar_http_request_seconds_count', 'route="/webhooks"')).toBe(1)
    expect(samples.get('dnsradar_queue_deliveries')).toBe(3)
    expect(samples.get('dnsradar_queue_age_seconds')).toBeGreaterThan(0)
    expect(samples.get('dnsradar_webhooks_retrying')).toBe(1)
  })
})

test('with a metrics key nobody reads them without it', async () => {
  await using radar = await startRadar({ settings: { DNSRADAR_METRICS_KEY: 'only-for-prometheus' } })
  for (const headers of [{}, { Authorization: 'Bearer wrong' }, { Authorization: 'only-for-prometheus' }]) {
    const response = await fetch(`${radar.url}/metrics`, { headers })
    expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer'])
    expect(await response.text()).toContain('DNSRADAR_METRICS_KEY')
  }
  const samples = await scrape(radar.url, { Authorization: 'Bearer only-for-prometheus' })
  expect([...samples.keys()].some((name) => name.startsWith('dnsradar_build_info{version='))).toBe(true)
})

test('no name, address or id of a user stands in any label', async () => {
  await using radar = await startRadar()
  const webhook = await radar.client.createWebhook({ url: `${radar.receiver.url}/secret-path` })
  await flip(radar, 2)
  await radar.receiver.waitFor(2)
  await radar.client.getWebhook(webhook.uuid)
  await fetch(`${radar.url}/no/such/path`, { method: 'BREW' }).catch(() => undefined)
  const names = [...(await scrape(radar.url)).keys()].join('\n')
  for (const private_ of ['secret-path', webhook.uuid, 'example.com', 'no/such', 'mon_']) {
    expect(names).not.toContain(private_)
  }
})

/** Over all samples of a name that carry a label. */
function sum(samples: Samples, name: string, label: string): number {
  return [...samples]
    .filter(([key]) => key.startsWith(`${name}{`) && key.includes(label))
    .reduce((total, [, value]) => total + value, 0)
}
