/** Rows under headings, as wide as they need to be and the screen allows. */
import { stripVTControlCharacters } from 'node:util'
import { paint, type Screen, shown } from './output.ts'

export interface Column<Row> {
  readonly heading: string
  /** The value of a row as plain text: what a terminal would obey is escaped here. */
  readonly text: (row: Row) => string
  /** Never cut: half an id is none. */
  readonly isWhole?: true
  /** Colours a text that is ready. */
  readonly paint?: (screen: Screen, text: string, row: Row) => string
}

const GAP = '  '
/** No cell is cut to less: then lines are longer than the screen. */
const NARROWEST = 8

export function table<Row>(screen: Screen, columns: readonly Column<Row>[], rows: readonly Row[]): readonly string[] {
  const cells = rows.map((row) => columns.map(({ text }) => shown(text(row))))
  const natural = columns.map(({ heading }, at) =>
    Math.max(width(heading), ...cells.map((line) => width(line[at] ?? ''))),
  )
  const room = screen.columns - GAP.length * (columns.length - 1)
  const widths = fitted(
    natural,
    columns.map(({ isWhole }, at) => (isWhole ? (natural[at] ?? 0) : NARROWEST)),
    room,
  )
  const headings = columns.map(({ heading }, at) => paint(screen, 'dim', padded(heading, widths[at] ?? 0)))
  const lines = rows.map((row, line) =>
    columns.map((column, at) => {
      const text = padded(cells[line]?.[at] ?? '', widths[at] ?? 0)
      return column.paint?.(screen, text, row) ?? text
    }),
  )
  return [headings, ...lines].map((line) => trimmed(line.join(GAP)))
}

/** `name   value` for each member that one object has. */
export function details(
  screen: Screen,
  members: readonly (readonly [name: string, text: string])[],
): readonly string[] {
  const wide = Math.max(...members.map(([name]) => name.length))
  return members.map(([name, text]) => trimmed(`${paint(screen, 'dim', name.padEnd(wide))}${GAP}${shown(text)}`))
}

/** The widest columns give first, none more than down to its least. */
function fitted(natural: readonly number[], least: readonly number[], room: number): readonly number[] {
  const widths = [...natural]
  const canGive = (at: number): boolean => (widths[at] ?? 0) > (least[at] ?? 0)
  for (let over = widths.reduce((sum, one) => sum + one, 0) - room; over > 0; ) {
    const givers = widths.map((_, at) => at).filter(canGive)
    const widest = Math.max(...givers.map((at) => widths[at] ?? 0))
    const giver = givers.find((at) => widths[at] === widest)
    if (giver === undefined) break
    const next = Math.max(least[giver] ?? 0, widest - over, ...widths.filter((one) => one < widest))
    over -= widest - next
    widths[giver] = next
  }
  return widths
}

function padded(text: string, wide: number): string {
  const cut = width(text) > wide ? `${cutTo(text, wide - 1)}…` : text
  return cut + ' '.repeat(Math.max(0, wide - width(cut)))
}

function cutTo(text: string, wide: number): string {
  let cut = ''
  let used = 0
  for (const character of text) {
    used += width(character)
    if (used > wide) break
    cut += character
  }
  return cut
}

/** East Asian and pictorial characters take two cells. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Extended_Pictographic}/u
const COMBINING = /\p{Mark}/u

function width(text: string): number {
  let cells = 0
  for (const character of stripVTControlCharacters(text)) {
    cells += COMBINING.test(character) ? 0 : WIDE.test(character) ? 2 : 1
  }
  return cells
}

/** Without the blanks that fill the last column, which a colour may enclose. */
function trimmed(line: string): string {
  return line.replace(/ +((?:\u001b\[\d+m)*)$/, '$1')
}
