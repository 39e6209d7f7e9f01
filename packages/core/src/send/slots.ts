/**
 * Who may send now: so many attempts at a time, few of them to one origin, and only a share of them retries.
 *
 * Without the share, a thousand dead receivers that take their whole timeout would hold every slot for minutes while
 * the healthy ones wait.
 */
export interface Slots {
  /** Takes a slot; null when there is none for this origin and lane. The function gives it back. */
  take(origin: string, isRetry: boolean): (() => void) | null
  readonly free: number
}

export interface SlotLimits {
  readonly total: number
  readonly perOrigin: number
  readonly retries: number
}

export function createSlots({ total, perOrigin, retries }: SlotLimits): Slots {
  const perOriginTaken = new Map<string, number>()
  let taken = 0
  let retriesTaken = 0

  return {
    get free() {
      return total - taken
    },
    take(origin, isRetry) {
      const here = perOriginTaken.get(origin) ?? 0
      if (taken >= total || here >= perOrigin || (isRetry && retriesTaken >= retries)) return null
      taken += 1
      perOriginTaken.set(origin, here + 1)
      if (isRetry) retriesTaken += 1
      return () => {
        taken -= 1
        const left = (perOriginTaken.get(origin) ?? 1) - 1
        if (left === 0) perOriginTaken.delete(origin)
        else perOriginTaken.set(origin, left)
        if (isRetry) retriesTaken -= 1
      }
    },
  }
}
