/** One measured stretch of work in this process. */
import { monitorEventLoopDelay } from 'node:perf_hooks'

export interface Run {
  /** Per second. */
  readonly rate: number
  /** User and system time of this process, per item; null when another process did the work, as for the next two. */
  readonly cpuMicros: number | null
  /** Of the event loop, in milliseconds. */
  readonly stallP99: number | null
  readonly stallMax: number | null
  readonly failed: number
}

export interface Done {
  readonly count: number
  readonly failed: number
}

export async function measured(work: () => Promise<Done>): Promise<Run> {
  const stalls = monitorEventLoopDelay({ resolution: 1 })
  const cpu = process.cpuUsage()
  const started = performance.now()
  stalls.enable()
  const { count, failed } = await work()
  stalls.disable()
  const ms = performance.now() - started
  const { user, system } = process.cpuUsage(cpu)
  return {
    rate: (count / ms) * 1000,
    cpuMicros: (user + system) / count,
    stallP99: stalls.percentile(99) / 1e6,
    stallMax: stalls.max / 1e6,
    failed,
  }
}
