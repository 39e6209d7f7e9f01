/**
 * Zone-file text as entries of tokens (RFC 1035 section 5.1).
 *
 * An entry is a line, or several that parentheses join. Escapes are kept as they are written: a dot or an at sign
 * behind a backslash is not the same as without, and only whoever reads the field knows what it stands for.
 */
import type { Fault, Place } from '../../source/place.ts'

export interface Token {
  readonly place: Place
  /** As written; of a quoted string what stands between the quotes. */
  readonly text: string
  readonly quoted: boolean
}

export interface Entry {
  readonly tokens: readonly Token[]
  /** The line begins with a blank: the owner is that of the entry before. */
  readonly isIndented: boolean
}

export interface Tokenized {
  readonly entries: readonly Entry[]
  readonly faults: readonly Fault[]
}

/** One of: line end, blanks, comment, parenthesis, quoted string, unfinished string, bare word. */
const PIECE = new RegExp(
  [
    String.raw`(\r?\n)`,
    String.raw`([ \t\r\f\v]+)`,
    String.raw`(;[^\n]*)`,
    String.raw`([()])`,
    // No two ways to read the same characters, or a quote that is never closed would be sought for ever.
    String.raw`"([^"\\\n]*(?:\\[^\n][^"\\\n]*)*)"`,
    String.raw`("[^\n]*)`,
    String.raw`((?:[^ \t\r\f\v\n;()"\\]|\\[^\n]|\\)+)`,
  ].join('|'),
  'y',
)

export function tokenize(text: string): Tokenized {
  const scan = new Scan()
  const source = text.replace(/^\ufeff/, '')
  PIECE.lastIndex = 0
  for (let piece = PIECE.exec(source); piece !== null; piece = PIECE.exec(source)) scan.take(piece)
  return scan.end()
}

class Scan {
  readonly #entries: Entry[] = []
  readonly #faults: Fault[] = []
  #tokens: Token[] = []
  #open: Place[] = []
  #isIndented = false
  #line = 1
  #lineStart = 0

  take(piece: RegExpExecArray): void {
    const [all, lineEnd, blanks, comment, parenthesis, quoted, unfinished, word] = piece
    const place = { line: this.#line, column: piece.index - this.#lineStart + 1 }
    if (lineEnd !== undefined) this.#endLine(piece.index + all.length)
    else if (blanks !== undefined) this.#isIndented ||= place.column === 1 && this.#open.length === 0
    else if (parenthesis !== undefined) this.#bracket(parenthesis, place)
    else if (quoted !== undefined) this.#tokens.push({ place, text: quoted, quoted: true })
    else if (unfinished !== undefined) {
      this.#fault(place, 'This string has no closing quote on its line.')
      this.#tokens.push({ place, text: unfinished.slice(1).replaceAll('\\', ''), quoted: true })
    } else if (word !== undefined) this.#tokens.push({ place, text: word, quoted: false })
    else if (comment === undefined) throw new Error('a piece of a zone file is one of seven kinds')
  }

  end(): Tokenized {
    const [first] = this.#open
    if (first !== undefined) this.#fault(first, 'This parenthesis is never closed.')
    this.#endEntry()
    return { entries: this.#entries, faults: this.#faults }
  }

  #bracket(sign: string, place: Place): void {
    if (sign === '(') this.#open.push(place)
    else if (this.#open.pop() === undefined) this.#fault(place, 'This parenthesis was never opened.')
  }

  #endLine(nextStart: number): void {
    this.#line += 1
    this.#lineStart = nextStart
    if (this.#open.length === 0) this.#endEntry()
  }

  #endEntry(): void {
    if (this.#tokens.length > 0) this.#entries.push({ tokens: this.#tokens, isIndented: this.#isIndented })
    this.#tokens = []
    this.#isIndented = false
  }

  #fault(place: Place, message: string): void {
    this.#faults.push({ place, message })
  }
}
