/** What goes wrong in a run, and what people do meanwhile: a list made of a seed before anything starts. */
import type { Engine } from '../harness/databases.ts'
import { createChance, type Chance } from './chance.ts'
import { type Fault, type Point, POINTS } from './protocol.ts'

export type Deed =
  | { readonly do: 'record'; readonly monitors: number }
  | { readonly do: 'kill' | 'pause' | 'terminate' | 'delete' }
  | { readonly do: 'arm'; readonly point: Point; readonly fault: Exclude<Fault, 'hold'> }
  | { readonly do: 'switch' | 'hurry' | 'test' }

export interface Step {
  /** Milliseconds since the start. */
  readonly at: number
  readonly deed: Deed
}

const RECORD_EVERY_MS = 150
const MONITORS = 4
/** One fault in so many milliseconds, on average over the kinds: a new process needs a part of it to start. */
const FAULT_EVERY_MS = 450
const DEED_EVERY_MS = 260

/** `points` come first, so that short runs with different seeds can share them out. */
export function scheduleOf(seed: number, engine: Engine, durationMs: number): readonly Step[] {
  const chance = createChance(seed)
  const points = shuffled(POINTS, chance)
  const faults = every(FAULT_EVERY_MS, durationMs, chance, (i) => faultOf(engine, chance, points, i))
  const records = every(RECORD_EVERY_MS, durationMs, chance, () => ({
    do: 'record' as const,
    monitors: 1 + chance.below(MONITORS),
  }))
  const deeds = every(DEED_EVERY_MS, durationMs, chance, () => ({
    do: chance.pick(['switch', 'hurry', 'hurry', 'test'] as const),
  }))
  const deletion: Step = { at: durationMs * (0.4 + 0.4 * chance.next()), deed: { do: 'delete' } }
  return [...faults, ...records, ...deeds, deletion].toSorted((a, b) => a.at - b.at)
}

/** Six of seven at a named point, in turn. */
function faultOf(engine: Engine, chance: Chance, points: readonly Point[], i: number): Deed {
  const anywhere = engine === 'postgres' ? (['kill', 'pause', 'terminate'] as const) : (['kill', 'pause'] as const)
  if (i % 7 === 3) return { do: chance.pick(anywhere) }
  const point = points[(i - Math.floor((i + 3) / 7)) % points.length] ?? 'send:after'
  return { do: 'arm', point, fault: chance.next() < 0.7 ? 'kill' : 'pause' }
}

function every(period: number, durationMs: number, chance: Chance, deedOf: (i: number) => Deed): Step[] {
  return Array.from({ length: Math.floor(durationMs / period) }, (_, i) => ({
    at: (i + chance.next()) * period,
    deed: deedOf(i),
  }))
}

function shuffled<T>(items: readonly T[], chance: Chance): readonly T[] {
  return items
    .map((item) => ({ item, key: chance.next() }))
    .toSorted((a, b) => a.key - b.key)
    .map(({ item }) => item)
}
