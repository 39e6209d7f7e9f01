/** What a benchmark was to reach, and whether it did: shown as a table, and noted in a file for `pnpm bench`. */
import { appendFileSync } from 'node:fs'
import { shown } from './rounds.ts'

export interface Target {
  readonly what: string
  /** NaN when it could not be measured here. */
  readonly value: number
  readonly goal: number
  readonly is: 'at least' | 'at most'
}

/** The option that every benchmark takes: a file to which its targets are added, a line of JSON each. */
export const TARGETS_OPTION = { targets: { type: 'string' } } as const

export function tellTargets(file: string | undefined, targets: readonly Target[]): void {
  console.table(targets.map(rowOf))
  if (file !== undefined) appendFileSync(file, targets.map((target) => `${JSON.stringify(target)}\n`).join(''))
}

export function rowOf({ what, value, goal, is }: Target): Record<string, string | number> {
  // Noted as JSON, what could not be measured is null.
  const isMeasured = typeof value === 'number' && !Number.isNaN(value)
  const reaches = is === 'at least' ? value >= goal : value <= goal
  return {
    what,
    value: isMeasured ? shown(value, value < 10 ? 2 : 0) : 'not measured',
    goal: `${is} ${goal}`,
    holds: isMeasured ? (reaches ? 'yes' : 'no') : '',
  }
}
