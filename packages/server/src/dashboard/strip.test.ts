import type { State } from '@dnsradar/client'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { markupOf } from './html.ts'
import { strip, type StripChange, stripSlots, type StripSpan, validShare } from './strip.ts'

const span = (state: State, since?: number): StripSpan => ({
  from: 0,
  until: 100,
  state,
  ...(since === undefined ? {} : { since }),
})

const cases: {
  why: string
  changes: StripChange[]
  span: StripSpan
  states: (State | null)[]
  share: number | null
}[] = [
  {
    why: 'without a change it was the same all along',
    changes: [],
    span: span('VALID'),
    states: ['VALID', 'VALID', 'VALID', 'VALID'],
    share: 1,
  },
  {
    why: 'a slice shows the worst that was in it',
    changes: [
      { at: 30, from: 'VALID', to: 'NOT_FOUND' },
      { at: 40, from: 'NOT_FOUND', to: 'VALID' },
    ],
    span: span('VALID'),
    states: ['VALID', 'NOT_FOUND', 'VALID', 'VALID'],
    share: 0.9,
  },
  {
    why: 'what goes on shows in every slice until its end',
    changes: [{ at: 50, from: 'VALID', to: 'MISMATCH' }],
    span: span('MISMATCH'),
    states: ['VALID', 'VALID', 'MISMATCH', 'MISMATCH'],
    share: 0.5,
  },
  {
    why: 'the order of changes does not matter',
    changes: [
      { at: 75, from: 'TIMEOUT', to: 'VALID' },
      { at: 25, from: 'VALID', to: 'TIMEOUT' },
    ],
    span: span('VALID'),
    states: ['VALID', 'TIMEOUT', 'TIMEOUT', 'VALID'],
    share: 0.5,
  },
  {
    why: 'nothing is known of the time before the monitor',
    changes: [],
    span: span('VALID', 50),
    states: [null, null, 'VALID', 'VALID'],
    share: 1,
  },
  {
    why: 'a monitor that was never looked at has no share',
    changes: [],
    span: span('UNSET'),
    states: ['UNSET', 'UNSET', 'UNSET', 'UNSET'],
    share: null,
  },
  {
    why: 'changes from before the span say what it began with',
    changes: [{ at: -10, from: 'VALID', to: 'INVALID' }],
    span: span('INVALID'),
    states: ['INVALID', 'INVALID', 'INVALID', 'INVALID'],
    share: 0,
  },
]

test.for(cases)('$why', ({ changes, span, states, share }) => {
  expect(stripSlots(changes, span, 4).map(({ state }) => state)).toEqual(states)
  if (share === null) expect(validShare(changes, span)).toBeNull()
  else expect(validShare(changes, span)).toBeCloseTo(share)
})

test('slices cover the span without a gap', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 100 }), fc.integer({ min: 1, max: 1e9 }), (count, until) => {
      const slots = stripSlots([], { from: 0, until, state: 'VALID' }, count)
      expect(slots).toHaveLength(count)
      expect(slots.every((slot, index) => index === 0 || slot.from === slots[index - 1]?.until)).toBe(true)
      expect([slots[0]?.from, slots.at(-1)?.until]).toEqual([0, until])
    }),
  )
})

test('a drawing has one bar for each slice, says what it is of, and sets no style', () => {
  const slots = stripSlots([{ at: 50, from: 'VALID', to: 'NOT_FOUND' }], span('NOT_FOUND'), 4)
  const drawing = markupOf(strip(slots, 'The last day of <www.example.com>'))
  expect(drawing.match(/<rect /g)).toHaveLength(4)
  expect(drawing.match(/class="bar bad"/g)).toHaveLength(2)
  expect(drawing).toContain('role="img" aria-label="The last day of &lt;www.example.com&gt;"')
  expect(drawing).not.toContain('style=')
})

test('a drawing beside words that say the same is not read out', () => {
  expect(markupOf(strip(stripSlots([], span('VALID'), 2), null))).toContain('aria-hidden="true"')
})
