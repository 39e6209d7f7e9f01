/** `move`: an installation from one database to another, while it is served and as often as it takes to be ready to switch. */
import { randomBytes } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { systemClock } from '@dnsradar/core'
import { type MovedRows, moveInstallation, type MoveProgress, parseKeyRing } from '@dnsradar/store'
import { readConfig } from '../config.ts'
import { dataFolder } from '../database.ts'
import { createLog } from '../log.ts'
import { StartError } from '../start-error.ts'
import type { Output } from './output.ts'

interface Asked {
  readonly from: string
  readonly to: string
  readonly json: boolean
}

export async function move(output: Output, { from, to, json }: Asked): Promise<number> {
  const { config } = readConfig()
  const bar = process.stderr.isTTY && !json ? createBar(process.stderr) : null
  const keyRing = parseKeyRing(await keyRingOf(from, to, config.secretKeys))
  const tables = await moveInstallation({
    from,
    to,
    keyRing,
    clock: systemClock,
    random: randomBytes,
    log: createLog(config.log, process.stderr),
    ...(bar === null ? {} : { onProgress: bar.show }),
  }).finally(() => bar?.clear())
  output.out(json ? JSON.stringify({ tables }, null, 2) : sentence(Object.values(tables)))
  return 0
}

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

const BAR_WIDTH = 30
/** Percent signs that change more often cannot be read. */
const REDRAW_MS = 100

interface Bar {
  show(progress: MoveProgress): void
  clear(): void
}

function createBar(terminal: { write(text: string): unknown }): Bar {
  let drawn = 0
  return {
    show(progress) {
      const now = systemClock.monotonic()
      if (now - drawn < REDRAW_MS) return
      drawn = now
      terminal.write(`\r${barOf(progress)}\u001b[K`)
    },
    clear: () => void terminal.write('\r\u001b[K'),
  }
}

export function barOf({ phase, table, done, total }: MoveProgress): string {
  // More rows than there were: the target may hold some that the comparison is about to complain of.
  const share = total === 0 ? 1 : Math.min(1, done / total)
  const filled = Math.floor(share * BAR_WIDTH)
  const bar = '#'.repeat(filled).padEnd(BAR_WIDTH, '.')
  return `${phase === 'copy' ? 'copying' : 'comparing'} [${bar}] ${Math.floor(share * 100)} % ${done} of ${total} rows, ${table}`
}
