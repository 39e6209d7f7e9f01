/** Backup and restore of an SQLite file; its driver is loaded only when somebody asks for one. */
import type { Copied, CopyOptions, Replaced } from './sqlite/backup.ts'

export type { Copied, CopyOptions, Replaced }

/** `to` must not exist. Throws `StoreRefused`. */
export async function copyDatabase(from: string, to: string, options: CopyOptions = {}): Promise<Copied> {
  return (await import('./sqlite/backup.ts')).copyDatabase(from, to, options)
}

/** Puts a copy of `from` in the place of `to`, which nobody may be serving. Throws `StoreRefused`. */
export async function replaceDatabase(from: string, to: string, options: CopyOptions = {}): Promise<Replaced> {
  return (await import('./sqlite/backup.ts')).replaceDatabase(from, to, options)
}
