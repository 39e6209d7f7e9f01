/**
 * The database's time, read without asking it each time.
 *
 * Leases and due times are compared by every process that shares a database, and the clocks of their machines need not
 * agree. So the database is asked what time it is, at opening and with each heartbeat, and in between the process counts
 * on from there with its monotonic clock, which no operator and no NTP sets.
 *
 * An answer says that the truth lies somewhere in its round trip. A time that lies there already is left as it is: a slow
 * network does not make the clock swing.
 */
import type { Clock, Log } from '@dnsradar/core'

export interface DatabaseClock extends Clock {
  /** Compares with the database. Rejects when that does not answer; the clock goes on all the same. */
  follow(): Promise<void>
}

/** Epoch milliseconds of the database, and of `monotonic` just before the question and just after the answer. */
export interface ClockReading {
  readonly time: number
  readonly asked: number
  readonly answered: number
}

/** Several, because one may have waited for the event loop. */
export type ReadDatabaseTime = () => Promise<readonly ClockReading[]>

/** A clock that is ahead by up to this goes at half speed until it is right. */
const SLEWED_MS = 1_000
/** A correction that somebody has to hear of: more than what oscillators do between two heartbeats. */
const TOLD_MS = 1_000

/** `shown` is what the clock shows at `at`, which is `ahead` of what is right. */
interface Setting {
  readonly at: number
  readonly shown: number
  readonly ahead: number
}

/** Until the first `follow` it shows `own`. */
export function createDatabaseClock(own: Clock, read: ReadDatabaseTime, log: Log): DatabaseClock {
  let setting: Setting | null = null
  return {
    monotonic: own.monotonic,
    wait: own.wait,
    // Whole, as everybody stores it.
    now: () => (setting === null ? own.now() : Math.floor(goneOn(setting, own.monotonic()).shown)),
    async follow() {
      for (const reading of await read()) {
        const before = setting === null ? null : goneOn(setting, reading.answered)
        const correction = correct(before, reading)
        setting = correction.setting
        if (before === null) tellOfOwn(own.now() - goneOn(setting, own.monotonic()).shown, log)
        else if (Math.abs(correction.byMs) > TOLD_MS) {
          log.warn({ ms: Math.round(correction.byMs) }, "the database's clock was set, and the time here with it")
        }
      }
    },
  }
}

function goneOn({ at, shown, ahead }: Setting, monotonic: number): Setting {
  const elapsed = Math.max(0, monotonic - at)
  const workedOff = Math.min(ahead, elapsed / 2)
  return { at: monotonic, shown: shown + elapsed - workedOff, ahead: ahead - workedOff }
}

/**
 * Behind is made good at once. Ahead is worked off, so that time does not go back; but a clock far ahead takes the leases
 * of others for ended, and that is worse than time that goes back once. Ids of a process keep rising all the same.
 */
export function correct(
  before: Setting | null,
  { time, asked, answered }: ClockReading,
): { readonly setting: Setting; readonly byMs: number } {
  const latest = time + (answered - asked)
  if (before === null) return { setting: { at: answered, shown: (time + latest) / 2, ahead: 0 }, byMs: 0 }
  const known = before.shown - before.ahead
  const right = Math.min(Math.max(known, time), latest)
  const ahead = before.shown - right
  const isSlewed = ahead > 0 && ahead <= SLEWED_MS
  const shown = isSlewed ? before.shown : right
  return { setting: { at: answered, shown, ahead: isSlewed ? ahead : 0 }, byMs: right - known }
}

function tellOfOwn(differenceMs: number, log: Log): void {
  if (Math.abs(differenceMs) <= TOLD_MS) return
  log.warn({ ms: Math.round(differenceMs) }, "this machine's clock and the database's differ; the database's is used")
}
