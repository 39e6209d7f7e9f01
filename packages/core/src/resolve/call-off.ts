/**
 * Whom to tell when a signal aborts.
 *
 * Thousands of looks carry the one signal that stops the process, and a signal compares each new listener with all
 * that it has. So a signal gets one listener here, and those whom it calls off stand in a list of reused places: the
 * tables that a long-lived Set outgrows and leaves behind keep alive what was in them until a major collection.
 */
export interface CallOff {
  /** Calls `giveUp` once when `signal` aborts, until the place it returns was left. */
  enter(signal: AbortSignal, giveUp: () => void): number
  leave(signal: AbortSignal, place: number): void
}

interface Places {
  readonly taken: ((() => void) | null)[]
  readonly free: number[]
}

export function createCallOff(): CallOff {
  const bySignal = new WeakMap<AbortSignal, Places>()

  function placesOf(signal: AbortSignal): Places {
    const known = bySignal.get(signal)
    if (known !== undefined) return known
    const places: Places = { taken: [], free: [] }
    bySignal.set(signal, places)
    signal.addEventListener('abort', () => places.taken.forEach((giveUp) => giveUp?.()), { once: true })
    return places
  }

  return {
    enter(signal, giveUp) {
      const { taken, free } = placesOf(signal)
      const place = free.pop() ?? taken.length
      taken[place] = giveUp
      return place
    },
    leave(signal, place) {
      const { taken, free } = placesOf(signal)
      taken[place] = null
      free.push(place)
    },
  }
}
