/** Work that one process at a time does, under an advisory lock that the server takes back from whoever dies. */
import type { PostgresDatabase } from './database.ts'

/** "DNSRHOUS" in ASCII, within 63 bits. */
const HOUSE_LOCK = '0x444e5352484f5553'

/**
 * The lock belongs to a session, so its connection is held until the work is done, without a transaction: one that stays
 * open for minutes would keep vacuum from its work.
 */
export function doAlone<T>(database: PostgresDatabase, work: () => Promise<T>): Promise<T | null> {
  const key = [BigInt(HOUSE_LOCK)]
  return database.session(async (session) => {
    const [row] = await session.all<{ taken: number }>('select pg_try_advisory_lock($1) as taken', key)
    if (row?.taken !== 1) return null
    try {
      return await work()
    } finally {
      await session.run('select pg_advisory_unlock($1)', key)
    }
  })
}
