/** The database and what is in it: reachable, of this version, with room to grow, and served by somebody who keeps up. */
import { existsSync, statSync } from 'node:fs'
import { statfs } from 'node:fs/promises'
import { join } from 'node:path'
import type { Node, Store } from '@dnsradar/core'
import type { Inspection } from '@dnsradar/store'
import { ROLES } from '../config/settings.ts'
import { VERSION } from '../version.ts'
import { type Finding, findings } from './finding.ts'

const database = findings('database')
const clock = findings('clock')
const lag = findings('lag')
const nodes = findings('nodes')
const secrets = findings('secrets')

export function examineSchema({ where, exists, schema, known }: Inspection): readonly Finding[] {
  if (!exists) {
    return [
      database.warning(`${where} holds no installation yet.`, 'Start one: dnsradar serve makes it the first time.'),
    ]
  }
  if (schema > known) {
    return [
      database.fault(
        `${where} was written by a newer version (schema ${schema}, this one knows ${known}).`,
        'Run that version, or restore a backup from before the upgrade.',
      ),
    ]
  }
  if (schema < known) {
    return [
      database.warning(
        `${where} has schema ${schema} of ${known}.`,
        'Back it up, then run dnsradar migrate, or start the server, which does the same.',
      ),
    ]
  }
  return [database.ok(`${where} has the schema of this version (${schema}).`)]
}

const MB = 1024 * 1024
const LITTLE_BYTES = 1024 * MB
const TOO_LITTLE_BYTES = 100 * MB

/** A file's folder; a server's disk is its own affair. */
export async function examineSpace(folder: string): Promise<readonly Finding[]> {
  const { bavail, bsize } = await statfs(folder)
  const free = bavail * bsize
  const message = `${Math.floor(free / MB)} MB are free in ${folder}.`
  const fix = 'Make room, or move the data folder; dnsradar purge drops old logs, and their room is used again.'
  if (free < TOO_LITTLE_BYTES) return [database.fault(message, fix)]
  return [free < LITTLE_BYTES ? database.warning(message, fix) : database.ok(message)]
}

const SLOW_MS = 200

export async function examineAnswer(store: Pick<Store, 'ping'>): Promise<readonly Finding[]> {
  const started = performance.now()
  await store.ping()
  const took = Math.round(performance.now() - started)
  if (took <= SLOW_MS) return [database.ok(`It answers in ${took} ms.`)]
  return [
    database.warning(
      `It answers in ${took} ms, which is slow.`,
      'Bring it nearer, or give its machine more to work with.',
    ),
  ]
}

const FAR_MS = 1_000

/** `databaseNow`: of a PostgreSQL, the time by which rows are written; of a file, when it was last written to. */
export function examineClock(ownNow: number, databaseNow: number, isServer: boolean): readonly Finding[] {
  const ahead = databaseNow - ownNow
  const fix = 'Set the clock of this machine by NTP: webhook receivers refuse signatures of another time.'
  if (isServer && Math.abs(ahead) > FAR_MS) {
    return [
      clock.warning(`This machine's clock and the database's are ${Math.abs(Math.round(ahead / 1000))} s apart.`, fix),
    ]
  }
  if (!isServer && ahead > FAR_MS) {
    return [clock.fault("The database was written in the future: this machine's clock went back.", fix)]
  }
  return [clock.ok(isServer ? 'The clock of this machine is that of the database.' : 'The clock did not go back.')]
}

const LATE_MS = 60_000

export async function examineLag(
  store: Pick<Store, 'checks' | 'backlog' | 'clock'>,
  isServed: boolean,
): Promise<readonly Finding[]> {
  const now = store.clock.now()
  const [due, backlog] = [await store.checks.nextDue(), await store.backlog.measure()]
  const late = due === null ? 0 : now - due
  const waits = backlog.oldest === null ? 0 : now - backlog.oldest
  const start = 'Start a server: dnsradar serve.'
  const tell = isServed ? lag.fault : lag.warning
  const more = isServed ? 'Give it more time to catch up, more processor, or (on PostgreSQL) more processes.' : start
  return [
    late > LATE_MS
      ? tell(`The monitor that waits longest should have been looked at ${duration(late)} ago.`, more)
      : lag.ok('No monitor waits for its look.'),
    waits > LATE_MS
      ? lag.warning(
          `${backlog.deliveries} deliveries wait, the oldest for ${duration(waits)}; ${backlog.retryingWebhooks} webhooks are being tried again.`,
          isServed ? 'See what their receivers say: dnsradar webhooks list, then dnsradar requests list.' : start,
        )
      : lag.ok(`${backlog.deliveries} deliveries wait.`),
  ]
}

function duration(ms: number): string {
  const seconds = Math.round(ms / 1000)
  if (seconds < 120) return `${seconds} s`
  return seconds < 7200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`
}

/** A file is served by one process, which is known by its lock; processes that share a server each say that they live. */
export function examineNodes(alive: readonly Node[], servedBy: string | null, now: number): readonly Finding[] {
  const start = 'Start one: dnsradar serve.'
  if (alive.length === 0) {
    if (servedBy !== null) return [nodes.ok(`${servedBy} serves it.`)]
    return [nodes.warning('No server is running.', start)]
  }
  const lines = alive.map(({ id, roles, version, heartbeat }) => {
    const line = `${id} runs ${roles.join(', ')}, version ${version}, heard of ${duration(now - heartbeat)} ago.`
    return version === VERSION
      ? nodes.ok(line)
      : nodes.warning(line, `Bring all processes to one version; this is ${VERSION}.`)
  })
  const missing = ROLES.filter((part) => !alive.some(({ roles }) => roles.includes(part)))
  if (missing.length === 0) return lines
  return [
    ...lines,
    nodes.fault(`No process runs ${missing.join(' and ')}.`, 'Start one with that part in DNSRADAR_ROLES.'),
  ]
}

/** That the ring opens what is sealed was shown when the database was opened. */
export function examineSecrets(folder: string | null, isSet: boolean): readonly Finding[] {
  if (isSet || folder === null) return [secrets.ok('DNSRADAR_SECRET_KEY opens the secrets in the database.')]
  const path = join(folder, 'secret.key')
  if (!existsSync(path)) {
    return [
      secrets.warning(`There is no ${path} yet.`, 'The first start makes it; keep a copy away from this machine.'),
    ]
  }
  const isOpen = (statSync(path).mode & 0o077) !== 0 && process.platform !== 'win32'
  if (isOpen) return [secrets.fault(`${path} can be read by others.`, `chmod 600 ${path}`)]
  return [secrets.ok(`${path} opens the secrets in the database; backups need a copy of it.`)]
}
