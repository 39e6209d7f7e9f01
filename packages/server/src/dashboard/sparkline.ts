/** A row of figures as a line, to see at a glance whether they rise, fall or jump. */
import { attributes, html, type Html } from './html.ts'

const WIDTH = 120
const HEIGHT = 24
/** Half the width of the line, so that its ends are not cut off. */
const MARGIN = 1.5

/** Oldest first; null where there is no figure. The line begins at 0, so that its height can be compared. */
export function sparkline(values: readonly (number | null)[], label: string): Html {
  const size = attributes({ width: WIDTH, height: HEIGHT })
  const lines = linesOf(values).map((points) => drawn(points))
  return html`<svg class="sparkline" viewBox="0 0 ${WIDTH} ${HEIGHT}" ${size} role="img" aria-label="${label}">
    ${lines}
  </svg>`
}

type Point = readonly [x: number, y: number]

function linesOf(values: readonly (number | null)[]): readonly (readonly Point[])[] {
  const highest = Math.max(1, ...values.map((value) => value ?? 0))
  const step = (WIDTH - 2 * MARGIN) / Math.max(1, values.length - 1)
  const lines: Point[][] = [[]]
  values.forEach((value, index) => {
    if (value === null) lines.push([])
    else lines.at(-1)?.push([MARGIN + index * step, HEIGHT - MARGIN - (value / highest) * (HEIGHT - 2 * MARGIN)])
  })
  return lines.filter((points) => points.length > 0)
}

/** A figure alone between gaps is a dot. */
function drawn(points: readonly Point[]): Html {
  const [first] = points
  if (points.length === 1 && first !== undefined) {
    return html`<circle class="dot" cx="${round(first[0])}" cy="${round(first[1])}" r="1.5" />`
  }
  return html`<polyline class="line" points="${points.map((point) => point.map(round).join(',')).join(' ')}" />`
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}
