import fc from 'fast-check'
import { expect, test } from 'vitest'
import { ruling } from './dispute.ts'
import type { Verdict } from './verdict.ts'

const verdict: fc.Arbitrary<Verdict> = fc.record({
  state: fc.constantFrom('VALID', 'MISMATCH', 'NOT_FOUND'),
  values: fc.subarray(['a', 'b']),
  reasons: fc.constant([]),
})

test('a ruling is the state of more than half, and there is one whenever there is such a state', () => {
  fc.assert(
    fc.property(verdict, fc.array(verdict, { maxLength: 8 }), (first, zone) => {
      const states = zone.map(({ state }) => state)
      const most = states.find((state) => states.filter((other) => other === state).length * 2 > states.length)
      const decision = ruling('VALID', first, zone)
      expect(decision?.do === 'accept' ? decision.verdict.state : undefined).toBe(most)
    }),
  )
})

test('the order of the servers changes neither the state nor whether it is told', () => {
  fc.assert(
    fc.property(
      verdict,
      fc.array(verdict, { maxLength: 8 }),
      fc.constantFrom('VALID', 'MISMATCH'),
      (first, zone, held) => {
        const [one, other] = [ruling(held, first, zone), ruling(held, first, zone.toReversed())]
        const gist = (decision: typeof one) =>
          decision?.do === 'accept' ? [decision.verdict.state, decision.tell] : null
        expect(gist(one)).toEqual(gist(other))
      },
    ),
  )
})
