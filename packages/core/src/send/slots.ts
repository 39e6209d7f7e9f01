/**
 * Who may send now: so many attempts at a time, few of them to one origin, only a share of them retries, and no more
 * than a share of them one organization's while others wait.
 *
 * Without the share of retries, a thousand dead receivers that take their whole timeout would hold every slot for
 * minutes while the healthy ones wait.
 */
import type { OrganizationId } from '../ids.ts'

export interface Slots {
  /** Takes a slot; null when there is none for this origin and lane. The function gives it back. */
  take(user: SlotUser): (() => void) | null
  readonly free: number
  /** Free slots that retries may take. */
  readonly freeForRetries: number
  /** Organizations that hold their share: others come first. */
  readonly yielding: readonly OrganizationId[]
  /** So many webhooks may be claimed at once that no organization can come to hold more than its share by them. */
  readonly claimable: number
}

export interface SlotUser {
  readonly origin: string
  readonly orgId: OrganizationId
  readonly isRetry: boolean
}

export interface SlotLimits {
  readonly total: number
  readonly perOrigin: number
  readonly retries: number
  /** One organization's share while others wait. */
  readonly perOrganization: number
}

export function createSlots({ total, perOrigin, retries, perOrganization }: SlotLimits): Slots {
  const origins = createTally<string>()
  const organizations = createTally<OrganizationId>()
  let taken = 0
  let retriesTaken = 0

  return {
    get free() {
      return total - taken
    },
    get freeForRetries() {
      return Math.min(total - taken, retries - retriesTaken)
    },
    get yielding() {
      return organizations.entries().flatMap(([orgId, held]) => (held >= perOrganization ? [orgId] : []))
    },
    get claimable() {
      const below = organizations.entries().map(([, held]) => (held >= perOrganization ? 0 : held))
      return Math.min(total - taken, perOrganization - Math.max(0, ...below))
    },
    take({ origin, orgId, isRetry }) {
      if (taken >= total || origins.of(origin) >= perOrigin || (isRetry && retriesTaken >= retries)) return null
      taken += 1
      if (isRetry) retriesTaken += 1
      origins.add(origin, 1)
      organizations.add(orgId, 1)
      return () => {
        taken -= 1
        if (isRetry) retriesTaken -= 1
        origins.add(origin, -1)
        organizations.add(orgId, -1)
      }
    },
  }
}

/** Counts by key; what came back to nothing is forgotten. */
function createTally<K>() {
  const counts = new Map<K, number>()
  return {
    of: (key: K): number => counts.get(key) ?? 0,
    entries: (): (readonly [K, number])[] => [...counts],
    add(key: K, change: number): void {
      const count = (counts.get(key) ?? 0) + change
      if (count === 0) counts.delete(key)
      else counts.set(key, count)
    },
  }
}
