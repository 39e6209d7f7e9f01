import { createMint, type Look, unchecked } from '@dnsradar/core'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { isNewLook, LOOK_BYTES, lookRow, readLook } from './looks.ts'

const mint = createMint(
  () => 0,
  (length) => new Uint8Array(length),
)
const monitor = { id: mint('mon'), orgId: mint('org') }

function stored(look: Look) {
  const result = { check: { monitor }, status: { ...unchecked(0), lastChecked: 5 }, look } as Parameters<
    typeof isNewLook
  >[0]
  if (!isNewLook(result)) throw new Error('the look is not to be kept')
  const row = lookRow(result)
  return { bytes: Buffer.byteLength(row.look), look: readLook(row).look }
}

/** Control characters are six bytes each in JSON, others up to three a code unit. */
const text = (maxLength: number) =>
  fc.oneof(
    fc.string({ maxLength: 50, unit: 'binary' }),
    fc
      .tuple(fc.constantFrom('x', '\u0001', '€', '😀', '\uD800', '"'), fc.nat(maxLength))
      .map(([unit, length]) => unit.repeat(length)),
  )
const texts = fc.oneof(
  fc.array(text(9_000), { maxLength: 4 }),
  fc.array(text(100), { maxLength: 40 }),
  fc.constant(Array.from({ length: 3_000 }, () => '')),
)
const zone = text(1000)
const answer = fc.record({
  evidence: fc.record({
    server: fc.constant('[2001:db8:1111:2222:3333:4444:5555:6666]:5353'),
    role: fc.constantFrom('upstream', 'authoritative'),
    transport: fc.constant('https'),
    rcode: fc.constantFrom('NOERROR', null),
    aa: fc.boolean(),
    ad: fc.boolean(),
    ttl: fc.option(fc.nat()),
    chain: texts,
    soa: fc.option(
      fc.record({ zone: zone.map((name) => name.replaceAll(/[^x]/g, 'x').slice(0, 1000)), serial: fc.nat() }),
    ),
    ede: fc.option(fc.record({ code: fc.nat(65_535), text: text(9_000) })),
    durationMs: fc.double({ min: 0, max: 60_000, noNaN: true }),
  }),
  values: texts,
  error: fc.option(text(2000)),
})
const reason = fc.record({ code: fc.constant('extra'), message: text(9_000), value: text(9_000) })
const aLook = fc.record({
  state: fc.constant('MISMATCH'),
  confirmed: fc.boolean(),
  pendingState: fc.constantFrom('TIMEOUT', null),
  reasons: fc.array(reason, { maxLength: 20 }),
  values: texts,
  durationMs: fc.double({ min: 0, max: 60_000, noNaN: true }),
  answers: fc.array(answer, { maxLength: 10 }),
}) as fc.Arbitrary<Look>

test('whatever ten servers say, what is kept is bounded and tells who was asked, how, and what follows', () => {
  fc.assert(
    fc.property(aLook, (look) => {
      const kept = stored(look)
      expect(kept.bytes).toBeLessThanOrEqual(LOOK_BYTES)
      expect({ ...kept.look, reasons: [], values: [], answers: [] }).toEqual({
        ...JSON.parse(JSON.stringify(look)),
        reasons: [],
        values: [],
        answers: [],
      })
      expect(kept.look.answers.map(({ evidence }) => [evidence.server, evidence.role, evidence.rcode])).toEqual(
        look.answers.map(({ evidence }) => [evidence.server, evidence.role, evidence.rcode]),
      )
      expect(kept.look.reasons.length > 0).toBe(look.reasons.length > 0)
    }),
    { numRuns: 25 },
  )
})

test('a list says how many of its values are missing, and a text that it goes on', () => {
  fc.assert(
    fc.property(texts, (values) => {
      const look: Look = {
        state: 'VALID',
        confirmed: true,
        pendingState: null,
        reasons: [],
        values,
        durationMs: 1,
        answers: [],
      }
      const kept = stored(look).look.values
      const whole = values.map((value) => value.toWellFormed().replaceAll('\0', '\uFFFD'))
      const missing = Number(/^… (\d+) more$/.exec(kept.at(-1) ?? '')?.[1] ?? 0)
      const shown = missing === 0 ? kept : kept.slice(0, -1)
      expect(shown.length + missing).toBe(values.length)
      shown.forEach((text, i) => {
        const isCut = text !== whole[i]
        if (isCut) expect([text.at(-1), (whole[i] ?? '').length >= text.length - 1]).toEqual(['…', true])
      })
    }),
    { numRuns: 25 },
  )
})

test('ten answers as large as a message may be, in the characters that take the most room, fit', () => {
  const large = '\u0001'.repeat(65_535)
  const name = '\\000.'.repeat(251)
  const evidence = {
    server: '[2001:db8:1111:2222:3333:4444:5555:6666]:5353',
    role: 'authoritative' as const,
    transport: 'tcp' as const,
    rcode: 'RCODE65535',
    aa: true,
    ad: true,
    ttl: 2_147_483_647,
    chain: Array.from({ length: 100 }, () => name),
    soa: { zone: name, serial: 4_294_967_295 },
    ede: { code: 65_535, text: large },
    durationMs: 5000.123456789,
  }
  const reason = { code: 'extra' as const, message: large, value: large }
  const { bytes, look } = stored({
    state: 'MISMATCH',
    confirmed: false,
    pendingState: 'NOT_FOUND',
    reasons: Array.from({ length: 100 }, () => reason),
    values: [large, large],
    durationMs: 15_000.123456789,
    answers: Array.from({ length: 10 }, () => ({ evidence, values: [large, large], error: large })),
  })
  expect(bytes).toBeLessThanOrEqual(LOOK_BYTES)
  expect(look.answers).toHaveLength(10)
  expect(look.values.at(-1)).toBe('… 1 more')
})
