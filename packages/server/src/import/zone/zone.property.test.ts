/** However a zone is laid out, the same records come out of it; whatever the text is, reading it ends. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readZone } from './zone.ts'

const label = fc.stringMatching(/^[a-z][a-z0-9]{0,8}$/)
const address = fc.integer({ min: 0, max: 255 }).map((last) => `192.0.2.${last}`)

interface Written {
  readonly owner: string
  readonly type: 'A' | 'MX' | 'CNAME' | 'TXT'
  /** Tokens as they may stand in a file. */
  readonly tokens: readonly string[]
  /** What a monitor expects. */
  readonly value: string
}

const record: fc.Arbitrary<Written> = fc.oneof(
  fc
    .record({ owner: label, value: address })
    .map(({ owner, value }) => ({ owner, type: 'A' as const, tokens: [value], value })),
  fc.record({ owner: label, priority: fc.nat(65_535), host: label }).map(({ owner, priority, host }) => ({
    owner,
    type: 'MX' as const,
    tokens: [String(priority), host],
    value: `${priority} ${host}.example.com`,
  })),
  fc
    .record({ owner: label, pieces: fc.array(fc.stringMatching(/^[ -~]{1,40}$/), { minLength: 1, maxLength: 3 }) })
    .filter(({ pieces }) => !/[\\"]/.test(pieces.join('')))
    .map(({ owner, pieces }) => ({
      owner,
      type: 'TXT' as const,
      tokens: pieces.map((piece) => `"${piece}"`),
      value: pieces.join(''),
    })),
)

interface Layout {
  readonly ttl: string
  readonly className: string
  readonly isClassFirst: boolean
  readonly brackets: boolean
  readonly comment: string
  readonly absolute: boolean
}

const layout: fc.Arbitrary<Layout> = fc.record({
  ttl: fc.constantFrom('', '300', '1h', '2D'),
  className: fc.constantFrom('', 'IN', 'in'),
  isClassFirst: fc.boolean(),
  brackets: fc.boolean(),
  comment: fc.constantFrom('', ' ; a comment (with "signs")', '\t;;'),
  absolute: fc.boolean(),
})

function print({ owner, type, tokens }: Written, at: Layout, previous: string | null): string {
  const name = owner === previous ? '\t' : at.absolute ? `${owner}.example.com.` : owner
  const front = at.isClassFirst ? [at.className, at.ttl] : [at.ttl, at.className]
  const data = at.brackets ? ['(', tokens.join('\n  '), ')'] : tokens
  return `${[name, ...front, type, ...data].filter(Boolean).join(' ')}${at.comment}`
}

test('layout says nothing: the records that were printed are those that are read', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(record, layout), { maxLength: 12 }), (rows) => {
      const lines = rows.map(([written, at], index) => print(written, at, rows[index - 1]?.[0].owner ?? null))
      const { wanted, leftOut, faults } = readZone(lines.join('\n'), { origin: 'example.com' })
      expect({ leftOut, faults }).toEqual({ leftOut: [], faults: [] })
      const read = wanted.flatMap(({ input }) =>
        [input.expected_value ?? []].flat().map((value) => `${input.full_domain} ${input.record_type} ${value}`),
      )
      const printed = rows.map(([{ owner, type, value }]) => `${owner}.example.com ${type} ${value}`)
      expect(new Set(read)).toEqual(new Set(printed))
    }),
  )
})

test('any text at all gives monitors and faults, each fault inside the text', () => {
  const piece = fc.oneof(
    fc.constantFrom('(', ')', '"', ';', '\\', '\n', ' ', '$ORIGIN', '@', 'A', 'TXT', '1h', 'IN'),
    fc.string(),
  )
  fc.assert(
    fc.property(fc.array(piece), (pieces) => {
      const text = pieces.join(' ')
      const { faults } = readZone(text, { origin: 'example.com' })
      for (const { place } of faults) expect(place.line).toBeLessThanOrEqual(text.split('\n').length)
    }),
  )
})
