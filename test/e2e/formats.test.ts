/** A change told where people are: chat, alerting and mail get a message of their own kind, and take it. */
import type { NewWebhookInput } from '@dnsradar/client'
import { describe, expect, test, vi } from 'vitest'
import { databasesOn, ENGINES } from '../harness/databases.ts'
import { startMailServer } from '../harness/mail-server.ts'
import { type Radar, type RadarOptions, startRadar } from '../harness/radar.ts'
import type { ReceivedRequest } from '../harness/webhook-receiver.ts'

const KEY = '0123456789abcdef0123456789abcdef'

/** A record that is watched, breaks, and is right again. */
async function change({
  client,
  dns,
}: Radar): Promise<{ readonly monitor: string; breaks(): Promise<void>; heals(): Promise<void> }> {
  const set = async (address: string): Promise<void> => {
    dns.set('www.example.com', 'A', [address])
    await client.checkMonitor(uuid)
  }
  dns.set('www.example.com', 'A', ['192.0.2.1'])
  const { uuid } = await client.createMonitor({
    full_domain: 'www.example.com',
    record_type: 'A',
    expected_value: '192.0.2.1',
  })
  await set('192.0.2.1')
  return { monitor: uuid, breaks: () => set('198.51.100.7'), heals: () => set('192.0.2.1') }
}

const jsonIn = ({ body }: ReceivedRequest) => JSON.parse(body) as Record<string, unknown>

describe.each(ENGINES)('on %s', (engine) => {
  const newDatabase = databasesOn(engine)
  const start = async (options: RadarOptions = {}) => startRadar({ ...options, database: await newDatabase() })

  test('a Slack channel gets a message that Slack takes', async () => {
    await using radar = await start()
    radar.receiver.answer((request, response) => response.writeHead(isForSlack(request) ? 200 : 400).end())
    const { uuid } = await radar.client.createWebhook({ url: radar.receiver.url, format: 'slack' })
    const record = await change(radar)
    await record.breaks()
    expect(jsonIn(await radar.receiver.next())).toMatchObject({
      text: 'Broken: A www.example.com. The A record of www.example.com is not as expected: `192.0.2.1` is missing.',
      blocks: [{ type: 'header' }, { type: 'section' }, { type: 'section' }, { type: 'context' }],
    })
    await record.heals()
    expect(jsonIn(await radar.receiver.next())).toMatchObject({ text: expect.stringMatching(/^Restored: /) })
    await vi.waitFor(async () => {
      const { data } = await radar.client.listRequests(uuid)
      expect(data.map(({ status }) => status)).toEqual(['DELIVERED', 'DELIVERED'])
    })
  })

  test('PagerDuty gets an alert under its key, and the resolution of the same one', async () => {
    await using radar = await start()
    const options: NewWebhookInput = {
      url: radar.receiver.url,
      format: 'pagerduty',
      format_options: { routing_key: KEY },
    }
    const { uuid } = await radar.client.createWebhook(options)
    const record = await change(radar)
    await record.breaks()
    const alert = await radar.receiver.next()
    expect(jsonIn(alert)).toMatchObject({ routing_key: KEY, event_action: 'trigger', dedup_key: record.monitor })
    await record.heals()
    expect(jsonIn(await radar.receiver.next())).toEqual({
      routing_key: KEY,
      event_action: 'resolve',
      dedup_key: record.monitor,
    })
    const { data } = await radar.client.listRequests(uuid)
    const kept = await Promise.all(data.map((request) => radar.client.getRequest(uuid, request.uuid)))
    expect(JSON.stringify(kept)).not.toContain(KEY)
    expect(kept[1]?.body).toContain('"event_action":"trigger"')
  })

  test('a body of the caller is sent as it was asked for', async () => {
    await using radar = await start()
    const body = 'record={{hostname}}&state={{event.new_state}}&found={{event.current_value}}'
    const format_options = { body, content_type: 'application/x-www-form-urlencoded' }
    await radar.client.createWebhook({ url: radar.receiver.url, format_options })
    const record = await change(radar)
    await record.breaks()
    const request = await radar.receiver.next()
    expect(request.headers['content-type']).toBe('application/x-www-form-urlencoded')
    expect(request.body).toBe('record=www.example.com&state=MISMATCH&found=198.51.100.7')
  })

  test('a mail arrives, and a second one when the record is right again', async () => {
    await using mail = await startMailServer({ login: { user: 'radar', pass: 'secret' } })
    await using radar = await start({
      settings: { DNSRADAR_SMTP_URL: mail.url, DNSRADAR_MAIL_FROM: 'DNSRadar <radar@example.org>' },
    })
    const url = 'mailto:ops@example.com,dns@example.com'
    const { uuid } = await radar.client.createWebhook({ url, format: 'email' })
    const record = await change(radar)
    await record.breaks()
    const broken = await mail.next()
    expect(broken).toMatchObject({ from: 'radar@example.org', to: ['ops@example.com', 'dns@example.com'] })
    expect(broken.headers['subject']).toBe('[DNSRadar] Broken: A www.example.com')
    expect(broken.text).toContain('Found: 198.51.100.7')
    await record.heals()
    expect((await mail.next()).headers['subject']).toBe('[DNSRadar] Restored: A www.example.com')
    await vi.waitFor(async () => {
      const { data } = await radar.client.listRequests(uuid)
      expect(data).toMatchObject([
        { status: 'DELIVERED', status_code: 250 },
        { status: 'DELIVERED', status_code: 250 },
      ])
    })
  })
})

test('a test in any format says that it is one', async () => {
  await using mail = await startMailServer()
  await using radar = await startRadar({
    settings: { DNSRADAR_SMTP_URL: mail.url, DNSRADAR_MAIL_FROM: 'radar@example.org' },
  })
  const { client, receiver } = radar
  for (const format of ['slack', 'discord', 'teams', 'ntfy'] as const) {
    const { uuid } = await client.createWebhook({ url: `${receiver.origin}/${format}`, format })
    await client.testWebhook(uuid)
    expect((await receiver.next()).body).toContain('This is a test, nothing happened')
  }
  const { uuid } = await client.createWebhook({ url: 'mailto:ops@example.com', format: 'email' })
  await client.testWebhook(uuid)
  expect((await mail.next()).headers['subject']).toMatch(/^\[DNSRadar\] Test: /)
})

test('a webhook for mail waits when its mail server is taken away', async () => {
  const mail = await startMailServer()
  const settings = { DNSRADAR_SMTP_URL: mail.url, DNSRADAR_MAIL_FROM: 'radar@example.org' }
  await using radar = await startRadar({ settings })
  const { uuid } = await radar.client.createWebhook({ url: 'mailto:ops@example.com', format: 'email' })
  await mail[Symbol.asyncDispose]()
  const record = await change(radar)
  await record.breaks()
  await vi.waitFor(async () => {
    expect((await radar.client.listRequests(uuid)).data).toMatchObject([
      { status: 'RETRYING', error_message: expect.stringMatching(/^Connection refused/) },
    ])
  })
})

/** What Slack's incoming webhooks know at the top of a message; they answer 400 to anything else. */
function isForSlack(request: ReceivedRequest): boolean {
  const body = jsonIn(request)
  const known = Object.keys(body).every((name) => ['text', 'mrkdwn', 'blocks'].includes(name))
  return request.method === 'POST' && known && typeof body['text'] === 'string' && body['text'] !== ''
}
