/** What the process knows of itself while it runs: metrics, and whether its loops turn. Made once, in `compose.ts`. */
import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Clock, Log, Store } from '@dnsradar/core'
import { VERSION } from '../version.ts'
import { createInstruments, type Instruments } from './instruments.ts'
import { createPulse } from './pulse.ts'
import type { Watching } from './watched.ts'

export interface Telemetry extends Watching, Disposable {
  /** The text that Prometheus reads. Asks the store at most once in `FRESH_MS`. */
  scrape(store: Pick<Store, 'backlog' | 'checks' | 'clock'>, isReady: boolean): Promise<string>
}

/** To measure what waits is a walk along the queues: several scrapers share one. */
const FRESH_MS = 5_000

export function createTelemetry(clock: Clock, log: Log): Telemetry {
  const instruments = createInstruments()
  const leases = { check: new Set<string>(), webhook: new Set<string>() }
  instruments.build.set({ version: VERSION, node_version: process.version }, 1)
  instruments.started.set(performance.timeOrigin / 1000)
  const delay = monitorEventLoopDelay()
  delay.enable()
  let measuredAt = Number.NEGATIVE_INFINITY

  return {
    instruments,
    leases,
    // Of the machine's own time: where a test moves the clock an hour ahead no loop has stood still.
    pulse: createPulse(() => performance.now()),
    log,
    async scrape(store, isReady) {
      instruments.ready.set(Number(isReady))
      showProcess(instruments)
      for (const [on, held] of Object.entries(leases)) instruments.leases.set({ on }, held.size)
      for (const quantile of [0.5, 0.99, 1]) {
        instruments.loopDelay.set({ quantile: String(quantile) }, delay.percentile(quantile * 100) / 1e9)
      }
      delay.reset()
      if (isReady && clock.monotonic() - measuredAt > FRESH_MS) {
        measuredAt = clock.monotonic()
        await measureWaiting(instruments, store)
      }
      return instruments.registry.metrics()
    },
    [Symbol.dispose]() {
      delay.disable()
    },
  }
}

function showProcess({ cpu, memory }: Instruments): void {
  const { user, system } = process.cpuUsage()
  cpu.reset()
  cpu.inc((user + system) / 1e6)
  memory.set(process.memoryUsage.rss())
}

async function measureWaiting(
  { queueDeliveries, queueAge, webhooksRetrying, overdue }: Instruments,
  { backlog, checks, clock }: Pick<Store, 'backlog' | 'checks' | 'clock'>,
): Promise<void> {
  const [waiting, due] = await Promise.all([backlog.measure(), checks.nextDue()])
  const since = (moment: number | null): number => (moment === null ? 0 : Math.max(0, clock.now() - moment) / 1000)
  queueDeliveries.set(waiting.deliveries)
  queueAge.set(since(waiting.oldest))
  webhooksRetrying.set(waiting.retryingWebhooks)
  overdue.set(since(due))
}
