/**
 * **The table** of settings: everything an operator can set stands here, one row each.
 *
 * `fallback` is the text that stands for an unset variable, so that `--help` prints exactly what is in force.
 * `effect: false` marks a setting that is read and checked although nothing follows from it yet; `--help` says so.
 */
import { RETRY_DELAYS } from '@dnsradar/core'
import { PLAN_NAMES } from '../actions/plans.ts'
import { CLIENT_SETTINGS } from './environment.ts'
import {
  allowList,
  apiKey,
  applicationId,
  choice,
  database,
  dnsAllowList,
  duration,
  entriSecret,
  flag,
  integer,
  keyRing,
  list,
  mailbox,
  mailServer,
  nameServer,
  network,
  optional,
  type Parse,
  recipients,
  text,
  upstream,
  url,
  wholeSeconds,
} from './values.ts'

export interface Setting<T> {
  readonly name: string
  readonly fallback: string
  readonly parse: Parse<T>
  readonly help: string
  /** What `--help` prints for the default where the text alone says too little. */
  readonly shown?: string
  readonly effect?: false
  /** The text given is never repeated, not even in a complaint about it. */
  readonly secret?: true
}

export const ROLES = ['api', 'check', 'deliver'] as const
export const LOG_LEVELS = ['silent', 'error', 'warn', 'info', 'debug'] as const

function setting<T>(row: Setting<T>): Setting<T> {
  return row
}

const retryDelays = RETRY_DELAYS.map((ms) => (ms < 3_600_000 ? `${ms / 60_000}m` : `${ms / 3_600_000}h`)).join(',')

