import { expect, test } from 'vitest'
import { markupOf } from './html.ts'
import { sparkline } from './sparkline.ts'

const cases: { why: string; values: (number | null)[]; lines: string[] }[] = [
  {
    why: 'the highest figure touches the top, 0 the bottom',
    values: [0, 50, 100],
    lines: ['<polyline class="line" points="1.5,22.5 60,12 118.5,1.5" />'],
  },
  {
    why: 'a missing figure is a gap, and one alone a dot',
    values: [10, 10, null, 10],
    lines: [
      '<polyline class="line" points="1.5,1.5 40.5,1.5" />',
      '<circle class="dot" cx="118.5" cy="1.5" r="1.5" />',
    ],
  },
  { why: 'one figure is a dot', values: [3], lines: ['<circle class="dot" cx="1.5" cy="1.5" r="1.5" />'] },
  { why: 'nothing draws nothing', values: [], lines: [] },
]

test.for(cases)('$why', ({ values, lines }) => {
  const drawing = markupOf(sparkline(values, 'Response times'))
  expect(drawing.match(/<(polyline|circle)[^>]*>/g) ?? []).toEqual(lines)
})

test('what it is of is read out, escaped', () => {
  expect(markupOf(sparkline([], '"><script>'))).toContain('role="img" aria-label="&quot;&gt;&lt;script&gt;"')
})
