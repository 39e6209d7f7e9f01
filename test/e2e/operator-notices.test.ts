/** The operator hears what breaks without anybody's doing: once, by every way they named, whatever is down meanwhile. */
import type { Log } from '@dnsradar/core'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { createTestClock, type TestClock } from '../harness/clock.ts'
import { type Database, databasesOn, ENGINES } from '../harness/databases.ts'
import { flip } from '../harness/flip.ts'
import { startMailServer } from '../harness/mail-server.ts'
import { type Radar, startRadar } from '../harness/radar.ts'
import { SILENT } from '../harness/silent-log.ts'
import { type Receiver, startReceiver } from '../harness/webhook-receiver.ts'

const MINUTE = 60_000
/** Nine retries, as by default, but a minute apart. */
const RETRIES = { DNSRADAR_RETRY_DELAYS: Array.from({ length: 9 }, () => '1m').join(',') }
const PATIENCE = { timeout: 10_000, interval: 10 }

async function startOperator(port?: number): Promise<Receiver> {
  const operator = await startReceiver(port === undefined ? {} : { port })
  onTestFinished(() => operator.close())
  return operator
}

/** Lets time go by until so many requests have arrived: a loop that is busy when time moves sleeps once more. */
async function passUntil(clock: TestClock, { requests }: Receiver, count: number): Promise<void> {
  await vi.waitFor(async () => {
    await clock.advance(1000)
    expect(requests.length).toBeGreaterThanOrEqual(count)
  }, PATIENCE)
}

/** The only event of a webhook fails until the webhook is given up. */
async function giveUp({ client, dns, receiver }: Radar, clock: TestClock): Promise<string> {
  const { uuid } = await client.createWebhook({ url: receiver.url })
  receiver.answer(500)
  await flip({ client, dns }, 1)
  for (let tries = 1; tries <= 9; tries += 1) {
    await passUntil(clock, receiver, tries)
    await vi.waitFor(async () => {
      const { next_attempt } = await client.getWebhook(uuid)
      expect(Date.parse(next_attempt ?? '')).toBeGreaterThan(clock.now() + MINUTE / 2)
    }, PATIENCE)
    await clock.advance(MINUTE)
  }
  await passUntil(clock, receiver, 10)
  await vi.waitFor(async () => expect(await client.getWebhook(uuid)).toMatchObject({ is_active: false }), PATIENCE)
  return uuid
}

/** A server on a database that outlives it. */
const borrowed = ({ settings }: Database): Database => ({ settings, [Symbol.asyncDispose]: async () => {} })

const typesOf = ({ requests }: Receiver): readonly unknown[] => requests.map(({ body }) => JSON.parse(body).type)

