/** Laws of matching that hold for every type and mode. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Rdata } from '../dns/rdata.ts'
import { txtRdata } from '../dns/text.ts'
import { RadarError } from '../errors.ts'
import { MATCH_MODES, type MatchMode } from '../monitor/monitor.ts'
import { matchObserved } from '../monitor/observed.ts'
import { MONITOR_TYPES, type MonitorType, parseRdata } from '../record-types.ts'
import { compileExpectation, type Expectation, newExpectation } from './expectation.ts'

const host = fc.constantFrom('mx1.a.example', 'mx2.a.example', 'b.example', '.')
const spf = fc
  .subarray([
    'a',
    'mx',
    'ip4:192.0.2.0/24',
    'include:b.example',
    'include:c.example',
    '-all',
    '~all',
    'redirect=b.example',
    'foo:bar',
  ])
  .map((terms) => ['v=spf1', ...terms].join(' '))
const dmarc = fc
  .subarray([
    'p=none',
    'p=reject',
    'sp=reject',
    'aspf=s',
    'rua=mailto:a@b.example',
    'rua=mailto:c@b.example,mailto:a@b.example',
    'x=y',
  ])
  .map((tags) => ['v=DMARC1', ...tags].join('; '))
const dkim = fc.subarray(['k=rsa', 'k=ed25519', 'p=abc', 'p=', 't=y']).map((tags) => ['v=DKIM1', ...tags].join('; '))
const text = fc.oneof(spf, dmarc, dkim, fc.constantFrom('x=y', 'hello', '"a"', 'a\\;b'))

/** Record values of a small world, so that expectations and zones often meet. */
const VALUES: Readonly<Record<MonitorType, fc.Arbitrary<string>>> = {
  A: fc.constantFrom('192.0.2.1', '192.0.2.2', '198.51.100.1'),
  AAAA: fc.constantFrom('2001:db8::1', '2001:db8::2', '::ffff:192.0.2.1'),
  CNAME: host,
  NS: host,
  PTR: host,
  MX: fc.tuple(fc.constantFrom(0, 10, 20), host).map(([priority, name]) => `${priority} ${name}`),
  TXT: text,
  SPF: spf,
  DMARC: dmarc,
  CAA: fc.constantFrom('0 issue "a.example"', '0 issuewild "a.example"', '128 issue "b.example"'),
}

const COMPARING: readonly MatchMode[] = ['exact', 'includes', 'any_of', 'none_of']

interface Scene {
  type: MonitorType
  match: MatchMode
  expected: string[]
  zone: Rdata[]
}

const scene: fc.Arbitrary<Scene> = fc
  .tuple(fc.constantFrom(...MONITOR_TYPES), fc.constantFrom(...COMPARING), fc.boolean())
  .chain(([type, match, hostsOnly]) =>
    fc.record({
      type: fc.constant(type),
      match: fc.constant(match),
      expected: fc.array(type === 'MX' && hostsOnly ? host : VALUES[type], { minLength: 1, maxLength: 3 }),
      zone: fc
        .array(type === 'SPF' || type === 'DMARC' ? text : VALUES[type], { minLength: 1, maxLength: 4 })
        .map((texts) => texts.map((each) => parseRdata(type, each))),
    }),
  )

const runs = { numRuns: 2000 }

test('order and duplicates of records and of expected values never change a verdict', () => {
  fc.assert(
    fc.property(scene, fc.nat(), ({ type, match, expected, zone }, seed) => {
      const expectation = accepted({ type, match, expected })
      const turned = accepted({ type, match, expected: [...expected.toReversed(), ...expected] })
      expect(turned === null).toBe(expectation === null)
      if (expectation === null || turned === null) return
      const cut = seed % zone.length
      const shuffled = [...zone.slice(cut), ...zone.slice(0, cut), ...zone.slice(cut)]
      expect(expectation.verify(shuffled).matches).toBe(expectation.verify(zone).matches)
      expect(turned.verify(zone).matches).toBe(expectation.verify(zone).matches)
      expect(turned.canonicalKey).toBe(expectation.canonicalKey)
    }),
    runs,
  )
})

test('the case of names never changes a verdict', () => {
  const named = scene.filter(({ type }) => ['CNAME', 'NS', 'PTR', 'MX'].includes(type))
  fc.assert(
    fc.property(named, ({ type, match, expected, zone }) => {
      const expectation = accepted({ type, match, expected })
      if (expectation === null) return
      const shouted = compileExpectation({ type, match, expected: expected.map((each) => each.toUpperCase()) })
      const zoneShouted = zone.map((record) => parseRdata(type, record.text.toUpperCase()))
      expect(shouted.verify(zone).matches).toBe(expectation.verify(zone).matches)
      expect(expectation.verify(zoneShouted).matches).toBe(expectation.verify(zone).matches)
    }),
    runs,
  )
})

