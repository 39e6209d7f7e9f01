/** `move`: an installation from one database to another, while it is served and as often as it takes to be ready to switch. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '@dnsradar/core'
import { type MovedRows, moveInstallation, parseKeyRing } from '@dnsradar/store'
import { readConfig } from '../config.ts'
import { dataFolder } from '../database.ts'
import { createLog } from '../log.ts'
import { StartError } from '../start-error.ts'
import type { BatchContext } from './context.ts'
import { createProgress } from './progress.ts'

interface Asked {
  readonly from: string
  readonly to: string
  readonly json: boolean
}

export async function move({ output, env }: BatchContext, { from, to, json }: Asked): Promise<number> {
  const { config } = readConfig(env)
  const progress = createProgress(output, { label: 'copying', unit: 'rows' })
  const keyRing = parseKeyRing(await keyRingOf(from, to, config.secretKeys))
  const tables = await moveInstallation({
    from,
    to,
    keyRing,
    clock: systemClock,
    random: randomBytes,
    log: createLog(config.log, process.stderr),
    onProgress: ({ phase, table, done, total }) => progress.show({ label: LABELS[phase], done, total, detail: table }),
  }).finally(progress.clear)
  output.out(json ? JSON.stringify({ tables }, null, 2) : sentence(Object.values(tables)))
  return 0
}

const LABELS = { copy: 'copying', verify: 'comparing' } as const

/** The ring that servers on the target will have. */
async function keyRingOf(from: string, to: string, secretKeys: string | null): Promise<string> {
  if (secretKeys !== null) return secretKeys
  const [target, source] = [keyFile(to), keyFile(from)]
  if (target !== null) return (await readFile(target, 'utf8')).trim()
  throw new StartError(
    source === null
      ? 'DNSRADAR_SECRET_KEY is not set: give the move the key ring of the servers on the source.'
      : `DNSRADAR_SECRET_KEY is not set: give this command, and the servers on the target, what ${source} holds.`,
  )
}

/** The key file beside a database file; null when there is none. */
function keyFile(databaseUrl: string): string | null {
  if (!databaseUrl.startsWith('sqlite:')) return null
  const folder = dataFolder({ databaseUrl })
  const path = folder === null ? null : join(folder, 'secret.key')
  return path !== null && existsSync(path) ? path : null
}

function sentence(tables: readonly MovedRows[]): string {
  const sum = (count: keyof MovedRows): number => tables.reduce((rows, table) => rows + table[count], 0)
  return (
    `The target holds all ${sum('rows')} rows of ${tables.length} tables ` +
    `(${sum('written')} written, ${sum('deleted')} deleted), counted and compared. ` +
    'What the source records from now on is missing there: stop its server, run this command once more, ' +
    'then start the servers on the target with the same DNSRADAR_SECRET_KEY.'
  )
}