describe.each(ENGINES)('on %s', (engine) => {
  const newDatabase = databasesOn(engine)

  test('a webhook whose ninth retry fails is told once by post and once by mail, and so is its recovery', async () => {
    await using mail = await startMailServer()
    const operator = await startOperator()
    const clock = createTestClock()
    const settings = {
      ...RETRIES,
      DNSRADAR_NOTIFY_URL: operator.url,
      DNSRADAR_NOTIFY_EMAIL: 'ops@example.com, dns@example.com',
      DNSRADAR_SMTP_URL: mail.url,
      DNSRADAR_MAIL_FROM: 'radar@example.org',
    }
    const { log, warnings } = recordingLog()
    const overrides = { clock, log, random: () => 0 }
    await using radar = await startRadar({ database: await newDatabase(), settings, overrides })
    const webhook = await giveUp(radar, clock)
    expect(radar.receiver.requests).toHaveLength(10)

    const { organization } = await radar.client.me()
    const notice = JSON.parse((await operator.next()).body)
    expect(notice).toMatchObject({
      type: 'webhook.disabled',
      created: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/),
      organization_uuid: organization.uuid,
      data: { webhook: { uuid: webhook }, reason: 'gave_up', last_error: 'HTTP 500' },
    })
    expect(await mail.next()).toMatchObject({
      to: ['ops@example.com', 'dns@example.com'],
      headers: { subject: expect.stringContaining(`Webhook disabled: ${webhook}`) },
      text: expect.stringContaining(`Organization: ${organization.uuid}`),
    })
    expect(warnings).toContainEqual(
      expect.objectContaining({ type: 'webhook.disabled', organization: organization.uuid }),
    )

    await radar.client.enableWebhook(webhook)
    expect(JSON.parse((await operator.next()).body)).toMatchObject({ type: 'webhook.recovered' })
    await mail.next()
    await radar.client.disableWebhook(webhook)
    await radar.client.enableWebhook(webhook)
    await clock.advance(10 * MINUTE)
    expect(typesOf(operator)).toEqual(['webhook.disabled', 'webhook.recovered'])
    expect(mail.mails).toHaveLength(2)
  })

  test('what nobody took before the server stopped is told by the one that starts after it', async () => {
    await using database = await newDatabase()
    const gone = await startOperator()
    await gone.close()
    const clock = createTestClock()
    const settings = { ...RETRIES, DNSRADAR_NOTIFY_URL: gone.url }
    const { log, warnings } = recordingLog()
    const start = () =>
      startRadar({ database: borrowed(database), settings, overrides: { clock, log, random: () => 0 } })
    {
      await using first = await start()
      await giveUp(first, clock)
      await expect
        .poll(() => warnings)
        .toContainEqual(
          expect.objectContaining({ channel: 'url', error: expect.stringMatching(/^Connection refused/) }),
        )
    }
    const operator = await startOperator(gone.port)
    await using second = await start()
    expect(second.url).not.toBe('')
    await clock.advance(MINUTE)
    await passUntil(clock, operator, 1)
    expect(typesOf(operator)).toEqual(['webhook.disabled'])
    await clock.advance(10 * MINUTE)
    expect(operator.requests).toHaveLength(1)
  })
})

test('one way that is down is tried again, and the other is not told twice', async () => {
  await using mail = await startMailServer()
  const operator = await startOperator()
  operator.answer(503, 2)
  const clock = createTestClock()
  const settings = {
    ...RETRIES,
    DNSRADAR_NOTIFY_URL: operator.url,
    DNSRADAR_NOTIFY_EMAIL: 'ops@example.com',
    DNSRADAR_SMTP_URL: mail.url,
    DNSRADAR_MAIL_FROM: 'radar@example.org',
  }
  const { log, warnings } = recordingLog()
  await using radar = await startRadar({ settings, overrides: { clock, log, random: () => 0 } })
  await giveUp(radar, clock)
  const failures = () => warnings.filter((fields) => 'channel' in fields).length
  for (const [tries, wait] of [1, 5].entries()) {
    await expect.poll(failures).toBe(tries + 1)
    await clock.advance(wait * MINUTE)
  }
  await passUntil(clock, operator, 3)
  await clock.advance(30 * MINUTE)
  expect(operator.requests).toHaveLength(3)
  expect(new Set(operator.requests.map(({ headers }) => headers['webhook-id'])).size).toBe(1)
  expect(mail.mails).toHaveLength(1)
})

test('a DNS upstream that cannot be reached is told, and credentials in the address log in', async () => {
  const operator = await startOperator()
  const closed = await startReceiver()
  await closed.close()
  const url = operator.url.replace('://', '://radar:hunter2@')
  const settings = { DNSRADAR_NOTIFY_URL: url, DNSRADAR_RESOLVERS: `127.0.0.1:${closed.port}` }
  await using radar = await startRadar({ settings })
  const monitor = { domain: 'example.com', record_type: 'A', expected_value: '192.0.2.1' } as const
  const { uuid } = await radar.client.createMonitor(monitor)
  await radar.client.checkMonitor(uuid)
  const { body, headers } = await operator.next()
  expect(JSON.parse(body)).toMatchObject({ type: 'resolver.outage', data: { server: `127.0.0.1:${closed.port}` } })
  expect(headers.authorization).toBe(`Basic ${Buffer.from('radar:hunter2').toString('base64')}`)
})

function recordingLog(): { readonly log: Log; readonly warnings: readonly object[] } {
  const warnings: object[] = []
  return { warnings, log: { ...SILENT, warn: (fields) => void warnings.push(fields) } }
}
