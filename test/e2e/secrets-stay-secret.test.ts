/**
 * A day on which everything fails, at the most talkative log level: none of the secrets that the server was given may be
 * read in what it prints, answers or stores.
 */
import { randomBytes } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { databasesOn, ENGINES } from '../harness/databases.ts'
import { flip } from '../harness/flip.ts'
import { startMailServer } from '../harness/mail-server.ts'
import type { RadarProcess } from '../harness/radar-process.ts'
import { runRadar, spawnRadar, surround } from '../harness/radar.ts'
import { startReceiver } from '../harness/webhook-receiver.ts'

/** Told apart by their words; of 32 letters and digits where a service wants exactly those. */
const SECRETS = {
  apiKey: 'sk_needleAdminKeyOfTheOperator',
  strangeKey: 'sk_needleKeyThatNobodyMade',
  webhookSecret: 'needle-secret-of-the-webhook',
  header: 'needle-header-of-the-receiver',
  routingKey: 'needleRoutingKey0123456789abcdef',
  smtp: 'needle-password-for-mail',
  notify: 'needle-password-for-notices',
  database: 'needle-password-of-the-database',
  metrics: 'needle-token-for-metrics',
  ring: randomBytes(32).toString('base64'),
}

/** Every way in which the text could have been written down. */
function spellings(secret: string): readonly string[] {
  const bytes = Buffer.from(secret)
  // In the middle of other text base64 begins at any of three places; the first and the last characters mix with that text.
  const inBase64 = [0, 1, 2].map((shift) =>
    Buffer.concat([Buffer.alloc(shift), bytes])
      .toString('base64')
      .slice(shift === 0 ? 0 : 4, -4),
  )
  return [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1), bytes.toString('hex'), ...inBase64]
}

/** Names of secrets, never the text around them: that would print it once more. */
function secretsIn(text: string): readonly string[] {
  const found = Object.entries(SECRETS).filter(([, secret]) => spellings(secret).some((word) => text.includes(word)))
  return found.map(([name]) => name)
}

interface Answered {
  readonly call: string
  readonly status: number
  readonly text: string
}

/** Asks as whoever has the key, and keeps the answer with its headers. */
function createAsker(url: string, answers: Answered[]) {
  return async (method: string, path: string, key: string, body?: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: { 'X-API-Key': key, 'Content-Type': 'application/json', ...headers },
      ...(body === undefined ? {} : { body }),
    })
    const text = `${JSON.stringify([...response.headers])}\n${await response.text()}`
    answers.push({ call: `${method} ${path}`, status: response.status, text })
    return response.status
  }
}

