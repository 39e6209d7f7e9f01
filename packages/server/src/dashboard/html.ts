/**
 * Templates that cannot be injected into.
 *
 *   html`<a href="${path}">${name}</a>`
 *
 * A text is escaped wherever it is put; only what `html` and `attributes` themselves made is markup. Where a hole may
 * stand is checked as well, once per template: in text, inside a quoted attribute value, or, for `attributes(…)` alone,
 * between two attributes. A template that asks for another place is a mistake of ours and throws when it is first used.
 * An address (`href`, `src`, `action`, `formaction`) is written only with a scheme that cannot run anything.
 */
const MARKUP = Symbol('markup')
const ATTRIBUTES = Symbol('attributes')

/** Markup. Nothing that came from outside can look like it: symbols do not travel. */
export interface Html {
  readonly [MARKUP]: string
}

/** Made by `attributes`. */
export interface Attributes {
  readonly [ATTRIBUTES]: string
}

/** What is nothing shows nothing; a list shows its members one after the other. */
export type Content = Html | string | number | null | undefined | false | readonly Content[]

export function html(strings: TemplateStringsArray, ...values: readonly (Content | Attributes)[]): Html {
  const places = placesOf(strings)
  let markup = strings[0] ?? ''
  for (const [index, value] of values.entries()) {
    markup += fill(places[index] ?? 'text', value) + (strings[index + 1] ?? '')
  }
  return { [MARKUP]: markup }
}

/** `true` is the attribute alone; `false`, null and undefined leave it out. */
export function attributes(values: Readonly<Record<string, string | number | boolean | null | undefined>>): Attributes {
  const written = Object.entries(values).flatMap(([name, value]) => {
    if (!/^[a-z][a-z0-9-]*$/.test(name) || isForbidden(name)) throw new Error(`no attribute may be named ${name}`)
    if (value === false || value === null || value === undefined) return []
    if (value === true) return [name]
    return [`${name}="${escape(isAddress(name) ? harmless(String(value)) : String(value))}"`]
  })
  return { [ATTRIBUTES]: written.join(' ') }
}

/** The text of a page that is ready to be sent. */
export function markupOf(content: Html): string {
  return content[MARKUP]
}

export function isHtml(value: unknown): value is Html {
  return typeof value === 'object' && value !== null && MARKUP in value
}

type Place = 'text' | 'value' | 'address' | 'attributes'

function fill(place: Place, value: Content | Attributes): string {
  switch (place) {
    case 'text':
      return textOf(value)
    case 'value':
      return escape(plain(value))
    case 'address':
      return escape(harmless(plain(value)))
    case 'attributes':
      if (typeof value === 'object' && value !== null && ATTRIBUTES in value) return value[ATTRIBUTES]
      throw new Error('between attributes only attributes(…) may stand')
  }
}

function textOf(value: Content | Attributes): string {
  if (value === null || value === undefined || value === false) return ''
  if (typeof value === 'string' || typeof value === 'number') return escape(String(value))
  if (isHtml(value)) return value[MARKUP]
  if (Array.isArray(value)) return value.map(textOf).join('')
  throw new Error('only text, numbers and markup can be shown')
}

function plain(value: Content | Attributes): string {
  if (value === null || value === undefined || value === false) return ''
  if (typeof value === 'string' || typeof value === 'number') return String(value)
  throw new Error('an attribute holds text only')
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

export function escape(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ESCAPES[character] ?? '')
}

/** Addresses that lead somewhere; a browser ignores white space and control characters in front of a scheme. */
function harmless(address: string): string {
  return /^(https?:\/\/|mailto:|data:image\/svg\+xml|[/?#]|$)/i.test(address) ? address : '#'
}

function isAddress(name: string): boolean {
  return ['href', 'src', 'action', 'formaction'].includes(name)
}

/** Scripts and styles come as files: nothing in a page may be either. */
function isForbidden(name: string): boolean {
  return name === 'style' || name === 'srcdoc' || name.startsWith('on')
}

const known = new WeakMap<TemplateStringsArray, readonly Place[]>()

function placesOf(strings: TemplateStringsArray): readonly Place[] {
  const found = known.get(strings)
  if (found !== undefined) return found
  const places = findPlaces(strings)
  known.set(strings, places)
  return places
}

/** Inside a tag: what was read of it since its `<`, where each hole before has become a word. */
type Reading = { readonly tag: string | null }

function findPlaces(strings: TemplateStringsArray): readonly Place[] {
  let reading: Reading = { tag: null }
  return strings.raw.slice(0, -1).map((piece) => {
    reading = read(reading, piece)
    const place = reading.tag === null ? 'text' : placeInTag(reading.tag)
    if (reading.tag !== null) reading = { tag: `${reading.tag}x` }
    return place
  })
}

function read({ tag }: Reading, piece: string): Reading {
  let open = tag
  for (const character of piece) {
    if (open === null) {
      if (character === '<') open = ''
    } else if (character === '>' && quoteIn(open) === null) {
      if (/^(script|style|!--)/i.test(open) && !/^script\b.*\bsrc=/.test(open)) throw new Error(`<${open}> is not ours`)
      open = null
    } else open += character
  }
  return { tag: open }
}

function placeInTag(tag: string): Place {
  if (quoteIn(tag) === null) {
    if (/\s$/.test(tag)) return 'attributes'
    throw new Error(`a hole stands in a tag outside of quotes: <${tag}`)
  }
  const [, name = '', before = ''] = /([^\s"'=]+)="([^"]*)$/.exec(tag) ?? []
  if (name === '' || isForbidden(name.toLowerCase())) throw new Error(`nothing can be put there: <${tag}`)
  return isAddress(name) && before === '' ? 'address' : 'value'
}

/** The quote that is open at the end of what was read of a tag. */
function quoteIn(tag: string): string | null {
  let quote: string | null = null
  for (const character of tag) {
    if (quote === character) quote = null
    else if (quote === null && (character === '"' || character === "'")) quote = character
  }
  return quote
}
