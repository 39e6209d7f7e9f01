/** How a whole group fares, in a few words: what its badge says. */
import type { MonitorState } from '@dnsradar/core'
import { count } from '../parts/words.ts'
import { STATE_WORDS, type Tone } from '../parts/states.ts'

export interface Condition {
  readonly message: string
  readonly tone: Tone
}

/** How many monitors are in each state. */
export type StateCounts = Readonly<Record<MonitorState, number>>

export function conditionOf(states: StateCounts): Condition {
  const ofTone = (wanted: Tone): number =>
    Object.entries(STATE_WORDS).reduce(
      (sum, [state, { tone }]) => (tone === wanted ? sum + states[state as MonitorState] : sum),
      0,
    )
  const [bad, warn, good, unknown] = [ofTone('bad'), ofTone('warn'), ofTone('good'), ofTone('none')]
  const total = bad + warn + good + unknown
  if (total === 0) return { message: 'no monitors', tone: 'none' }
  if (bad > 0) return { message: `${bad + warn} of ${total} failing`, tone: 'bad' }
  if (warn > 0) return { message: `${warn} of ${total} without answer`, tone: 'warn' }
  if (good === 0) return { message: 'not checked yet', tone: 'none' }
  return { message: unknown > 0 ? `${good} of ${total} valid` : `${count(good, 'record')} valid`, tone: 'good' }
}
