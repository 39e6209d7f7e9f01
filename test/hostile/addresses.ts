/** Where a request goes: path and query, from fitting to absurd. */
import fc from 'fast-check'
import { acceptable, type JsonSchema } from './acceptable.ts'
import { KINDS, type Kind, placeholder } from './placeholders.ts'
import { type Target, VOCABULARY } from './surface.ts'
import { hostileText, idText } from './values.ts'

export function goodAddress({ path, query }: Target): fc.Arbitrary<string> {
  const segments = path.split('/').map((segment, at, all) => goodSegment(segment, all[at - 1] ?? ''))
  return fc.tuple(joined(segments), goodQuery(query)).map((parts) => parts.join(''))
}

export function hostileAddress(target: Target): fc.Arbitrary<string> {
  const segments = target.path.split('/').map((segment, at, all) => hostileSegment(segment, all[at - 1] ?? ''))
  const path = joined(segments)
  const good = goodAddress(target)
  return fc.oneof(
    { weight: 6, arbitrary: fc.tuple(path, goodQuery(target.query)).map((parts) => parts.join('')) },
    { weight: 6, arbitrary: fc.tuple(path, hostileQuery(target)).map((parts) => parts.join('')) },
    { weight: 1, arbitrary: fc.tuple(good, oddEnding).map((parts) => parts.join('')) },
    { weight: 1, arbitrary: fc.tuple(oddBeginning, good).map((parts) => parts.join('')) },
  )
}

function joined(segments: readonly fc.Arbitrary<string>[]): fc.Arbitrary<string> {
  return fc.tuple(...segments).map((texts) => texts.join('/'))
}

const oddEnding = fc.constantFrom(
  '/',
  '//',
  '/..',
  '/%2e%2e',
  '/.',
  '%',
  '%zz',
  '%00',
  ';a=b',
  '#part',
  '?',
  '?%',
  '/\xff',
)

const oddBeginning = fc.constantFrom('/', '/.', '/x/..', `http://${placeholder('host')}`, 'http://example.com:99999')

/** `before`: the segment that says what an `:id` is of. */
function goodSegment(segment: string, before: string): fc.Arbitrary<string> {
  const { start, name, end } = parameterOf(segment)
  if (name === '') return fc.constant(segment)
  const kinds = kindsOf(name, before)
  return (kinds.length === 0 ? idText : fc.constantFrom(...kinds.map(placeholder))).map((text) => start + text + end)
}

function hostileSegment(segment: string, before: string): fc.Arbitrary<string> {
  const { start, name, end } = parameterOf(segment)
  if (name === '') return fc.constant(segment)
  const text = fc.oneof(
    { weight: 2, arbitrary: idText },
    { weight: 4, arbitrary: hostileText.map(encoded) },
    { weight: 2, arbitrary: fc.constantFrom('x'.repeat(5000), '%', '%ff', '%C0%80', '%ED%A0%80', 'a%2Fb', '%252e') },
  )
  // One good id before a bad one leads further than two bad ones.
  return fc.oneof(
    { weight: 1, arbitrary: goodSegment(segment, before) },
    { weight: 2, arbitrary: text.map((given) => start + given + end) },
  )
}

function parameterOf(segment: string): { readonly start: string; readonly name: string; readonly end: string } {
  const [, start = '', name = '', end = ''] = /^([^:]*):(\w+)(.*)$/.exec(segment) ?? []
  return { start, name, end }
}

/** A group with monitors cannot be deleted, an empty one has nothing to show. */
function kindsOf(name: string, before: string): readonly Kind[] {
  const called = name === 'id' ? before.replace(/s$/, '') : name
  return KINDS.filter((kind) => kind === called || kind === `spare_${called}`)
}

/** Lone surrogates as the three octets that UTF-8 would have for them, which `encodeURIComponent` refuses to write. */
function encoded(text: string): string {
  return Array.from(text, (character) => (character.isWellFormed() ? encodeURIComponent(character) : '%ED%A0%80')).join(
    '',
  )
}

const STRANGE_NAMES = [
  'x',
  '',
  '__proto__',
  'constructor',
  'metadata[a]',
  'metadata[__proto__]',
  'metadata[]',
  'a[b][c]',
  'limit[]',
  'q\0',
]

type Pair = readonly [name: string, value: unknown]

function goodQuery(schema: JsonSchema | null): fc.Arbitrary<string> {
  const members = Object.entries(schema?.properties ?? {}).map(
    ([name, member]) => [name, acceptable(member, VOCABULARY, name)] as const,
  )
  const needed = schema?.required ?? []
  const optional = members.filter(([name]) => !needed.includes(name))
  const required = fc.tuple(
    ...members.filter(([name]) => needed.includes(name)).map(([name, value]) => pairOf(name, value)),
  )
  const some = fc
    .subarray([...optional], { maxLength: Math.min(2, optional.length) })
    .chain((chosen) => fc.tuple(...chosen.map(([name, value]) => pairOf(name, value))))
  return fc.tuple(required, some).map((pairs) => queryText(pairs.flat()))
}

function hostileQuery({ query }: Target): fc.Arbitrary<string> {
  const names = Object.keys(query?.properties ?? {})
  const known = names.length === 0 ? hostileText : fc.constantFrom(...names)
  const pair = pairOf(
    fc.oneof({ weight: 3, arbitrary: known }, fc.constantFrom(...STRANGE_NAMES), hostileText),
    hostileText,
  )
  return fc.oneof({ weight: 10, arbitrary: fc.array(pair, { minLength: 1, maxLength: 4 }) }, manyPairs).map(queryText)
}

function pairOf(name: string | fc.Arbitrary<string>, value: fc.Arbitrary<unknown>): fc.Arbitrary<Pair> {
  return fc.tuple(typeof name === 'string' ? fc.constant(name) : name, value)
}

/** More parameters than readers take. */
const manyPairs = fc.constant(Array<Pair>(1200).fill(['a', 'b']))

function queryText(pairs: readonly Pair[]): string {
  const texts = pairs.map(([name, value]) => `${encoded(name)}=${encoded(asText(value))}`)
  return texts.length === 0 ? '' : `?${texts.join('&')}`
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? '')
}
