/** Something that is done at most so often: what is asked for meanwhile is done together, once the pause is over. */
import type { Clock } from '@dnsradar/core'

/** `act` is given what was asked for since it was last called, each once; it must not throw. */
export function paced<T>(
  { wait }: Pick<Clock, 'wait'>,
  { restMs, signal }: { readonly restMs: number; readonly signal: AbortSignal },
  act: (asked: ReadonlySet<T>) => void,
): (one: T) => void {
  const asked = new Set<T>()
  let isResting = false

  async function round(): Promise<void> {
    isResting = true
    while (asked.size > 0 && !signal.aborted) {
      const together = new Set(asked)
      asked.clear()
      act(together)
      await wait(restMs, signal)
    }
    isResting = false
  }

  return (one) => {
    asked.add(one)
    if (!isResting) void round()
  }
}