describe.each(ENGINES)('on %s', (engine) => {
  const newDatabase = databasesOn(engine)

  test('what is secret is read nowhere', async () => {
    await using mail = await startMailServer({ login: { user: 'radar', pass: 'another-password' } })
    await using operator = await startReceiver()
    operator.answer(500)
    const database = await newDatabase()
    onTestFinished(() => database[Symbol.asyncDispose]())
    const settings = {
      DNSRADAR_API_KEY: SECRETS.apiKey,
      DNSRADAR_SECRET_KEY: `main:${SECRETS.ring}`,
      DNSRADAR_SMTP_URL: mail.url.replace('another-password', SECRETS.smtp),
      DNSRADAR_MAIL_FROM: 'radar@example.org',
      DNSRADAR_NOTIFY_URL: operator.url.replace('://', `://radar:${SECRETS.notify}@`),
      DNSRADAR_NOTIFY_EMAIL: 'ops@example.com',
      DNSRADAR_METRICS_KEY: SECRETS.metrics,
      DNSRADAR_RETRY_DELAYS: '50ms',
      DNSRADAR_LOG: 'debug',
      DATABASE_URL: withPassword(database.settings['DATABASE_URL'] ?? ''),
    }
    await using around = await surround({ database, settings })
    await using radar = await spawnRadar(around.settings)
    const answers: Answered[] = []

    const webhooks = await makeWebhooks(radar, around.receiver.origin)
    around.receiver.answer(500)
    await flip({ client: radar.client, dns: around.dns }, 2)
    await vi.waitFor(async () => {
      const { data } = await radar.client.listWebhooks()
      expect(data.map(({ is_active }) => is_active)).toEqual(webhooks.map(() => false))
    }, 20_000)
    await operator.waitFor(webhooks.length)
    expect(operator.requests[0]?.headers.authorization).toBe(
      `Basic ${Buffer.from(`radar:${SECRETS.notify}`).toString('base64')}`,
    )
    await askForEverything(radar, webhooks, createAsker(radar.url, answers))
    await makeMistakes(createAsker(radar.url, answers), webhooks[0] ?? '')
    expect(answers.filter(({ text }) => secretsIn(text).length > 0).map(({ call }) => call)).toEqual([])

    if (engine === 'sqlite') {
      expect(await secretsStored(settings.DATABASE_URL)).toEqual([])
      breakDatabase(settings.DATABASE_URL)
      const ask = createAsker(radar.url, answers)
      expect(await ask('POST', '/webhooks', SECRETS.apiKey, JSON.stringify(webhookWith(around.receiver.url)))).toBe(500)
      expect(secretsIn(answers.at(-1)?.text ?? '')).toEqual([])
    }
    const { stdout, stderr } = await radar.stop('SIGTERM')
    expect(stderr).toContain('the operator could not be told of a system event')
    expect(stderr).toContain('delivery attempted')
    expect({ stdout: secretsIn(stdout), stderr: secretsIn(stderr) }).toEqual({ stdout: [], stderr: [] })
  })
})

test.for([
  {
    why: 'a database that is not there',
    settings: { DATABASE_URL: `postgres://radar:${SECRETS.database}@127.0.0.1:1/x` },
  },
  { why: 'a database url of no kind', settings: { DATABASE_URL: `mysql://radar:${SECRETS.database}@127.0.0.1/x` } },
  { why: 'a mail server of no kind', settings: { DNSRADAR_SMTP_URL: `http://radar:${SECRETS.smtp}@127.0.0.1` } },
  {
    why: 'an address for notices of no kind',
    settings: { DNSRADAR_NOTIFY_URL: `ftp://radar:${SECRETS.notify}@127.0.0.1` },
  },
  { why: 'a key ring that is none', settings: { DNSRADAR_SECRET_KEY: `main:${SECRETS.ring}x` } },
  { why: 'an API key with a space', settings: { DNSRADAR_API_KEY: `${SECRETS.apiKey} x` } },
])('a start with $why is refused without showing it', async ({ settings }) => {
  await using around = await surround()
  const ring = { DNSRADAR_SECRET_KEY: `main:${SECRETS.ring}` }
  const { code, stdout, stderr } = await runRadar(['serve'], {
    ...around.settings,
    ...ring,
    DNSRADAR_LOG: 'debug',
    ...settings,
  })
  expect(code).toBe(2)
  expect({ stdout, secrets: secretsIn(stderr) }).toEqual({ stdout: '', secrets: [] })
})

test('the search finds a secret in every spelling', () => {
  const { notify, ring } = SECRETS
  for (const text of [
    `x${notify}y`,
    Buffer.from(`radar:${notify}`).toString('base64'),
    Buffer.from(`ab${notify}cd`).toString('base64'),
    Buffer.from(notify).toString('hex'),
  ]) {
    expect(secretsIn(text)).toEqual(['notify'])
  }
  expect(secretsIn(`?ring=${encodeURIComponent(ring)}`)).toEqual(['ring'])
})

/** PostgreSQL of the tests trusts everybody, so any password will do. */
function withPassword(url: string): string {
  return url.replace('postgres://postgres@', `postgres://postgres:${SECRETS.database}@`)
}

const webhookWith = (url: string) => ({
  url,
  secret: SECRETS.webhookSecret,
  headers: { Authorization: `Bearer ${SECRETS.header}` },
})

