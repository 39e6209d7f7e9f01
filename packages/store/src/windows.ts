/**
 * Fixed windows in memory: how often something happened since its window began.
 *
 * They stand on the clock that is passed in, so they agree with everything else that does, and need no timers: what is
 * over is swept away when the table has grown.
 */
import type { RateWindow } from '@dnsradar/core'

export interface Windows {
  /** Counts one more in the window of `key`, which begins with the first one after the last window's end. */
  count(key: string, windowMs: number): RateWindow
  /** The window of `key` while it lasts, else null; counts nothing. */
  peek(key: string): RateWindow | null
}

/** Below this a sweep is not worth its walk. */
const SWEEP_AT = 1000

export function createWindows(now: () => number): Windows {
  const windows = new Map<string, RateWindow>()
  let sweepAt = SWEEP_AT

  const peek = (key: string): RateWindow | null => {
    const window = windows.get(key)
    return window === undefined || window.ends <= now() ? null : window
  }

  const sweep = (): void => {
    for (const key of windows.keys()) if (peek(key) === null) windows.delete(key)
    sweepAt = Math.max(SWEEP_AT, 2 * windows.size)
  }

  return {
    count(key, windowMs) {
      const open = peek(key)
      const window = { count: (open?.count ?? 0) + 1, ends: open?.ends ?? now() + windowMs }
      windows.set(key, window)
      if (windows.size > sweepAt) sweep()
      return window
    },
    peek,
  }
}
