/**
 * From the environment to a `Config`, all mistakes together.
 *
 * Pure. The settings themselves are rows of `config/settings.ts`.
 */
import type { Environment } from './config/environment.ts'
import { type Config, ROLES, SETTINGS, type Setting } from './config/settings.ts'
import { BadValue } from './config/values.ts'
import { editDistance, SLIP } from './edit-distance.ts'

export type { Environment } from './config/environment.ts'
export type { Config } from './config/settings.ts'

/** One line per mistake; nothing was started. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError'
  readonly problems: readonly string[]

  constructor(problems: readonly string[]) {
    super(problems.join('\n'))
    this.problems = problems
  }
}

/** `warnings` are lines for the log: variables that look like ours and are none. */
export function readConfig(env: Environment): {
  readonly config: Config
  readonly warnings: readonly string[]
} {
  const problems: string[] = []
  const warnings: string[] = []
  for (const name of Object.keys(env)) {
    const stray = strayName(name)
    if (stray !== null) (stray.refused ? problems : warnings).push(stray.line)
  }
  const values = Object.entries(SETTINGS).map(([key, row]) => [key, valueOf(row as Setting<unknown>, env, problems)])
  const config = Object.freeze(Object.fromEntries(values)) as Config
  problems.push(...contradictionsOf(config))
  if (problems.length > 0) throw new ConfigError(problems)
  return { config, warnings }
}

/** An empty variable counts as unset: that is how container files leave a value out. */
function valueOf(row: Setting<unknown>, env: Environment, problems: string[]): unknown {
  const given = env[row.name]?.trim() || row.fallback
  try {
    return row.parse(given)
  } catch (error) {
    if (!(error instanceof BadValue)) throw error
    problems.push(`${row.name}${row.secret ? '' : ` ${JSON.stringify(given)}`} is not accepted: ${error.message}.`)
    return undefined
  }
}

export function isPostgres(config: Pick<Config, 'databaseUrl'>): boolean {
  return config.databaseUrl.startsWith('postgres')
}

export function isInMemory(config: Pick<Config, 'databaseUrl'>): boolean {
  return config.databaseUrl === 'sqlite::memory:'
}

export function servesApi({ roles }: Pick<Config, 'roles'>): boolean {
  return roles.includes('api')
}

interface Rule {
  /** The settings it looks at: where one of them could not be read, there is nothing to say yet. */
  readonly reads: readonly (keyof Config)[]
  /** The complaint, or null. */
  readonly problem: (config: Config) => string | null
}

function rule<Key extends keyof Config>(
  reads: readonly Key[],
  isBroken: (config: Pick<Config, Key>) => boolean,
  complaint: string | ((config: Pick<Config, Key>) => string),
): Rule {
  return {
    reads,
    problem: (config) => (isBroken(config) ? (typeof complaint === 'string' ? complaint : complaint(config)) : null),
  }
}

function missingRoles({ roles }: Pick<Config, 'roles'>): readonly string[] {
  return ROLES.filter((role) => !roles.includes(role))
}

const RULES: readonly Rule[] = [
  rule(['roles'], ({ roles }) => roles.length === 0, `DNSRADAR_ROLES names no part: use any of ${ROLES.join(', ')}.`),
  rule(
    ['roles', 'databaseUrl'],
    (config) => config.roles.length > 0 && missingRoles(config).length > 0 && !isPostgres(config),
    (config) =>
      `DNSRADAR_ROLES leaves out ${missingRoles(config).join(' and ')}: one process serves a SQLite database, so it has to run all parts; leave DNSRADAR_ROLES unset or use PostgreSQL.`,
  ),
  rule(
    ['databaseUrl', 'secretKeys'],
    (config) => isPostgres(config) && config.secretKeys === null,
    'DNSRADAR_SECRET_KEY is not set: PostgreSQL needs it; make one with: dnsradar keygen',
  ),
  rule(
    ['retryDelays'],
    ({ retryDelays }) => retryDelays.length === 0,
    'DNSRADAR_RETRY_DELAYS names no delay: use some such as 5m,10m.',
  ),
  rule(
    ['smtpUrl', 'mailFrom'],
    ({ smtpUrl, mailFrom }) => smtpUrl !== null && mailFrom === null,
    'DNSRADAR_SMTP_URL is set and DNSRADAR_MAIL_FROM is not: name the sender of mails, such as dnsradar@example.com.',
  ),
  rule(
    ['notifyEmail', 'smtpUrl'],
    ({ notifyEmail, smtpUrl }) => notifyEmail !== null && smtpUrl === null,
    'DNSRADAR_NOTIFY_EMAIL is set and DNSRADAR_SMTP_URL is not: name the mail server, such as smtp://user:password@mail.example.com:587.',
  ),
  rule(
    ['entriApplicationId', 'entriSecret'],
    ({ entriApplicationId, entriSecret }) => (entriApplicationId === null) !== (entriSecret === null),
    'DNSRADAR_ENTRI_APPLICATION_ID and DNSRADAR_ENTRI_SECRET belong together: set both or none.',
  ),
  rule(
    ['entriApplicationId', 'entriWebhookUrl'],
    ({ entriApplicationId, entriWebhookUrl }) => entriApplicationId === null && entriWebhookUrl !== null,
    'DNSRADAR_ENTRI_WEBHOOK_URL belongs to an application: set DNSRADAR_ENTRI_APPLICATION_ID and DNSRADAR_ENTRI_SECRET too.',
  ),
]

/** What no single value can show. */
function contradictionsOf(config: Partial<Config>): readonly string[] {
  return RULES.filter(({ reads }) => reads.every((key) => config[key] !== undefined)).flatMap(
    ({ problem }) => problem(config as Config) ?? [],
  )
}

/** Container platforms inject these for a service that is called dnsradar; they are none of ours. */
const INJECTED = /^DNSRADAR_(SERVICE_|PORT)/
const PREFIX = 'DNSRADAR_'

function strayName(name: string): { refused: boolean; line: string } | null {
  if (!name.startsWith(PREFIX) || INJECTED.test(name)) return null
  const known = Object.values(SETTINGS)
    .map((row) => row.name)
    .filter((candidate) => candidate.startsWith(PREFIX))
  if (known.includes(name)) return null
  const distances = known.map((candidate) => ({ candidate, distance: editDistance(name, candidate) }))
  const nearest = distances.toSorted((a, b) => a.distance - b.distance)[0]
  if (nearest !== undefined && nearest.distance <= SLIP) {
    return { refused: true, line: `${name} is not a setting: did you mean ${nearest.candidate}?` }
  }
  return { refused: false, line: `${name} is not a setting and is ignored; dnsradar --help lists all of them.` }
}
