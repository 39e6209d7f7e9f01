/**
 * From the environment to a `Config`, all mistakes together.
 *
 * Pure but for its default argument, which is the only place that reads the environment. The settings themselves are
 * rows of `config/settings.ts`.
 */
import { type Config, ROLES, SETTINGS, type Setting } from './config/settings.ts'
import { BadValue } from './config/values.ts'

export type { Config } from './config/settings.ts'

export type Environment = Readonly<Record<string, string | undefined>>

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
export function readConfig(env: Environment = process.env): {
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
  if (problems.length > 0) throw new ConfigError(problems)
  const config = Object.freeze(Object.fromEntries(values)) as Config
  const contradictions = contradictionsOf(config)
  if (contradictions.length > 0) throw new ConfigError(contradictions)
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

/** What no single value can show. */
function contradictionsOf(config: Config): readonly string[] {
  const problems: string[] = []
  const missing = ROLES.filter((role) => !config.roles.includes(role))
  if (config.roles.length === 0) problems.push(`DNSRADAR_ROLES names no part: use any of ${ROLES.join(', ')}.`)
  else if (missing.length > 0 && !isPostgres(config)) {
    problems.push(
      `DNSRADAR_ROLES leaves out ${missing.join(' and ')}: one process serves a SQLite database, so it has to run all parts; leave DNSRADAR_ROLES unset or use PostgreSQL.`,
    )
  }
  if (isPostgres(config) && config.secretKeys === null) {
    problems.push('DNSRADAR_SECRET_KEY is not set: PostgreSQL needs it; make one with: dnsradar keygen')
  }
  if (config.retryDelays.length === 0) problems.push('DNSRADAR_RETRY_DELAYS names no delay: use some such as 5m,10m.')
  return problems
}

/** Container platforms inject these for a service that is called dnsradar; they are none of ours. */
const INJECTED = /^DNSRADAR_(SERVICE_|PORT)/
const PREFIX = 'DNSRADAR_'
/** A name this close to a known one is a slip of the fingers. */
const SLIP = 2

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

/** Insertions, deletions, replacements and swaps of neighbours between two words (optimal string alignment). */
export function editDistance(a: string, b: string): number {
  const rows = [Array.from({ length: b.length + 1 }, (_, j) => j)]
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const replaced = at(rows, i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1)
      const swapped =
        i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? at(rows, i - 2, j - 2) + 1 : replaced
      row.push(Math.min(at(rows, i - 1, j) + 1, (row[j - 1] ?? 0) + 1, replaced, swapped))
    }
    rows.push(row)
  }
  return at(rows, a.length, b.length)
}

function at(rows: readonly (readonly number[])[], i: number, j: number): number {
  return rows[i]?.[j] ?? 0
}
