/** Many hostile requests to one route, the same for the same seed; what goes wrong is made as small as it can be. */
import fc from 'fast-check'
import { complaintOf, titleOf } from './judge.ts'
import { type HostileRequest, requestsTo, written } from './requests.ts'
import type { Target } from './surface.ts'
import { ask, type Outcome } from './wire.ts'
import type { World } from './world.ts'

/** After which a request counts as hung. */
const PATIENCE_MS = 10_000
/** For finding the smallest request that fails. */
const SHRINK_MS = 20_000

export interface Attack {
  readonly world: World
  readonly target: Target
  readonly seed: number
  readonly runs: number
  /** Told of every outcome. */
  readonly onOutcome?: (outcome: Outcome) => void
}

/** What was found, with the seed and the smallest request; null when nothing was. */
export async function attack({ world, target, seed, runs, onOutcome = () => {} }: Attack): Promise<string | null> {
  const fields = world.forms.get(target.path) ?? new Map()
  const { origin } = world.known
  const send = async (request: HostileRequest): Promise<void> => {
    const outcome = await ask({ origin, timeoutMs: PATIENCE_MS, ...written(request, world.known) })
    onOutcome(outcome)
    const complaint = complaintOf(target, request, outcome)
    if (complaint !== null) throw new Error(complaint)
  }
  const found = await fc.check(fc.asyncProperty(requestsTo(target, fields), send), {
    seed,
    numRuns: runs,
    interruptAfterTimeLimit: SHRINK_MS,
  })
  if (found.counterexample === null) return null
  return `${String(found.errorInstance)}\n${fc.defaultReportMessage(found)}`
}

/** One route after the other, in the tests: what one request takes away is there again for the next route. */
export async function attackEach(
  world: World,
  targets: readonly Target[],
  { seed, runs }: Pick<Attack, 'seed' | 'runs'>,
): Promise<readonly string[]> {
  const found: string[] = []
  let isTouched = true
  for (const target of targets) {
    if (isTouched) await world.keep()
    isTouched = target.method !== 'GET'
    const fault = await attack({ world, target, seed, runs })
    if (fault !== null) found.push(`${titleOf(target)}: ${fault}`)
  }
  return found
}
