/** What a whole server showed, and whether that is what it should. */
import { shown } from './rounds.ts'
import type { Target } from './targets.ts'

export interface Latency {
  readonly p50: number
  readonly p99: number
}

export interface Restart {
  readonly readySeconds: number
  readonly firstCheckSeconds: number
  /** Null when it had not caught up in a minute. */
  readonly caughtUpSeconds: number | null
  /** From the first check on, until each monitor had been looked at; null when one had not after two intervals. */
  readonly everySeconds: number | null
}

/** Milliseconds unless the name says otherwise. */
export interface Figures {
  readonly monitors: number
  readonly checksPerSecond: number
  readonly expectedPerSecond: number
  readonly intervalSeconds: number
  readonly lagP50: number
  readonly lagP99: number
  readonly lagMax: number
  readonly cpuMicros: number
  /** Of one processor. */
  readonly cpuShare: number
  readonly residentMegabytes: number
  readonly deliveredPerSecond: number
  readonly idle: Latency
  readonly loaded: Latency
  readonly restart: Restart
}

/** Gives the figures that were to reach something. */
export function printFigures(figures: Figures): readonly Target[] {
  const { idle, loaded, restart } = figures
  const rows: [what: string, value: number | null, digits: number, goal?: number][] = [
    ['monitors', figures.monitors, 0],
    ['checks that come due per second', figures.expectedPerSecond, 0],
    ['checks per second', figures.checksPerSecond, 0],
    ['deliveries per second', figures.deliveredPerSecond, 1],
    ['lag of a check p50, ms', figures.lagP50, 0],
    ['lag of a check p99, ms', figures.lagP99, 0, 2000],
    ['lag of a check at most, ms', figures.lagMax, 0],
    ['CPU of the whole server a check, us', figures.cpuMicros, 0, 100],
    ['CPU of the whole server, processors', figures.cpuShare, 2],
    ['resident memory at most, MB', figures.residentMegabytes, 0, 600],
    ['GET /monitors?limit=20 idle p50, ms', idle.p50, 1],
    ['GET /monitors?limit=20 idle p99, ms', idle.p99, 1],
    ['GET /monitors?limit=20 under load p50, ms', loaded.p50, 1],
    ['GET /monitors?limit=20 under load p99, ms', loaded.p99, 1],
    ['API p99 under load to idle', loaded.p99 / idle.p99, 1, 3],
    ['restart until the API is ready, s', restart.readySeconds, 1],
    ['restart until the first check, s', restart.firstCheckSeconds, 1, 5],
    ['restart until nothing is 2 s late, s', restart.caughtUpSeconds, 1],
    ['first check until every monitor was looked at, s', restart.everySeconds, 1, figures.intervalSeconds],
  ]
  console.table(
    rows.map(([what, value, digits]) => ({ what, value: value === null ? 'not in time' : shown(value, digits) })),
  )
  return rows.flatMap(([what, value, , goal]) =>
    goal === undefined ? [] : [{ what, value: value ?? Number.POSITIVE_INFINITY, goal, is: 'at most' as const }],
  )
}
