/**
 * Where a worker can be made to die or to stand still. The parent arms a point; the process that comes by says so and
 * does it to itself, so that it happens there and not some microseconds later.
 */
import type { Fault, Line, Point } from './protocol.ts'

export interface Faults {
  arm(point: Point, fault: Fault): void
  /** Ends a hold. */
  letGo(point: Point): void
  reach(point: Point): Promise<void>
  /** For a moment inside synchronous work, where nothing can be held. */
  reachNow(point: Point): void
}

export function createFaults(say: (line: Line) => void): Faults {
  const armed = new Map<Point, Fault>()
  const held = new Map<Point, () => void>()

  function strike(point: Point): Fault | undefined {
    const fault = armed.get(point)
    if (fault === undefined) return undefined
    armed.delete(point)
    say({ is: 'at', point, fault, at: Date.now() })
    if (fault === 'kill') process.kill(process.pid, 'SIGKILL')
    if (fault === 'pause') process.kill(process.pid, 'SIGSTOP')
    return fault
  }

  return {
    arm: (point, fault) => void armed.set(point, fault),
    letGo: (point) => held.get(point)?.(),
    async reach(point) {
      if (strike(point) === 'hold') await new Promise<void>((resolve) => void held.set(point, resolve))
    },
    reachNow: (point) => void strike(point),
  }
}
