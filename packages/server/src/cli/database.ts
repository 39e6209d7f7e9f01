/** `migrate` and `keygen`: the database's shape and the key that seals what is in it. */
import { generateKey } from '@dnsradar/store'
import { openForCommand } from '../database.ts'
import type { BatchContext } from './context.ts'
import type { Output } from './output.ts'

/** Opening brings the schema up to date, so that is all there is to do. */
export async function migrate({ output, env }: BatchContext): Promise<number> {
  await using store = await openForCommand(env)
  await store.ping()
  output.out('The database is up to date.')
  return 0
}

/** A key ring of one new key, as DNSRADAR_SECRET_KEY takes it. */
export async function keygen(output: Output): Promise<number> {
  output.out(generateKey())
  return 0
}
