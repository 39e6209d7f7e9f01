/** Text of anybody's making on its way into a message: one line, no invisible characters, and no longer than allowed. */

/** Control characters, line and paragraph separators, and what turns the direction of writing. */
const INVISIBLE = /[\p{Cc}\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu

export function oneLine(text: string): string {
  return text.toWellFormed().replace(INVISIBLE, ' ')
}

type Escape = (character: string) => string

const asIs: Escape = (character) => character

/**
 * `text` escaped character by character and at most `max` UTF-16 code units long, the ellipsis of a cut included. What
 * services count is never more than that, and no escape is cut in two.
 */
export function fit(text: string, max: number, escape: Escape = asIs): string {
  const characters = Array.from(text.slice(0, max + 1).toWellFormed(), escape)
  const whole = characters.join('')
  if (text.length <= max && whole.length <= max) return whole
  let cut = ''
  for (const character of characters) {
    if (cut.length + character.length > max - 1) break
    cut += character
  }
  return `${cut}…`
}

/** Inside a pair of backticks nothing but a backtick means anything. */
export function code(text: string, max: number, escape: Escape = asIs): string {
  return `\`${fit(text, max - 2, (character) => (character === '`' ? 'ˋ' : escape(character)))}\``
}
