/** What was sent and answered, by route and by class of status. */
import { titleOf } from './judge.ts'
import { type Target, TARGETS } from './surface.ts'
import type { Outcome } from './wire.ts'

const CLASSES = ['2xx', '3xx', '4xx', '5xx', 'none'] as const
type Class = (typeof CLASSES)[number]

export interface Tally {
  count(target: Target, outcome: Outcome): void
  readonly total: number
  /** Routes that were asked at least so often and never answered with a success. */
  shut(asked: number): readonly string[]
  table(): string
}

export function createTally(): Tally {
  const counts = new Map(TARGETS.map((target) => [target, new Map<Class, number>(CLASSES.map((name) => [name, 0]))]))
  const sumOf = (one: ReadonlyMap<Class, number> | undefined, names: readonly Class[] = CLASSES): number =>
    names.reduce((sum, name) => sum + (one?.get(name) ?? 0), 0)
  return {
    count(target, outcome) {
      const name = classOf(outcome)
      counts.get(target)?.set(name, (counts.get(target)?.get(name) ?? 0) + 1)
    },
    get total() {
      return [...counts.values()].reduce((sum, one) => sum + sumOf(one), 0)
    },
    shut: (asked) =>
      [...counts]
        .filter(([, one]) => sumOf(one) >= asked && sumOf(one, ['2xx', '3xx']) === 0)
        .map(([target]) => titleOf(target)),
    table() {
      const rows = [...counts].map(([target, one]) =>
        lineOf(
          titleOf(target),
          CLASSES.map((name) => one.get(name) ?? 0),
        ),
      )
      const sums = CLASSES.map((name) => [...counts.values()].reduce((sum, one) => sum + (one.get(name) ?? 0), 0))
      return [lineOf('', CLASSES), ...rows, lineOf('all', sums)].join('\n')
    },
  }
}

function classOf(outcome: Outcome): Class {
  switch (outcome.kind) {
    case 'answer':
      return CLASSES.find((name) => name.startsWith(String(outcome.status)[0] ?? '')) ?? 'none'
    case 'silence':
    case 'closed':
      return 'none'
  }
}

function lineOf(name: string, cells: readonly (string | number)[]): string {
  return name.padEnd(60) + cells.map((cell) => String(cell).padStart(8)).join('')
}
