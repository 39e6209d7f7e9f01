/** A wait that can be cut short: how a loop sleeps until the next due time and still hears that something came up. */
import type { Clock } from './ports.ts'

export interface Doorbell {
  /** Ends the wait under way, or else the next one at once: a ring between two waits is not lost. */
  ring(): void
  wait(ms: number, signal: AbortSignal): Promise<void>
}

/** Without a reason of its own an abort makes an error with a stack, for nobody to read. */
const RUNG = 'rung'

export function createDoorbell(clock: Clock): Doorbell {
  let rung = false
  let sleeping: AbortController | null = null
  return {
    ring() {
      rung = true
      sleeping?.abort(RUNG)
    },
    async wait(ms, signal) {
      if (!rung && !signal.aborted) {
        const interrupt = new AbortController()
        const stop = (): void => interrupt.abort(RUNG)
        sleeping = interrupt
        signal.addEventListener('abort', stop)
        await clock.wait(ms, interrupt.signal)
        signal.removeEventListener('abort', stop)
        sleeping = null
      }
      rung = false
    },
  }
}
