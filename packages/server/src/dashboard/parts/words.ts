/** How times, values and numbers read. */
import { type Html, html } from '../html.ts'

const SECOND = 1_000
const MINUTE = 60 * SECOND
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR

const STEPS: readonly (readonly [below: number, unit: number, name: string])[] = [
  [MINUTE, SECOND, 's'],
  [HOUR, MINUTE, 'min'],
  [DAY, HOUR, 'h'],
  [Number.POSITIVE_INFINITY, DAY, 'd'],
]

/** `5 min`. */
export function duration(ms: number): string {
  const [, unit = SECOND, name = 's'] = STEPS.find(([below]) => ms < below) ?? []
  return `${Math.floor(ms / unit)} ${name}`
}

/** A time of the wire as people say it, with the exact one behind it. */
export function when(iso: string | null, now: number, never = 'never'): Html {
  if (iso === null) return html`<span class="quiet">${never}</span>`
  return html`<time datetime="${iso}" title="${exact(iso)}">${relative(Date.parse(iso) - now)}</time>`
}

/** `2026-01-08 10:35:22 UTC`. */
export function exact(iso: string): string {
  return iso.replace('T', ' ').replace(/(\.\d+)?Z$/, ' UTC')
}

function relative(ms: number): string {
  if (Math.abs(ms) < 2 * SECOND) return 'just now'
  return ms < 0 ? `${duration(-ms)} ago` : `in ${duration(ms)}`
}

export function count(number: number, one: string, several = `${one}s`): string {
  return `${number.toLocaleString('en')} ${number === 1 ? one : several}`
}

/** Values of a record, one under the other. */
export function values(list: readonly string[] | null, none = 'nothing'): Html {
  if (list === null || list.length === 0) return html`<span class="quiet">${none}</span>`
  return html`<ul class="values">${list.map((value) => html`<li><code>${value}</code></li>`)}</ul>`
}

/** What the API says in a sentence: it puts what it quotes between backticks. */
export function sentence(message: string): Html {
  const parts = message.split('`')
  // An odd backtick is one of the quoted text itself.
  if (parts.length % 2 === 0) return html`${message}`
  return html`${parts.map((part, index) => (index % 2 === 0 ? part : html`<code>${part}</code>`))}`
}