test('where a TXT record is cut into strings never changes a verdict', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...COMPARING),
      text,
      text,
      fc.array(fc.nat(60), { maxLength: 4 }),
      (match, expected, published, cuts) => {
        if (accepted({ type: 'TXT', match, expected: [expected] }) === null) return
        const octets = parseRdata('TXT', published).key
        const edges = [0, ...cuts.map((cut) => Math.min(cut, octets.length)).toSorted((a, b) => a - b), octets.length]
        const strings = edges.slice(1).map((edge, at) => octets.slice(edges[at], edge))
        const judge = (observed: readonly (string | string[])[]) =>
          matchObserved({ type: 'TXT', match, expected: [expected], observed }).state
        expect(judge([strings])).toBe(judge([txtRdata(octets).text]))
      },
    ),
    runs,
  )
})

test('whatever exact accepts, includes accepts of the same expectation', () => {
  fc.assert(
    fc.property(scene, ({ type, expected, zone }) => {
      // The modes refuse different expectations: an exact policy may hold what receivers ignore or reject.
      const strict = accepted({ type, match: 'exact', expected })
      const flexible = accepted({ type, match: 'includes', expected })
      if (strict?.verify(zone).matches === true && flexible !== null) expect(flexible.verify(zone).matches).toBe(true)
    }),
    runs,
  )
})

test('whatever includes accepts, any_of accepts, and none_of never does', () => {
  fc.assert(
    fc.property(scene, ({ type, expected, zone }) => {
      const flexible = accepted({ type, match: 'includes', expected })
      const any = accepted({ type, match: 'any_of', expected })
      const none = accepted({ type, match: 'none_of', expected })
      if (flexible?.verify(zone).matches === true) expect(any?.verify(zone).matches).toBe(true)
      expect(any?.verify(zone).matches === true && none?.verify(zone).matches === true).toBe(false)
    }),
    runs,
  )
})

test('a mismatch always has a reason that is a sentence', () => {
  fc.assert(
    fc.property(scene, ({ type, match, expected, zone }) => {
      const result = accepted({ type, match, expected })?.verify(zone)
      if (result === undefined || result.matches) return
      expect(result.reasons.length).toBeGreaterThan(0)
      for (const { message } of result.reasons) expect(message).toMatch(/\.$/)
    }),
    runs,
  )
})

test('what a zone shows can be expected of it, exactly', () => {
  fc.assert(
    fc.property(scene, ({ type, zone }) => {
      const expectation = compileExpectation({ type, match: 'baseline', expected: zone.map((record) => record.text) })
      const concerned = expectation.concerned(zone)
      expect(expectation.verify(zone).matches).toBe(concerned.length > 0 && concerned.length === zone.length)
    }),
    runs,
  )
})

/** Made here, because the first such string of a process takes longer than many tests. */
const hostile = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.string({
    unit: fc.constantFrom(
      'v=spf1',
      'v=DMARC1',
      'v=DKIM1',
      ';',
      '=',
      ' ',
      ':',
      '/',
      '%{',
      '}',
      '"',
      '\\',
      '1',
      '.',
      'a',
      'p',
      'mx',
      'ip4',
      '\ud800',
    ),
    maxLength: 30,
  }),
)

test('hostile text is judged or refused, never anything else', () => {
  const observed = fc.array(fc.oneof(hostile, fc.array(hostile, { maxLength: 3 })), { maxLength: 3 })
  fc.assert(
    fc.property(
      fc.constantFrom(...MONITOR_TYPES),
      fc.constantFrom(...MATCH_MODES),
      fc.array(hostile, { maxLength: 3 }),
      observed,
      (type, match, expected, zone) => {
        orRefused(() => matchObserved({ type, match, expected, observed: zone }))
        const expectation = accepted({ type, match, expected })
        const octets = zone.flat().map((each) => txtRdata(each.replaceAll(/[^\0-\xff]/g, '?')))
        expectation?.verify(octets)
      },
    ),
    runs,
  )
})

function accepted(input: { type: MonitorType; match: MatchMode; expected: string[] }): Expectation | null {
  return orRefused(() => newExpectation(input))
}

/** Null when it was refused; anything else that is thrown fails the property. */
function orRefused<T>(call: () => T): T | null {
  try {
    return call()
  } catch (error) {
    if (error instanceof RadarError) return null
    throw error
  }
}