export const SETTINGS = {
  host: setting({ name: 'HOST', fallback: '127.0.0.1', parse: text, help: 'address the API listens on' }),
  port: setting({
    name: 'PORT',
    fallback: '',
    shown: '8053, or none without the role api',
    parse: optional(integer(0, 65_535)),
    help: 'port to listen on, without the role api for health and metrics only; 0 picks a free one and prints it',
  }),
  databaseUrl: setting({
    name: 'DATABASE_URL',
    fallback: 'sqlite:data/dnsradar.db',
    parse: database,
    help: 'sqlite:PATH, sqlite::memory: or postgres://…',
    secret: true,
  }),
  apiKey: setting({
    name: 'DNSRADAR_API_KEY',
    fallback: '',
    shown: 'generated once',
    parse: optional(apiKey),
    help: 'key of the default organization with scope admin, in place of the generated one',
    secret: true,
  }),
  roles: setting({
    name: 'DNSRADAR_ROLES',
    fallback: 'api,check,deliver',
    parse: list(choice(ROLES)),
    help: 'parts this process runs; on SQLite all three',
  }),
  publicUrl: setting({
    name: 'DNSRADAR_PUBLIC_URL',
    fallback: '',
    shown: 'the address',
    parse: optional(url('http', 'https')),
    help: 'address in links; https turns on HSTS',
  }),
  instanceName: setting({
    name: 'DNSRADAR_INSTANCE_NAME',
    fallback: 'DNSRADAR',
    parse: text,
    help: 'name shown in /me and on the dashboard',
  }),
  trustProxy: setting({
    name: 'DNSRADAR_TRUST_PROXY',
    fallback: '',
    parse: list(network),
    help: 'networks of reverse proxies whose forwarded headers count',
  }),
  resolvers: setting({
    name: 'DNSRADAR_RESOLVERS',
    fallback: '',
    shown: "the system's",
    parse: list(upstream),
    help: 'upstreams: 9.9.9.9, 127.0.0.1:5353, tcp://…, tls://…, https://…/dns-query',
  }),
  resolverRate: setting({
    name: 'DNSRADAR_RESOLVER_RATE',
    fallback: '',
    shown: '50 public, 2000 private',
    parse: optional(integer(1, 1_000_000)),
    help: 'queries per second and upstream; never capped on loopback',
  }),
  dnsTimeoutMs: setting({
    name: 'DNSRADAR_DNS_TIMEOUT',
    fallback: '5s',
    parse: duration('50ms', '60s'),
    help: 'budget of one look, all tries included',
  }),
  confirm: setting({
    name: 'DNSRADAR_CONFIRM',
    fallback: '1',
    parse: flag,
    help: 'a second look confirms a change before it is an event; 0 = the first answer decides',
  }),
  authoritative: setting({
    name: 'DNSRADAR_AUTHORITATIVE',
    fallback: 'on',
    parse: flag,
    help: "ask the zone's own servers when upstreams disagree",
  }),
  dnsAllow: setting({
    name: 'DNSRADAR_DNS_ALLOW',
    fallback: '',
    parse: dnsAllowList,
    help: 'private addresses that authoritative look-ups may reach: networks, addresses, address:port',
  }),
  webhookAllow: setting({
    name: 'DNSRADAR_WEBHOOK_ALLOW',
    fallback: '',
    parse: allowList,
    help: 'private targets of webhooks: networks, host, host:port; everything private is refused otherwise',
  }),
  webhookResolvers: setting({
    name: 'DNSRADAR_WEBHOOK_RESOLVERS',
    fallback: '',
    shown: "the system's",
    parse: list(nameServer),
    help: 'who resolves the host names of webhooks: addresses with or without a port',
  }),
  webhookProxy: setting({
    name: 'DNSRADAR_WEBHOOK_PROXY',
    fallback: '',
    parse: optional(url('http', 'https')),
    help: 'egress proxy for deliveries',
    secret: true,
  }),
  webhookTimeoutMs: setting({
    name: 'DNSRADAR_WEBHOOK_TIMEOUT',
    fallback: '5s',
    parse: wholeSeconds('1s', '30s'),
    help: 'timeout of an attempt where the webhook names none; whole seconds',
  }),
  webhookResponses: setting({
    name: 'DNSRADAR_WEBHOOK_RESPONSES',
    fallback: 'on',
    parse: flag,
    help: 'keep response bodies (first 4000 characters)',
  }),
  webhooksPerGroup: setting({
    name: 'DNSRADAR_WEBHOOKS_PER_GROUP',
    fallback: '5',
    parse: integer(1, 10_000),
    help: 'webhooks of one group at most',
  }),
  subscriptions: setting({
    name: 'DNSRADAR_SUBSCRIPTIONS',
    fallback: '1000',
    parse: integer(0, 1_000_000),
    help: 'subscriptions of one organization at most',
  }),
  retryDelays: setting({
    name: 'DNSRADAR_RETRY_DELAYS',
    fallback: retryDelays,
    parse: list(duration('1ms', '30d')),
    help: 'waits before the retries of a delivery; after the last one the webhook is disabled',
  }),
  plan: setting({
    name: 'DNSRADAR_PLAN',
    fallback: '',
    shown: 'unlimited',
    parse: optional(choice(PLAN_NAMES)),
    help: `plan of new organizations and, at start, of the default one: ${PLAN_NAMES.join(' ')}`,
  }),
  rateLimit: setting({
    name: 'DNSRADAR_RATE_LIMIT',
    fallback: '250',
    parse: integer(0, 1_000_000),
    help: 'requests per minute, key and class; 0 = off',
  }),
  retentionMs: setting({
    name: 'DNSRADAR_RETENTION',
    fallback: '',
    shown: 'by plan',
    parse: optional(duration('1m', '36500d')),
    help: 'how long logs are kept, e.g. 30d',
  }),
  sqliteSync: setting({
    name: 'DNSRADAR_SQLITE_SYNC',
    fallback: 'full',
    parse: choice(['full', 'normal']),
    help: 'full: a commit survives a power cut; normal: the last ones may not',
  }),
  secretKeys: setting({
    name: 'DNSRADAR_SECRET_KEY',
    fallback: '',
    shown: 'file secret.key beside the database',
    parse: optional(keyRing),
    help: 'key ring id:base64(32 bytes),… that encrypts secrets at rest; the first encrypts (see: keygen)',
    secret: true,
  }),
  metricsKey: setting({
    name: 'DNSRADAR_METRICS_KEY',
    fallback: '',
    parse: optional(text),
    help: 'bearer token for /metrics',
    secret: true,
  }),
  smtpUrl: setting({
    name: 'DNSRADAR_SMTP_URL',
    fallback: '',
    parse: optional(mailServer),
    help: 'mail server for webhooks of format email and for the operator: smtp://user:password@host:port or smtps://…',
    secret: true,
  }),
  mailFrom: setting({
    name: 'DNSRADAR_MAIL_FROM',
    fallback: '',
    parse: optional(mailbox),
    help: 'sender of those mails, required with a mail server',
  }),
  notifyEmail: setting({
    name: 'DNSRADAR_NOTIFY_EMAIL',
    fallback: '',
    parse: optional(recipients),
    help: 'where the operator hears by mail of system events such as a disabled webhook: up to 10 addresses',
  }),
  notifyUrl: setting({
    name: 'DNSRADAR_NOTIFY_URL',
    fallback: '',
    parse: optional(url('http', 'https')),
    help: 'where the operator hears of them by a POST of JSON; http://user:password@… logs in',
    secret: true,
  }),
  entriApplicationId: setting({
    name: 'DNSRADAR_ENTRI_APPLICATION_ID',
    fallback: '',
    parse: optional(applicationId),
    help: 'Entri application of the default organization, made or brought up to date at start; needs a secret',
  }),
  entriSecret: setting({
    name: 'DNSRADAR_ENTRI_SECRET',
    fallback: '',
    parse: optional(entriSecret),
    help: 'its secret',
    secret: true,
  }),
  entriWebhookUrl: setting({
    name: 'DNSRADAR_ENTRI_WEBHOOK_URL',
    fallback: '',
    parse: optional(url('http', 'https')),
    help: 'its webhook; unset leaves the one that it has',
    secret: true,
  }),
  clientUrl: setting({
    ...CLIENT_SETTINGS.url,
    parse: url('http', 'https'),
    help: 'server that the client commands talk to',
  }),
  clientToken: setting({
    ...CLIENT_SETTINGS.token,
    parse: optional(text),
    help: 'API key of the client commands',
    secret: true,
  }),
  log: setting({
    name: 'DNSRADAR_LOG',
    fallback: 'info',
    parse: choice(LOG_LEVELS),
    help: `${LOG_LEVELS.join(' ')}; JSON lines unless stderr is a terminal`,
  }),
}

/** Every setting under its name in code, parsed. Durations in milliseconds. */
export type Config = { readonly [Key in keyof typeof SETTINGS]: ReturnType<(typeof SETTINGS)[Key]['parse']> }
