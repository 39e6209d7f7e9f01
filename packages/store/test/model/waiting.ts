/** The model's own arithmetic of waiting, from the table in the documentation: minutes, each from the failure before. */
import { CHANCE } from './words.ts'

const MINUTES = [5, 10, 15, 30, 60, 120, 360, 720, 1440]
const MINUTE = 60_000

/** So many failures are repeated; the one after them is the last. */
export const LADDER = MINUTES.length

export function stepMs(failure: number): number {
  return (MINUTES[Math.min(failure, LADDER) - 1] ?? 0) * MINUTE
}

/** When failure number `failure` (from 1) is repeated. A receiver may ask for more, up to the step after. */
export function repeatAt(failure: number, failedAt: number, retryAfterMs: number | null): number {
  const asked = retryAfterMs ?? 0
  return failedAt + Math.max(stepMs(failure), Math.min(asked, stepMs(failure + 1))) + jitterMs(stepMs(failure))
}

/** After a try out of turn that failed: the turn it had, or when that went by the present step once more. */
export function backInTurn(strikes: number, failedAt: number, turn: number): number {
  const step = stepMs(Math.max(1, strikes))
  return turn > failedAt ? turn : failedAt + step + jitterMs(step)
}

/** A tenth of the step, at most half a minute; all steps here are long enough to have some. */
function jitterMs(step: number): number {
  return Math.round(Math.min(step * 0.1, 30_000) * CHANCE)
}
