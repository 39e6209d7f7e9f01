/** One timer for all phases of an attempt: limits per phase would add up, or never end on a drip. */
import { AttemptFailure } from './failure.ts'

export interface Deadline {
  /** Aborted with an `AttemptFailure` that says why. */
  readonly signal: AbortSignal
  clear(): void
}

/** `stage` is asked when time is up: what the attempt was waiting for. `outer` ends it sooner. */
export function startDeadline(timeoutMs: number, stage: () => string, outer: AbortSignal | undefined): Deadline {
  const controller = new AbortController()
  const expire = (): void =>
    controller.abort(new AttemptFailure('timeout', `Connection timeout after ${timeoutMs / 1000} s ${stage()}`))
  const cancel = (): void =>
    controller.abort(new AttemptFailure('reset', 'Connection closed because DNSRadar is stopping'))
  const timer = setTimeout(expire, timeoutMs)
  if (outer?.aborted) cancel()
  outer?.addEventListener('abort', cancel)
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer)
      outer?.removeEventListener('abort', cancel)
    },
  }
}