/** Their answers show what is shown once, so they are not kept. */
async function makeWebhooks({ client }: RadarProcess, origin: string): Promise<readonly string[]> {
  const plain = await client.createWebhook(webhookWith(`${origin}/plain`), { idempotencyKey: 'once' })
  await client.rotateSecret(plain.uuid, { overlap_seconds: 3600 })
  const format_options = { routing_key: SECRETS.routingKey }
  const pager = await client.createWebhook({ url: `${origin}/pager`, format: 'pagerduty', format_options })
  const mailing = await client.createWebhook({ url: 'mailto:ops@example.com', format: 'email' })
  return [plain.uuid, pager.uuid, mailing.uuid]
}

/** All that can be read, with a key that may read and no more: whoever may write sees the headers of webhooks. */
async function askForEverything(
  { client }: RadarProcess,
  webhooks: readonly string[],
  ask: ReturnType<typeof createAsker>,
): Promise<void> {
  const { key } = await client.createKey({ name: 'reader', scopes: ['read'] })
  const lists = ['/me', '/monitors', '/events', '/system-events', '/groups', '/webhooks', '/summary', '/organization']
  for (const path of [...lists, '/openapi.json', '/healthz']) expect(await ask('GET', path, key)).toBe(200)
  for (const path of ['/keys', '/audit', '/entri/applications'])
    expect(await ask('GET', path, SECRETS.apiKey)).toBe(200)
  for (const webhook of webhooks) {
    expect(await ask('GET', `/webhooks/${webhook}`, key)).toBe(200)
    expect(await ask('GET', `/webhooks/${webhook}/requests`, key)).toBe(200)
    for (const { uuid } of (await client.listRequests(webhook)).data) {
      expect(await ask('GET', `/webhooks/${webhook}/requests/${uuid}`, key)).toBe(200)
    }
  }
}

/** Requests that are refused, each with something secret in it. */
async function makeMistakes(ask: ReturnType<typeof createAsker>, webhook: string): Promise<void> {
  const { apiKey, strangeKey, header, routingKey, webhookSecret } = SECRETS
  const url = 'https://203.0.113.1/hook'
  const refused = async (method: string, path: string, body: unknown, headers: Record<string, string> = {}) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body)
    expect(await ask(method, path, apiKey, text, headers)).toBeGreaterThanOrEqual(400)
  }
  expect(await ask('GET', '/me', strangeKey)).toBe(401)
  await refused('POST', '/webhooks', { ...webhookWith(url), secret: [webhookSecret] })
  await refused('POST', '/webhooks', { ...webhookWith(url), secret: webhookSecret.repeat(100) })
  await refused('POST', '/webhooks', { url, headers: { Authorization: `${header}\n` } })
  await refused('POST', '/webhooks', { url, headers: { Host: header } })
  await refused('POST', '/webhooks', { url, format: 'pagerduty', format_options: { routing_key: `${routingKey}!` } })
  await refused('POST', '/webhooks', { url, format: 'slack', format_options: { routing_key: routingKey } })
  await refused('POST', '/webhooks', `{"url":"${url}","secret":"${webhookSecret}"`)
  await refused('POST', '/webhooks', webhookWith(`${url}/other`), { 'Idempotency-Key': 'once' })
  await refused('PATCH', `/webhooks/${webhook}`, { headers: { Authorization: `${header}\u0000` } })
  await refused('POST', `/webhooks/${webhook}/rotate-secret`, { secret: webhookSecret })
}

function pathOf(databaseUrl: string): string {
  return databaseUrl.slice('sqlite:'.length)
}

/** In the database and whatever lies beside it, byte for byte. */
async function secretsStored(databaseUrl: string): Promise<readonly string[]> {
  const folder = dirname(pathOf(databaseUrl))
  const names = await readdir(folder)
  expect(names.length).toBeGreaterThan(1)
  const found = await Promise.all(names.map(async (name) => secretsIn(await readFile(join(folder, name), 'latin1'))))
  return found.flat()
}

/** From now on every write of a webhook fails inside the database. */
function breakDatabase(databaseUrl: string): void {
  using handle = new DatabaseSync(pathOf(databaseUrl), { timeout: 5000 })
  handle.exec("create trigger broken before insert on webhooks begin select raise(abort, 'out of order'); end")
}
