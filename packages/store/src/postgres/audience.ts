/**
 * Who is to be told, held still while somebody tells.
 *
 * A transaction that tells of something reads who wants to hear of it and locks those rows. One that waits for such a
 * lock has its list already, and a webhook that is made or enabled before it goes on is not on it: that webhook would
 * miss what happens after its own answer was given. So those who change the list wait for those who tell, and they for it.
 */
import { CompiledQuery, type Kysely } from 'kysely'
import type { EngineTraits } from '../queries/context.ts'
import type { Bytes, Tables } from '../tables.ts'
import { uuidText, type Statements } from './database.ts'

/** In the order of the locks' own keys, so that two transactions with organizations in common cannot block each other. */
const holding = (lock: string) => `
  select ${lock}(audience.key)
    from (select distinct hashtextextended('audience ' || org, 0) as key
            from unnest($1::text[]) as org order by key) as audience`

const HOLD: Readonly<Record<Parameters<EngineTraits['holdAudience']>[2], string>> = {
  tell: holding('pg_advisory_xact_lock_shared'),
  change: holding('pg_advisory_xact_lock'),
}

export async function holdAudience(trx: Kysely<Tables>, orgs: readonly Bytes[], to: keyof typeof HOLD): Promise<void> {
  await trx.executeQuery(CompiledQuery.raw(HOLD[to], [orgs.map(uuidText)]))
}

/** For a transaction of hand-written statements that is about to tell. */
export async function holdToTell(trx: Statements, orgs: readonly Bytes[]): Promise<void> {
  await trx.all(HOLD.tell, [orgs.map(uuidText)])
}
