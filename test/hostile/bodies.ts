/** Bodies: what a route accepts with something wrong in it, what it might accept, and what nobody can read. */
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { acceptable } from './acceptable.ts'
import type { Fields } from './forms.ts'
import { fill, type Known } from './placeholders.ts'
import { type Target, VOCABULARY } from './surface.ts'
import { hostileText, hostileValue } from './values.ts'

export interface Body {
  /** With placeholders; `octets` are sent as they are. */
  readonly content: string | Uint8Array
  readonly type: string | null
  readonly encoding: string | null
  /** How long the sender says that it is. */
  readonly framing: Framing
}

/** `short` and `long` are lies; `both` is what smuggles requests past proxies. */
export type Framing = 'length' | 'chunked' | 'short' | 'long' | 'both' | 'none'

/** `fields`: of the forms that the dashboard shows for this address. */
export function goodBody(target: Target, fields: Fields): fc.Arbitrary<Body | null> {
  const isForm = target.manner === 'dashboard' && target.method === 'POST'
  if (!isForm && target.body === null) return fc.constant(null)
  const content = isForm ? formOf(fields, false) : goodJson(target).map(jsonText)
  return content.map((text) => ({ content: text, type: isForm ? FORM : JSON_TYPE, encoding: null, framing: 'length' }))
}

export function hostileBody(target: Target, fields: Fields): fc.Arbitrary<Body | null> {
  const isForm = target.manner === 'dashboard' && target.method === 'POST'
  const type = isForm ? FORM : JSON_TYPE
  const changed = isForm ? formOf(fields, true) : changedJson(target).map(jsonText)
  const plain = { type: fc.constant(type), encoding: fc.constant(null), framing: fc.constant('length' as const) }
  return fc.oneof(
    { weight: 8, arbitrary: fc.record({ content: changed, ...plain }) },
    { weight: 2, arbitrary: fc.record({ content: unreadable, ...plain }) },
    { weight: 2, arbitrary: fc.record({ content: changed, type: oddType, encoding, framing }) },
  )
}

const JSON_TYPE = 'application/json'
const FORM = 'application/x-www-form-urlencoded'

const oddType = fc.constantFrom(
  null,
  FORM,
  JSON_TYPE,
  'text/plain',
  'application/problem+json; charset=utf-8',
  'application/json; charset=latin1',
  'application/json; charset=utf-16',
  'application/json;charset=__proto__',
  'multipart/form-data; boundary=a',
  'application/x-www-form-urlencoded; charset=ibm850',
  ';',
  'x',
  'a/b'.repeat(1000),
)

const encoding = fc.constantFrom(
  null,
  null,
  'gzip',
  'gzip',
  'br',
  'deflate',
  'rot13',
  'gzip, gzip',
  'identity',
  '',
  'zstd',
)

const framing = fc.constantFrom<Framing>('length', 'length', 'chunked', 'chunked', 'short', 'long', 'both', 'none')

function goodJson({ body, examples }: Target): fc.Arbitrary<unknown> {
  const made = body === null ? fc.constant({}) : acceptable(body, VOCABULARY)
  return examples.length === 0 ? made : fc.oneof(fc.constantFrom(...examples), made)
}

function changedJson(target: Target): fc.Arbitrary<unknown> {
  const changed = fc
    .tuple(goodJson(target), fc.array(change, { minLength: 1, maxLength: 3 }))
    .map(([given, changes]) => changes.reduce((value, { at, to, name }) => changedAt(value, at, to, name), given))
  return fc.oneof({ weight: 8, arbitrary: changed }, { weight: 1, arbitrary: hostileValue })
}

function jsonText(value: unknown): string {
  return JSON.stringify(value) ?? ''
}

interface Change {
  /** Which member on each level, counted around. */
  readonly at: readonly number[]
  readonly to: unknown
  /** Of a member that is added; null replaces one. */
  readonly name: string | null
}

const change: fc.Arbitrary<Change> = fc.record({
  at: fc.array(fc.nat(12), { minLength: 1, maxLength: 4 }),
  to: hostileValue,
  name: fc.oneof({ weight: 5, arbitrary: fc.constant(null) }, { weight: 1, arbitrary: hostileText }),
})

function changedAt(
  value: unknown,
  [first = 0, ...deeper]: readonly number[],
  to: unknown,
  name: string | null,
): unknown {
  if (typeof value !== 'object' || value === null) return to
  const entries = Object.entries(value)
  const entry = entries[first % Math.max(entries.length, 1)]
  if (name !== null || entry === undefined) return assembled(value, [...entries, [name ?? 'x', to]])
  const [member, before] = entry
  const after = deeper.length === 0 ? to : changedAt(before, deeper, to, null)
  return assembled(
    value,
    entries.map((one) => (one[0] === member ? [member, after] : one)),
  )
}

/** Members are defined and never assigned, so that `__proto__` is one. */
function assembled(like: object, entries: [string, unknown][]): unknown {
  return Array.isArray(like) ? entries.map(([, value]) => value) : Object.fromEntries(entries)
}

function formOf(fields: Fields, isHostile: boolean): fc.Arbitrary<string> {
  const pairs = [...fields].map(([name, values]) => {
    const good = fc.constantFrom(...values)
    return fc.tuple(fc.constant(name), isHostile ? fc.oneof({ weight: 2, arbitrary: good }, hostileText) : good)
  })
  const others = fc.array(fc.tuple(fc.oneof(fc.constantFrom('id', 'back', 'next', 'sure'), hostileText), hostileText), {
    maxLength: isHostile ? 2 : 0,
  })
  return fc.tuple(fc.tuple(...pairs), others).map((all) =>
    all
      .flat()
      .map(([name, value]) => `${formText(name)}=${formText(value)}`)
      .join('&'),
  )
}

function formText(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replaceAll('%20', '+')
}

const unreadable: fc.Arbitrary<string | Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc.json({ maxDepth: 3 }).map((text) => text.slice(0, -1)),
  fc.constantFrom(
    '',
    'null',
    '{',
    '{"a":1}{"b":2}',
    '{"a":1,"a":2}',
    '{"__proto__":{"admin":true}}',
    '{"constructor":{"prototype":{"admin":true}}}',
    '[1e400,-0,1E+9999999]',
    '"\\ud800"',
    '\ufeff{}',
    '{"a":NaN}',
    '[[['.repeat(20_000),
    `{"a":"${'x'.repeat(300_000)}"}`,
    `[${'{},'.repeat(5000)}{}]`,
    'a=b&'.repeat(1500),
    'a[b][c][d]=e&__proto__=f&%=&=%ff',
  ),
  // More than a hundred times as much when it is read.
  fc.constantFrom(bomb()),
)

function bomb(): Uint8Array {
  return gzipSync(Buffer.alloc(20_000_000, 0x20))
}

/** What goes over the wire. A compression that is named is done where it can be: what cannot is a lie. */
export function octetsOf({ content, encoding: named }: Body, known: Known): Buffer {
  const octets = typeof content === 'string' ? Buffer.from(fill(content, known)) : Buffer.from(content)
  return named === 'gzip' && typeof content === 'string' ? gzipSync(octets) : octets
}
