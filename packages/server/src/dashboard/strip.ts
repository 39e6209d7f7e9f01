/**
 * The history of a state, drawn as bars: one glance says how long something was wrong, and when.
 *
 * A bar is a slice of the span and shows the worst state in it, so that a minute of trouble is seen in a month. Colours
 * come from the style sheet by class, the policy of the pages lets no style stand in the markup. Bars of bad states are
 * taller: colour is not the only thing that tells them apart.
 */
import type { State } from '@dnsradar/client'
import { attributes, html, type Html } from './html.ts'
import { STATE_WORDS } from './parts/states.ts'

/** From `at` on (epoch milliseconds) the state is `to`; before it was `from`. */
export interface StripChange {
  readonly at: number
  readonly from: State
  readonly to: State
}

export interface StripSpan {
  readonly from: number
  readonly until: number
  /** What it is at the end; it was the same all along where there are no changes. */
  readonly state: State
  /** Before that nothing is known: when the monitor was made. */
  readonly since?: number
}

/** `null`: nothing is known of it. */
export interface StripSlot {
  readonly from: number
  readonly until: number
  readonly state: State | null
}

const WORST_FIRST = Object.keys(STATE_WORDS) as readonly State[]

/** `count` slices of equal length, oldest first; `changes` in any order. */
export function stripSlots(changes: readonly StripChange[], span: StripSpan, count: number): readonly StripSlot[] {
  const periods = periodsOf(changes, span)
  const edge = (index: number): number => Math.round(span.from + ((span.until - span.from) * index) / count)
  return Array.from({ length: count }, (_, index) => {
    const [from, until] = [edge(index), edge(index + 1)]
    const states = periods.filter((period) => period.from < until && period.until > from).map(({ state }) => state)
    return { from, until, state: worst(states) }
  })
}

/** The part of the known time, 0 to 1, in which the state was VALID; null when nothing is known. */
export function validShare(changes: readonly StripChange[], span: StripSpan): number | null {
  const known = periodsOf(changes, span).filter(({ state }) => state !== 'UNSET')
  const length = (periods: readonly Period[]): number =>
    periods.reduce((total, { from, until }) => total + until - from, 0)
  const total = length(known)
  return total === 0 ? null : length(known.filter(({ state }) => state === 'VALID')) / total
}

interface Period {
  readonly from: number
  readonly until: number
  readonly state: State
}

/** Within the span, without those of no length. */
function periodsOf(changes: readonly StripChange[], { from, until, state, since = from }: StripSpan): Period[] {
  const start = Math.max(from, since)
  const sorted = changes.filter(({ at }) => at < until).toSorted((a, b) => a.at - b.at)
  const edges = [start, ...sorted.map(({ at }) => at), until]
  const states = [sorted[0]?.from ?? state, ...sorted.map(({ to }) => to)]
  return states
    .map((held, index) => ({
      from: Math.max(start, edges[index] ?? start),
      until: Math.max(start, edges[index + 1] ?? until),
      state: held,
    }))
    .filter((period) => period.until > period.from)
}

function worst(states: readonly State[]): State | null {
  return WORST_FIRST.find((state) => states.includes(state)) ?? null
}

const BAR = 4
const GAP = 2
const HEIGHT = 24
/** Of the whole height, where nothing is wrong. */
const CALM_HEIGHT = 16

/** `label` says what the strip is of. Decoration where the same stands in words beside it: leave the label out. */
export function strip(slots: readonly StripSlot[], label: string | null): Html {
  const width = slots.length * (BAR + GAP) - GAP
  const bars = slots.map((slot, index) => bar(slot, index * (BAR + GAP)))
  const voice = label === null ? { 'aria-hidden': 'true' } : { role: 'img', 'aria-label': label }
  return html`<svg class="strip" viewBox="0 0 ${width} ${HEIGHT}" ${attributes({ width, height: HEIGHT, ...voice })}>
    ${bars}
  </svg>`
}

function bar({ from, until, state }: StripSlot, x: number): Html {
  const { tone, label } = state === null ? { tone: 'none', label: 'nothing known' } : STATE_WORDS[state]
  const height = tone === 'good' || tone === 'none' ? CALM_HEIGHT : HEIGHT
  const place = attributes({ x, y: HEIGHT - height, width: BAR, height, rx: 1 })
  const title = `${minute(from)} to ${minute(until)}: ${label}`
  return html`<rect class="bar ${tone}" ${place}><title>${title}</title></rect>`
}

/** UTC, as all times of the API. */
function minute(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 16).replace('T', ' ')} UTC`
}
