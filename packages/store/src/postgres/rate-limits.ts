/** Fixed windows that all processes on one database count in together. */
import type { RateLimits } from '@dnsradar/core'
import type { Statements } from './database.ts'

/** One statement, so that no two requests see the same count. A window that is over begins anew with this one. */
const COUNT = `
  insert into rate_limits (key, "window", started, count) values ($1, $2, $3, 1)
  on conflict (key, "window") do update set
    count = case when rate_limits.started + rate_limits."window" <= excluded.started
                 then 1 else rate_limits.count + 1 end,
    started = case when rate_limits.started + rate_limits."window" <= excluded.started
                   then excluded.started else rate_limits.started end
  returning count, started`

const FORGET = `delete from rate_limits where started + "window" <= $1`

export function postgresRateLimits(db: Statements, now: () => number): RateLimits {
  return {
    async count(key, windowMs) {
      const [row] = await db.all<{ count: number; started: number }>(COUNT, [key, windowMs, now()])
      if (row === undefined) throw new Error('the upsert gave no row')
      return { count: row.count, ends: row.started + windowMs }
    },
  }
}

export async function forgetRateLimits(db: Statements, now: number): Promise<void> {
  await db.run(FORGET, [now])
}
