/**
 * How far something long has come: a bar on a terminal, and a line now and then where there is none, so that a log says
 * that work goes on. On stderr, so that it never mixes with what was asked.
 */
import type { Output } from './output.ts'

export interface Progress {
  /** `detail` stands behind the numbers. */
  show(state: {
    readonly done: number
    readonly total: number
    readonly detail?: string
    readonly label?: string
  }): void
  /** Takes the bar away. */
  clear(): void
}

export interface ProgressOptions {
  /** What is done: `importing`. */
  readonly label: string
  /** What is counted: `monitors`. */
  readonly unit: string
  /** Milliseconds of a clock that never goes back. */
  readonly now?: () => number
}

const BAR_WIDTH = 30
/** Percent signs that change more often cannot be read. */
const REDRAW_MS = 100
/** A log that is read later needs to know little more than that it goes on. */
const LINE_MS = 5_000

export function createProgress(output: Output, options: ProgressOptions): Progress {
  const { now = () => performance.now() } = options
  const { isTerminal, columns } = output.notes
  let drawn = isTerminal ? Number.NEGATIVE_INFINITY : now()
  return {
    show({ done, total, detail, label = options.label }) {
      if (now() - drawn < (isTerminal ? REDRAW_MS : LINE_MS)) return
      drawn = now()
      const numbers = `${percent(done, total)} % ${done} of ${total} ${options.unit}${detail === undefined ? '' : `, ${detail}`}`
      if (isTerminal) output.redraw(`${label} ${barOf(done, total)} ${numbers}`.slice(0, columns - 1))
      else output.err(`${label} ${numbers}`)
    },
    clear() {
      if (isTerminal) output.redraw('')
    },
  }
}

/** More than all of it counts as all of it. */
function share(done: number, total: number): number {
  return total === 0 ? 1 : Math.min(1, done / total)
}

function percent(done: number, total: number): number {
  return Math.floor(share(done, total) * 100)
}

export function barOf(done: number, total: number): string {
  return `[${'#'.repeat(Math.floor(share(done, total) * BAR_WIDTH)).padEnd(BAR_WIDTH, '.')}]`
}
