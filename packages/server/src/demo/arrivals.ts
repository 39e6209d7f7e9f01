/** What arrives at the receiver, for those who wait for it. */
import type { Received, Receiver } from './receiver.ts'

export interface Arrivals {
  /** The accepted delivery of a monitor's move into a state; rejects when none comes in time. */
  of(monitor: string, state: string): Promise<Received & { readonly at: number }>
  /** The receiver has turned something away; rejects when that does not happen in time. */
  refusal(): Promise<void>
  /** All that was accepted, in the order of arrival. */
  readonly accepted: readonly Received[]
  readonly refused: number
}

/** A delivery takes milliseconds; on a machine that is busy with other things, longer. */
const PATIENCE_MS = 30_000

/** `onRefused`: the receiver answered that it is down. */
export function collectArrivals(receiver: Receiver, onRefused: (received: Received) => void): Arrivals {
  const accepted: (Received & { readonly at: number })[] = []
  const watchers = new Set<() => void>()
  let refused = 0
  receiver.onReceived = (received) => {
    if (received.status === 200) accepted.push({ ...received, at: performance.now() })
    else {
      refused += 1
      onRefused(received)
    }
    for (const look of watchers) look()
  }

  /** Looked at now and after each request. */
  function when<T>(ready: () => T | undefined, missing: string): Promise<T> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        watchers.delete(look)
        reject(new Error(`${missing} did not come in time`))
      }, PATIENCE_MS)
      const look = (): void => {
        const found = ready()
        if (found === undefined) return
        clearTimeout(timer)
        watchers.delete(look)
        resolve(found)
      }
      watchers.add(look)
      look()
    })
  }

  return {
    accepted,
    get refused() {
      return refused
    },
    async refusal() {
      await when(() => (refused > 0 ? true : undefined), 'a refusal')
    },
    of: (monitor, state) =>
      when(
        () =>
          accepted.findLast(({ delivery: { event } }) => event.monitor_uuid === monitor && event.new_state === state),
        `the delivery of ${monitor} ${state}`,
      ),
  }
}
