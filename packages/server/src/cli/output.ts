/** Where a command writes: stdout for what was asked, stderr for everything else. */
import { styleText } from 'node:util'

export interface Output {
  out(line: string): void
  err(line: string): void
  /** Puts a text in the place of stderr's last line. Only where `notes` is a terminal. */
  redraw(text: string): void
  /** What reads stdout. */
  readonly screen: Screen
  /** What reads stderr. */
  readonly notes: Screen
}

export interface Screen {
  readonly isTerminal: boolean
  /** False in a pipe, under NO_COLOR and on terminals that have none. */
  readonly hasColours: boolean
  /** Characters in a line; Infinity where there is no terminal. */
  readonly columns: number
}

/** A pipe or a file. */
export const PLAIN: Screen = { isTerminal: false, hasColours: false, columns: Number.POSITIVE_INFINITY }

export const processOutput: Output = {
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  redraw: (text) => void process.stderr.write(`\r${text}\u001b[K`),
  get screen() {
    return screenOf(process.stdout)
  },
  get notes() {
    return screenOf(process.stderr)
  },
}

/** Node's `hasColors` knows NO_COLOR, FORCE_COLOR and what TERM can do. */
function screenOf(stream: NodeJS.WriteStream): Screen {
  if (!stream.isTTY) return PLAIN
  return { isTerminal: true, hasColours: stream.hasColors(), columns: stream.columns }
}

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'blue' | 'cyan'

export function paint({ hasColours }: Screen, style: Style, text: string): string {
  return hasColours ? styleText(style, text, { validateStream: false }) : text
}

/**
 * What a terminal would obey instead of showing: control characters (of eight bits too), and those that turn the
 * direction of writing or hide themselves. Values come from strangers' zones.
 */
const OBEYED = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}]/gu

const SHORT: Readonly<Record<string, string>> = { '\n': '\\n', '\r': '\\r', '\t': '\\t' }

/** A value as it may be shown: on one line, with nothing in it that a terminal obeys. */
export function shown(text: string): string {
  return text.replace(OBEYED, (character) => SHORT[character] ?? `\\u${codeOf(character)}`)
}

function codeOf(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16)
  return code.length > 4 ? `{${code}}` : code.padStart(4, '0')
}

/** The same value as JSON, with nothing in its text that a terminal obeys. */
export function printJson(output: Output, value: unknown): void {
  output.out(jsonText(value, 2))
}

export function jsonText(value: unknown, indent?: number): string {
  // JSON.stringify itself leaves DEL, C1 and the direction marks as they are; line ends between members stay.
  return JSON.stringify(value, null, indent).replace(OBEYED, (character) =>
    character === '\n' ? character : [...utf16(character)].join(''),
  )
}

function* utf16(text: string): Generator<string> {
  for (let at = 0; at < text.length; at += 1) yield `\\u${text.charCodeAt(at).toString(16).padStart(4, '0')}`
}
