/**
 * Who is at work on what. One process serves an SQLite file, so its leases live in memory: a claim writes nothing, and a
 * crash ends all leases at once.
 */
import type { Lease, NodeId } from '@dnsradar/core'

export interface LeaseTable {
  /** Whoever held the key before is fenced off by the new token. */
  take(key: string, node: NodeId, until: number): Lease
  /** Until when the key is leased; null when it is free. */
  leasedUntil(key: string, now: number): number | null
  /** Whether `lease` is the latest one on the key, lapsed or not: nobody else has taken it since. */
  holds(key: string, lease: Lease): boolean
  extend(key: string, lease: Lease, until: number): boolean
  /** Ends `lease` when it is still the latest one. */
  release(key: string, lease: Lease): void
  /** Ends whatever lease there is. */
  end(key: string): void
  /** How often `end` was called: what was leased may be free again without its holder's doing. */
  readonly ended: number
  /** When the first of all leases ends; null when there is none. */
  firstEnd(): number | null
}

export function createLeaseTable(): LeaseTable {
  const leases = new Map<string, { readonly token: number; until: number }>()
  let lastToken = 0
  let ended = 0

  const held = (key: string, lease: Lease) => {
    const entry = leases.get(key)
    return entry?.token === lease.token ? entry : undefined
  }

  return {
    take(key, node, until) {
      lastToken += 1
      leases.set(key, { token: lastToken, until })
      return { node, token: lastToken }
    },
    leasedUntil(key, now) {
      const until = leases.get(key)?.until
      return until === undefined || until <= now ? null : until
    },
    holds: (key, lease) => held(key, lease) !== undefined,
    extend(key, lease, until) {
      const entry = held(key, lease)
      if (entry !== undefined) entry.until = until
      return entry !== undefined
    },
    release(key, lease) {
      if (held(key, lease) !== undefined) leases.delete(key)
    },
    end(key) {
      ended += 1
      leases.delete(key)
    },
    get ended() {
      return ended
    },
    firstEnd() {
      let first: number | null = null
      for (const { until } of leases.values()) first = Math.min(first ?? until, until)
      return first
    },
  }
}
