import { expect, test } from 'vitest'
import { markupOf } from '../html.ts'
import { shieldsBadge, svgBadge } from './badge.ts'

const FINE = { message: '3 records valid', tone: 'good' } as const

test('a badge says its label and its message, also to those who do not see it', () => {
  const svg = markupOf(svgBadge('DNS', FINE))
  expect(svg).toContain('role="img" aria-label="DNS: 3 records valid"')
  expect(svg).toContain('<title>DNS: 3 records valid</title>')
})

test('markup in a label does nothing', () => {
  const svg = markupOf(svgBadge('"><script>alert(1)</script>&', FINE))
  expect(svg).not.toContain('<script>')
  expect(svg).toContain('&quot;&gt;&lt;script&gt;alert(1)&lt;/script&gt;&amp;')
})

test('what XML cannot hold is left out', () => {
  expect(markupOf(svgBadge('a\u0000\u001b\ud800b', FINE))).toContain('<title>a  \ufffdb: 3 records valid</title>')
})

test('a badge loads nothing and sets no style', () => {
  expect(markupOf(svgBadge('DNS', FINE))).not.toMatch(/href|style=|<image|<script/)
})

test('a longer label makes a wider badge', () => {
  const width = (label: string) => Number(/width="(\d+)"/.exec(markupOf(svgBadge(label, FINE)))?.[1])
  expect(width('Example records')).toBeGreaterThan(width('DNS') + 50)
  expect(width('例え')).toBe(width('') + 22)
})

const colors = [
  { tone: 'good', color: 'success' },
  { tone: 'warn', color: 'important' },
  { tone: 'bad', color: 'critical' },
  { tone: 'none', color: 'inactive' },
] as const

test.for(colors)('shields.io is told that $tone is $color', ({ tone, color }) => {
  expect(shieldsBadge('DNS', { message: 'm', tone }, 60)).toEqual({
    schemaVersion: 1,
    label: 'DNS',
    message: 'm',
    color,
    cacheSeconds: 60,
  })
})
