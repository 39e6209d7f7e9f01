/** One response that is written to for as long as its reader keeps up. */
import { once } from 'node:events'
import type { ServerResponse } from 'node:http'
import type { Clock } from '@dnsradar/core'

export interface Outlet {
  /** Resolves when there is room for more; at once when the outlet is closed. */
  write(bytes: Buffer | string): Promise<void>
  /** Written between two messages, unless the reader is behind. */
  beat(bytes: string): void
  /** Octets that wait here for the reader. */
  readonly unsent: number
  /** Aborts when the reader went away, or when it was closed from here. */
  readonly closed: AbortSignal
  /** The reader comes back by itself, to where it was. */
  close(): void
}

/** For so long a reader may take nothing. */
const STUCK_MS = 30_000

export function createOutlet(res: ServerResponse, clock: Clock): Outlet {
  const closing = new AbortController()
  // Gone already, while its key was looked up: nothing would ever say so again.
  if (res.destroyed) closing.abort()
  res.once('close', () => closing.abort())
  // A reader that resets the connection closes it too; there is nobody to tell.
  res.on('error', () => closing.abort())

  function close(): void {
    if (closing.signal.aborted) return
    closing.abort()
    // What a full socket holds back would hold back the end as well.
    if (res.writableNeedDrain) res.destroy()
    else res.end()
  }

  async function drained(): Promise<void> {
    const done = new AbortController()
    const either = AbortSignal.any([done.signal, closing.signal])
    const drain = once(res, 'drain', { signal: either }).then(
      () => 'drained' as const,
      () => 'closed' as const,
    )
    const outcome = await Promise.race([drain, clock.wait(STUCK_MS, either).then(() => 'stuck' as const)])
    done.abort()
    if (outcome === 'stuck') close()
  }

  return {
    async write(bytes) {
      if (closing.signal.aborted) return
      if (!res.write(bytes)) await drained()
    },
    beat(bytes) {
      if (!closing.signal.aborted && !res.writableNeedDrain) res.write(bytes)
    },
    get unsent() {
      return res.writableLength
    },
    closed: closing.signal,
    close,
  }
}
