/** Differences in words. The first reason is the cause, so what changed or is missing comes before what is extra. */
import type { Reason, ReasonCode } from '../monitor/verdict.ts'
import type { Item, Items } from './matcher.ts'

/** Longest value inside a sentence, and longest `value` beside it: a TXT record can have 64 kB. */
const MAX_QUOTED = 120
const MAX_VALUE = 1000
/** Values listed in one sentence, and reasons of one kind in one result. */
const MAX_LISTED = 5
const MAX_REASONS = 10

export function quote(text: string): string {
  return `\`${clip(text, MAX_QUOTED)}\``
}

function clip(text: string, length: number): string {
  return text.length > length ? `${text.slice(0, length).toWellFormed()}…` : text
}

/** `` `a` ``, `` `a` and `b` ``, `` `a`, `b` and 7 more ``. */
export function list(texts: readonly string[]): string {
  const shown = texts.slice(0, texts.length > MAX_LISTED ? MAX_LISTED - 1 : MAX_LISTED).map(quote)
  const more = texts.length - shown.length
  if (more > 0) shown.push(`${more} more`)
  return shown.length < 2 ? shown.join('') : `${shown.slice(0, -1).join(', ')} and ${shown.at(-1)}`
}

export function reason(code: ReasonCode, message: string, value?: string): Reason {
  return value === undefined ? { code, message } : { code, message, value: clip(value, MAX_VALUE) }
}

export interface Difference {
  readonly changed: readonly { readonly wanted: Item; readonly found: Item }[]
  readonly missing: readonly Item[]
  readonly extra: readonly Item[]
}

export function difference(wanted: Items, found: Items): Difference {
  const extra = new Map(Array.from(found).filter(([key]) => !wanted.has(key)))
  const changed: { wanted: Item; found: Item }[] = []
  const missing: Item[] = []
  for (const item of wanted.values()) {
    if (found.has(item.key)) continue
    const instead = [...extra.values()].find((other) => other.slot === item.slot)
    if (instead === undefined) missing.push(item)
    else {
      extra.delete(instead.key)
      changed.push({ wanted: item, found: instead })
    }
  }
  return { changed, missing, extra: [...extra.values()] }
}

/** What must be there and is not, and what must not be there and is. */
export function explainStrictly({ changed, missing, extra }: Difference): readonly Reason[] {
  return [
    ...explainLack(changed, missing),
    ...extra.slice(0, MAX_REASONS).map(({ text }) => reason('extra', `${quote(text)} is extra.`, text)),
  ]
}

/** What must be there and is not; what is there besides is named as no part of the trouble. */
export function explainLoosely({ changed, missing, extra }: Difference): readonly Reason[] {
  const [first, ...rest] = explainLack(changed, missing)
  if (first === undefined || extra.length === 0) return first === undefined ? [] : [first, ...rest]
  return [{ ...first, message: `${first.message.slice(0, -1)}; ${beExtra(extra)} and allowed.` }, ...rest]
}

function explainLack(changed: Difference['changed'], missing: readonly Item[]): readonly Reason[] {
  return [
    ...changed.map(({ wanted, found }) =>
      reason('differs', `${quote(found.text)} is published where ${quote(wanted.text)} is expected.`, found.text),
    ),
    ...missing.map(({ text }) => reason('missing', `${quote(text)} is missing.`, text)),
  ].slice(0, MAX_REASONS)
}

/** The whole difference in half a sentence, for messages that have a subject of their own. */
export function summarise({ changed, missing, extra }: Difference): string {
  const parts = changed
    .map(({ wanted, found }) => `${quote(found.text)} stands for ${quote(wanted.text)}`)
    .slice(0, MAX_LISTED)
  if (missing.length > 0) parts.push(`${textsOf(missing)} ${missing.length > 1 ? 'are' : 'is'} missing`)
  if (extra.length > 0) parts.push(beExtra(extra))
  return parts.join('; ')
}

function beExtra(extra: readonly Item[]): string {
  return `${textsOf(extra)} ${extra.length > 1 ? 'are' : 'is'} extra`
}

function textsOf(items: readonly Item[]): string {
  return list(items.map((item) => item.text))
}
