/** Which migrations there are and which of them a database still needs. How to apply one is the engine's affair. */
import { readdir, readFile } from 'node:fs/promises'
import { StoreRefused } from './refused.ts'

export interface Migration {
  readonly number: number
  readonly sql: string
}

const FILE = /^(\d{4})_[a-z0-9_]+\.sql$/

/** In ascending order. */
export async function readMigrations(folder: URL): Promise<readonly Migration[]> {
  const names = (await readdir(folder)).filter((name) => FILE.test(name)).toSorted()
  return Promise.all(
    names.map(async (name) => ({
      number: Number(FILE.exec(name)?.[1]),
      sql: await readFile(new URL(name, folder), 'utf8'),
    })),
  )
}

/** `where` names the database in the refusal of one that a newer version wrote. */
export function pendingMigrations(
  known: readonly Migration[],
  applied: readonly number[],
  where: string,
): readonly Migration[] {
  const newest = Math.max(0, ...applied)
  const ours = known.at(-1)?.number ?? 0
  if (newest > ours) {
    throw new StoreRefused(
      'newer',
      `${where} was written by a newer version of DNSRadar (schema ${newest}; this version knows ${ours}). ` +
        'Start that version, or restore a backup from before the upgrade.',
    )
  }
  return known.filter(({ number }) => !applied.includes(number))
}
