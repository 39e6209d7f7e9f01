/**
 * Badges: a picture for a README, and the endpoint JSON of shields.io for those who want its looks.
 *
 * The picture carries everything in itself: where it is embedded nothing else is loaded, and no style sheet applies.
 */
import { attributes, html, type Html } from '../html.ts'
import type { Tone } from '../parts/states.ts'
import type { Condition } from './condition.ts'

/** Dark enough for white letters (WCAG: 4.5 to 1), and the word of shields.io for about the same. */
const COLORS: Readonly<Record<Tone, { readonly fill: string; readonly shields: string }>> = {
  good: { fill: '#15803d', shields: 'success' },
  bad: { fill: '#b91c1c', shields: 'critical' },
  warn: { fill: '#a16207', shields: 'important' },
  none: { fill: '#6b7280', shields: 'inactive' },
}

/** https://shields.io/badges/endpoint-badge */
export interface ShieldsBadge {
  readonly schemaVersion: 1
  readonly label: string
  readonly message: string
  readonly color: string
  readonly cacheSeconds: number
}

export function shieldsBadge(label: string, { message, tone }: Condition, cacheSeconds: number): ShieldsBadge {
  return { schemaVersion: 1, label, message, color: COLORS[tone].shields, cacheSeconds }
}

/** Without what XML cannot hold, not even escaped. */
function storable(text: string): string {
  return text.toWellFormed().replaceAll(/[\u0000-\u001f\u007f\ufffe\uffff]/g, ' ')
}

const HEIGHT = 20
const MARGIN = 6

export function svgBadge(name: string, { message, tone }: Condition): Html {
  const label = storable(name)
  const [left, right] = [widthOf(label) + 2 * MARGIN, widthOf(message) + 2 * MARGIN]
  const size = attributes({ width: left + right, height: HEIGHT })
  return html`<svg xmlns="http://www.w3.org/2000/svg" ${size} role="img" aria-label="${label}: ${message}">
    <title>${label}: ${message}</title>
    <clipPath id="r"><rect ${size} rx="3" /></clipPath>
    <g clip-path="url(#r)">
      <rect ${attributes({ width: left, height: HEIGHT, fill: '#374151' })} />
      <rect ${attributes({ x: left, width: right, height: HEIGHT, fill: COLORS[tone].fill })} />
    </g>
    <g fill="#fff" font-family="Verdana, Geneva, DejaVu Sans, sans-serif" font-size="11" text-anchor="middle">
      ${written(label, left / 2)}${written(message, left + right / 2)}
    </g>
  </svg>`
}

/** Drawn to the width that was reckoned with, whichever font there is. */
function written(text: string, x: number): Html {
  return html`<text x="${x}" y="14" textLength="${widthOf(text)}" lengthAdjust="spacingAndGlyphs">${text}</text>`
}

/** In Verdana of 11 pixels, near enough: narrow, usual and wide letters, and those that fill a square. */
function widthOf(text: string): number {
  return Math.ceil(Array.from(text).reduce((width, letter) => width + letterWidth(letter), 0))
}

function letterWidth(letter: string): number {
  if (/[ilj.,:;'|!()[\]\s]/.test(letter)) return 4
  if (/[mwMWOQ@%]/.test(letter)) return 10
  if (/[\u1100-\uffdc]|[\u{10000}-\u{10ffff}]/u.test(letter)) return 11
  return /[A-Z]/.test(letter) ? 7.8 : 6.8
}
