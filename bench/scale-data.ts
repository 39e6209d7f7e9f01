/**
 * Fills the database of a server that does not run with monitors that have been looked at.
 *
 * The server makes a few monitors and looks at them; their rows are the pattern of all others, so that what is written
 * here is what the product writes, whatever its columns are.
 */
import { randomBytes } from 'node:crypto'
import { DatabaseSync, type SQLInputValue } from 'node:sqlite'
import { createMint, idToBytes, type MonitorId } from '@dnsradar/core'
import { nextDue, phaseOf } from '@dnsradar/core/monitor/schedule'

type Row = Record<string, SQLInputValue>

/** One monitor of a pattern, as it will be. */
interface Planned {
  readonly id: MonitorId
  readonly phase: number
  readonly number: number
}

/** A customer's domain has so many monitors. */
const NAMES_PER_DOMAIN = 4

interface Patterns {
  readonly monitors: readonly Row[]
  readonly checks: readonly Row[]
}

/**
 * `count` monitors more, in the groups of the patterns. Answers when the first ones are due, in epoch milliseconds: so
 * long after the file was full.
 */
export function fillFile(path: string, count: number, changingShare: number, restMs: number): number {
  using file = new DatabaseSync(path)
  // Nobody else has the file, and a file that is lost is made again. The server that opens it turns its log on again.
  file.exec('pragma journal_mode = off; pragma synchronous = off; pragma cache_size = -1000000')
  const steady = patternsOf(file, 'steady%')
  const changing = patternsOf(file, 'flip%')
  const every = Math.round(1 / changingShare)
  const patternOf = ({ number }: Planned): { monitor: Row; check: Row } => {
    const patterns = number % every === 0 ? changing : steady
    const at = Math.floor(number / every) % patterns.monitors.length
    return { monitor: patterns.monitors[at] as Row, check: patterns.checks[at] as Row }
  }
  const planned = plan(count)
  const started = Date.now()
  file.exec('begin')
  writeRows(file, 'monitors', planned, (one) => monitorRow(patternOf(one).monitor, one))
  // In the order of their key, in which a tree is built fastest.
  const byPhase = planned.toSorted((a, b) => a.phase - b.phase)
  writeRows(file, 'checks', byPhase, (one) => checkRow(patternOf(one), one, started))
  const begins = Date.now() + restMs
  postpone(file, begins)
  file.exec('commit')
  return begins
}

function patternsOf(file: DatabaseSync, subdomain: string): Patterns {
  const ids = file.prepare('select * from monitors where owner_subdomain like ? order by id').all(subdomain) as Row[]
  const check = file.prepare('select * from checks where monitor_id = ?')
  return { monitors: ids, checks: ids.map(({ id }) => check.get(id as Uint8Array) as Row) }
}

function plan(count: number): Planned[] {
  const mint = createMint(Date.now, (length) => randomBytes(length))
  return Array.from({ length: count }, (_, number) => {
    const id = mint('mon')
    return { id, phase: phaseOf(id), number }
  })
}

function monitorRow(pattern: Row, { id, phase, number }: Planned): Row {
  const domain = `customer${Math.floor(number / NAMES_PER_DOMAIN)}.example`
  const subdomain = `${pattern['owner_subdomain'] as string}-${number}`
  return {
    ...pattern,
    id: idToBytes(id),
    phase,
    owner_domain: domain,
    owner_subdomain: subdomain,
    owner_name: `${subdomain}.${domain}`,
    registrable: domain,
  }
}

function checkRow({ monitor, check }: { monitor: Row; check: Row }, { id, phase }: Planned, from: number): Row {
  const next = nextDue(id, Number(monitor['frequency']), from)
  return { ...check, monitor_id: idToBytes(id), phase, next_check: next }
}

function writeRows(file: DatabaseSync, table: string, planned: readonly Planned[], row: (one: Planned) => Row): void {
  const [first] = planned
  if (first === undefined) return
  const columns = Object.keys(row(first))
  const names = columns.map((column) => `"${column}"`).join(', ')
  const insert = file.prepare(`insert into ${table} (${names}) values (${columns.map(() => '?').join(', ')})`)
  for (const one of planned) insert.run(...Object.values(row(one)))
}

/** Whatever is due before `begins` waits for its next turns. */
function postpone(file: DatabaseSync, begins: number): void {
  const turn = file.prepare('update checks set next_check = next_check + frequency * 60000 where next_check < ?')
  while (turn.run(begins).changes > 0) {}
}
