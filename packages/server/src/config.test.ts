import { describe, expect, test } from 'vitest'
import { ConfigError, readConfig } from './config.ts'
import { SETTINGS } from './config/settings.ts'

const read = (env: Record<string, string>) => readConfig(env).config

function problemsOf(env: Record<string, string>): readonly string[] {
  try {
    readConfig(env)
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
  return []
}

test('an empty environment gives every default', () => {
  expect(read({})).toMatchObject({
    host: '127.0.0.1',
    port: null,
    databaseUrl: 'sqlite:data/dnsradar.db',
    apiKey: null,
    roles: ['api', 'check', 'deliver'],
    publicUrl: null,
    instanceName: 'DNSRADAR',
    resolvers: [],
    dnsTimeoutMs: 5_000,
    confirm: true,
    webhookTimeoutMs: 5_000,
    webhooksPerGroup: 5,
    subscriptions: 1000,
    plan: null,
    rateLimit: 250,
    sqliteSync: 'full',
    secretKeys: null,
    log: 'info',
  })
  expect(read({}).retryDelays.map((ms) => ms / 60_000)).toEqual([5, 10, 15, 30, 60, 120, 360, 720, 1440])
})

test('an empty variable counts as unset', () => {
  expect(read({ PORT: '', DNSRADAR_API_KEY: ' ' })).toMatchObject({ port: null, apiKey: null })
})

const RING = `k1:${Buffer.alloc(32, 7).toString('base64')}`

describe('values that are accepted', () => {
  const cases: { env: Record<string, string>; gives: object }[] = [
    { env: { PORT: '0' }, gives: { port: 0 } },
    { env: { DNSRADAR_DNS_TIMEOUT: '250ms' }, gives: { dnsTimeoutMs: 250 } },
    {
      env: { DNSRADAR_RETRY_DELAYS: '1ms, 5s,10m,1h,30d,' },
      gives: { retryDelays: [1, 5_000, 600_000, 3_600_000, 2_592_000_000] },
    },
    { env: { DNSRADAR_CONFIRM: '0' }, gives: { confirm: false } },
    { env: { DNSRADAR_WEBHOOK_RESPONSES: 'OFF' }, gives: { webhookResponses: false } },
    { env: { DNSRADAR_API_KEY: 'sixteen-letters!' }, gives: { apiKey: 'sixteen-letters!' } },
    { env: { DNSRADAR_TRUST_PROXY: '10.0.0.0/8, ::1' }, gives: { trustProxy: ['10.0.0.0/8', '::1'] } },
    {
      env: { DNSRADAR_WEBHOOK_ALLOW: 'hooks.internal,n8n.corp:5678' },
      gives: {
        webhookAllow: {
          networks: [],
          hosts: [
            { host: 'hooks.internal', port: null },
            { host: 'n8n.corp', port: 5678 },
          ],
        },
      },
    },
    { env: { DNSRADAR_AUTHORITATIVE: 'off' }, gives: { authoritative: false } },
    {
      env: { DNSRADAR_DNS_ALLOW: '10.0.0.0/8,127.0.0.1:5353,[fd00::1]:53,' },
      gives: { dnsAllow: { networks: [{ port: null }, { port: 5353 }, { port: 53 }], hosts: [] } },
    },
    { env: { DNSRADAR_PLAN: 'free' }, gives: { plan: 'free' } },
    {
      env: { DATABASE_URL: 'postgres://u:p@db/radar', DNSRADAR_SECRET_KEY: RING, DNSRADAR_ROLES: 'api' },
      gives: { roles: ['api'], secretKeys: RING },
    },
    {
      env: { DNSRADAR_RESOLVERS: '9.9.9.9,127.0.0.1:5353' },
      gives: { resolvers: [{ address: '9.9.9.9' }, { address: '127.0.0.1', port: 5353 }] },
    },
    {
      env: {
        DNSRADAR_NOTIFY_EMAIL: 'ops@example.com, a%b?c@example.com',
        DNSRADAR_SMTP_URL: 'smtp://mail.example.com',
        DNSRADAR_MAIL_FROM: 'radar@example.com',
        DNSRADAR_NOTIFY_URL: 'http://radar:secret@10.0.0.1/hook',
      },
      gives: {
        notifyEmail: ['ops@example.com', 'a%b?c@example.com'],
        notifyUrl: 'http://radar:secret@10.0.0.1/hook',
      },
    },
    {
      env: { DNSRADAR_SMTP_URL: 'smtps://mail.example.com', DNSRADAR_MAIL_FROM: 'DNS Radar <radar@example.com>' },
      gives: { smtpUrl: 'smtps://mail.example.com', mailFrom: 'DNS Radar <radar@example.com>' },
    },
  ]
  test.for(cases)('$env', ({ env, gives }) => {
    expect(read(env)).toMatchObject(gives)
  })
})

describe('values that are refused, with what is accepted', () => {
  const cases: { env: Record<string, string>; says: RegExp }[] = [
    { env: { PORT: '65536' }, says: /^PORT "65536" is not accepted: use a whole number from 0 to 65535\.$/ },
    { env: { PORT: '80a' }, says: /PORT/ },
    { env: { DATABASE_URL: 'mysql://u:hunter2@db' }, says: /^DATABASE_URL is not accepted: use sqlite:PATH/ },
    { env: { DNSRADAR_API_KEY: 'short' }, says: /^DNSRADAR_API_KEY is not accepted: use 16 to 128 visible ASCII/ },
    { env: { DNSRADAR_DNS_TIMEOUT: '5' }, says: /number with a unit, such as 250ms/ },
    { env: { DNSRADAR_WEBHOOK_TIMEOUT: '31s' }, says: /from 1s to 30s/ },
    { env: { DNSRADAR_WEBHOOK_TIMEOUT: '1500ms' }, says: /whole seconds/ },
    { env: { DNSRADAR_RETENTION: '59s' }, says: /from 1m/ },
    { env: { DNSRADAR_CONFIRM: 'maybe' }, says: /use on or off/ },
    { env: { DNSRADAR_ROLES: 'api,czech' }, says: /use one of api, check, deliver/ },
    { env: { DNSRADAR_ROLES: 'api' }, says: /leaves out check and deliver/ },
    { env: { DNSRADAR_ROLES: ',' }, says: /names no part/ },
    { env: { DNSRADAR_TRUST_PROXY: '10.0.0.0/33' }, says: /networks such as/ },
    { env: { DNSRADAR_WEBHOOK_ALLOW: 'http://x' }, says: /host names, each with or without a port/ },
    { env: { DNSRADAR_WEBHOOK_ALLOW: 'x:70000' }, says: /host names, each with or without a port/ },
    { env: { DNSRADAR_DNS_ALLOW: 'ns1.corp' }, says: /"ns1\.corp" cannot be used here: addresses/ },
    { env: { DNSRADAR_DNS_ALLOW: '10.0.0.0/33' }, says: /cannot be read/ },
    { env: { DNSRADAR_PLAN: 'gold' }, says: /use one of free, starter/ },
    { env: { DNSRADAR_SECRET_KEY: 'k1:AAAA' }, says: /^DNSRADAR_SECRET_KEY is not accepted: .*dnsradar keygen/ },
    { env: { DNSRADAR_SECRET_KEY: `${RING},${RING}` }, says: /each with its own id/ },
    { env: { DATABASE_URL: 'postgres://u:p@db/radar' }, says: /PostgreSQL needs it; make one with: dnsradar keygen/ },
    { env: { DNSRADAR_RETRY_DELAYS: ',' }, says: /names no delay/ },
    { env: { DNSRADAR_PUBLIC_URL: 'radar.example.com' }, says: /beginning with http:\/\/ or https:\/\// },
    { env: { DNSRADAR_RESOLVERS: 'udp//x' }, says: /^DNSRADAR_RESOLVERS "udp\/\/x" is not accepted/ },
    {
      env: { DNSRADAR_SMTP_URL: 'https://user:hunter2@mail.example.com' },
      says: /^DNSRADAR_SMTP_URL is not accepted: /,
    },
    { env: { DNSRADAR_SMTP_URL: 'smtp://' }, says: /name a host/ },
    { env: { DNSRADAR_SMTP_URL: 'smtp://mail.example.com' }, says: /DNSRADAR_MAIL_FROM is not: name the sender/ },
    { env: { DNSRADAR_NOTIFY_EMAIL: 'ops@example.com' }, says: /DNSRADAR_SMTP_URL is not: name the mail server/ },
    {
      env: { DNSRADAR_NOTIFY_EMAIL: 'ops@example.com,nobody' },
      says: /"ops@example\.com,nobody" is not accepted: use 1 to 10/,
    },
    {
      env: { DNSRADAR_NOTIFY_EMAIL: Array.from({ length: 11 }, (_, i) => `ops${i}@example.com`).join(',') },
      says: /use 1 to 10 addresses/,
    },
    {
      env: { DNSRADAR_NOTIFY_URL: 'smtp://radar:hunter2@example.com' },
      says: /^DNSRADAR_NOTIFY_URL is not accepted: use an address beginning with http/,
    },
    { env: { DNSRADAR_MAIL_FROM: 'radar' }, says: /use an address such as dnsradar@example\.com/ },
    { env: { DNSRADAR_MAIL_FROM: 'a@example.com, b@example.com' }, says: /use an address such as/ },
    { env: { DNSRADAR_LOG: 'loud' }, says: /use one of silent/ },
  ]
  test.for(cases)('$env', ({ env, says }) => {
    const problems = problemsOf(env)
    expect(problems).toHaveLength(1)
    expect(problems[0]).toMatch(says)
    expect(problems[0]).not.toMatch(/hunter2|\n/)
  })
})

test('all mistakes are reported together, those between settings too', () => {
  expect(problemsOf({ PORT: 'x', DNSRADAR_LOG: 'loud', DNSRADAR_CONFRIM: '0' })).toHaveLength(3)
  const problems = problemsOf({
    PORT: 'x',
    DNSRADAR_NOTIFY_EMAIL: 'ops@example.com',
    DATABASE_URL: 'postgres://u:p@db/x',
  })
  expect(problems.map((line) => line.split(' ')[0])).toEqual(['PORT', 'DNSRADAR_SECRET_KEY', 'DNSRADAR_NOTIFY_EMAIL'])
})

test('a setting that cannot be read is not blamed for what it may have said', () => {
  const problems = problemsOf({ DNSRADAR_NOTIFY_EMAIL: 'ops@example.com', DNSRADAR_SMTP_URL: 'mail.example.com' })
  expect(problems).toEqual([expect.stringMatching(/^DNSRADAR_SMTP_URL is not accepted/)])
})

describe('names that are none of ours', () => {
  test('one within two letters of a known one is refused with that name', () => {
    expect(problemsOf({ DNSRADAR_CONFRIM: '0' })).toEqual([
      'DNSRADAR_CONFRIM is not a setting: did you mean DNSRADAR_CONFIRM?',
    ])
    expect(problemsOf({ DNSRADAR_WEBHOOK_ALOW: '' })).toEqual([
      'DNSRADAR_WEBHOOK_ALOW is not a setting: did you mean DNSRADAR_WEBHOOK_ALLOW?',
    ])
  })

  test('another unknown one is a warning', () => {
    expect(readConfig({ DNSRADAR_COLOUR: 'red' }).warnings).toEqual([
      'DNSRADAR_COLOUR is not a setting and is ignored; dnsradar --help lists all of them.',
    ])
  })

  test('what container platforms inject is ignored without a word', () => {
    const injected = {
      DNSRADAR_SERVICE_HOST: '10.0.0.1',
      DNSRADAR_PORT: 'tcp://10.0.0.1:80',
      DNSRADAR_PORT_80_TCP: 'x',
    }
    expect(readConfig(injected).warnings).toEqual([])
  })
})

test('every setting has a name of its own', () => {
  const names = Object.values(SETTINGS).map(({ name }) => name)
  expect(new Set(names).size).toBe(names.length)
})
