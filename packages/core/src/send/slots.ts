/**
 * Who may send now: so many attempts at a time, few of them to one origin, only a share of them retries, and no more
 * than a share of them one organization's while others wait.
 *
 * Dead receivers take their whole timeout. Without the share of retries a thousand of them would hold every slot for
 * minutes while the healthy ones wait, and without room aside they would when all of them die at once: a first attempt
 * that lasts long makes room for others. A retry does not, because its share is also what keeps them few.
 */
import type { OrganizationId } from '../ids.ts'

export interface Slots {
  /** Takes a slot; null when there is none for this origin and lane. */
  take(user: SlotUser): Slot | null
  /** First attempts that began by `before` and still last step aside, as far as there is room. */
  relieve(before: number): void
  readonly free: number
  /** Free slots that retries may take. */
  readonly freeForRetries: number
  /** Organizations that hold their share: others come first. */
  readonly yielding: readonly OrganizationId[]
  /** So many webhooks may be claimed at once that no organization can come to hold more than its share by them. */
  readonly claimable: number
}

export interface Slot {
  /** An attempt begins, at this monotonic time. */
  attempt(began: number): void
  giveBack(): void
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
  /** Attempts that wait outside the slots. */
  readonly aside: number
}

interface Holder {
  readonly user: SlotUser
  /** Of its attempt; infinity before the first. */
  began: number
  isAside: boolean
}

export function createSlots({ total, perOrigin, retries, perOrganization, aside }: SlotLimits): Slots {
  const origins = createTally<string>()
  const organizations = createTally<OrganizationId>()
  const holders = new Set<Holder>()
  let taken = 0
  let retriesTaken = 0
  let outside = 0

  function count({ orgId, isRetry }: SlotUser, change: 1 | -1): void {
    taken += change
    if (isRetry) retriesTaken += change
    organizations.add(orgId, change)
  }

  function giveBack(holder: Holder): void {
    if (!holders.delete(holder)) return
    origins.add(holder.user.origin, -1)
    if (holder.isAside) outside -= 1
    else count(holder.user, -1)
  }

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
    take(user) {
      const { origin, isRetry } = user
      if (taken >= total || origins.of(origin) >= perOrigin || (isRetry && retriesTaken >= retries)) return null
      const holder: Holder = { user, began: Number.POSITIVE_INFINITY, isAside: false }
      holders.add(holder)
      origins.add(origin, 1)
      count(user, 1)
      return {
        attempt(began) {
          holder.began = began
        },
        giveBack: () => giveBack(holder),
      }
    },
    relieve(before) {
      for (const holder of holders) {
        if (outside >= aside) return
        if (holder.isAside || holder.user.isRetry || holder.began > before) continue
        holder.isAside = true
        outside += 1
        count(holder.user, -1)
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
