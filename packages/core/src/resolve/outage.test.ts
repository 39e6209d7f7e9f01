import { expect, test } from 'vitest'
import type { Answer, FailureKind } from '../dns/answer.ts'
import { noMessage } from '../dns/interpret.ts'
import { createOutages, ILL_ZONES, type ResolverOutage } from './outage.ts'

const evidence = (server: string) => noMessage({ server, role: 'upstream', transport: 'udp', durationMs: 1 })
const sound = (server: string): Answer => ({ kind: 'nxdomain', evidence: evidence(server) })
const failing = (server: string, why: FailureKind = 'servfail'): Answer => ({
  kind: 'failure',
  why,
  detail: 'it failed',
  evidence: evidence(server),
})
const silent = (server: string): Answer => ({ kind: 'timeout', evidence: evidence(server) })
const unreachable = (server: string, ours = false): Answer => ({
  kind: 'unreachable',
  ours,
  detail: 'closed',
  evidence: evidence(server),
})

function start(guard = true) {
  const told: (readonly [string, ResolverOutage])[] = []
  let ms = 0
  const outages = createOutages({
    clock: { now: () => 1_000_000 + ms, monotonic: () => ms, wait: () => Promise.resolve() },
    guard,
    onOutage: (outage) => told.push(['outage', outage]),
    onRecovered: (outage) => told.push(['recovered', outage]),
  })
  const hear = (zones: number, answer: Answer): void => {
    for (let i = 0; i < zones; i += 1) outages.heard(answer, `zone-${i}.test`)
  }
  return { outages, told, hear, pass: (by: number) => (ms += by), words: () => told.map(([word]) => word) }
}

const illnesses = [
  silent('a'),
  failing('a', 'servfail'),
  failing('a', 'refused'),
  failing('a', 'malformed'),
  failing('a', 'formerr'),
]

test.for(illnesses)('an upstream that fails in twenty zones is ill, told once: %o', (answer) => {
  const { outages, told, hear } = start()
  hear(ILL_ZONES - 1, answer)
  expect(outages.isIll('a')).toBe(false)
  hear(3 * ILL_ZONES, answer)
  expect(outages.isIll('a')).toBe(true)
  expect(told).toEqual([['outage', { server: 'a', since: 1_000_000, failingShare: 1 }]])
})

test('data that no zone may hold is the fault of the zone, not of the upstream', () => {
  const { outages, told, hear } = start()
  hear(2 * ILL_ZONES, failing('a', 'illegal'))
  expect(outages.isIll('a')).toBe(false)
  expect(told).toEqual([])
})

test('an upstream half of whose answers are sound is not ill', () => {
  const { outages, hear } = start()
  hear(ILL_ZONES, sound('a'))
  hear(ILL_ZONES, failing('a'))
  expect(outages.isIll('a')).toBe(false)
  outages.heard(failing('a'), 'zone-0.test')
  expect(outages.isIll('a')).toBe(true)
})

test('one upstream is ill for itself', () => {
  const { outages, hear } = start()
  hear(ILL_ZONES, failing('a'))
  hear(ILL_ZONES, sound('b'))
  expect([outages.isIll('a'), outages.isIll('b')]).toEqual([true, false])
})

test('a query that our own rate limit held back says nothing about the upstream', () => {
  const { outages, told, hear } = start()
  hear(2 * ILL_ZONES, unreachable('a', true))
  expect(outages.isIll('a')).toBe(false)
  expect(told).toEqual([])
})

test('an outage ends when most answers are sound again, told once', () => {
  const { outages, told, words, hear } = start()
  hear(ILL_ZONES, failing('a'))
  hear(3 * ILL_ZONES, sound('a'))
  expect(outages.isIll('a')).toBe(false)
  expect(words()).toEqual(['outage', 'recovered'])
  expect(told[1]?.[1]).toEqual({ server: 'a', since: 1_000_000, failingShare: 0.5 })
})

test('an outage ends with the window, when the next answer comes', () => {
  const { outages, words, hear, pass } = start()
  hear(ILL_ZONES, failing('a'))
  pass(30_000)
  expect(outages.isIll('a')).toBe(false)
  hear(1, sound('a'))
  expect(words()).toEqual(['outage', 'recovered'])
})

test('an upstream that cannot be reached is told at once and once, and so is its return', () => {
  const { told, words, hear, pass } = start()
  hear(3, unreachable('a'))
  expect(told).toEqual([['outage', { server: 'a', since: 1_000_000, failingShare: 1 }]])
  pass(60_000)
  hear(1, unreachable('a'))
  hear(2, sound('a'))
  expect(words()).toEqual(['outage', 'recovered'])
})

test('an upstream that comes and goes is told again only after thirty seconds', () => {
  const { words, hear, pass } = start()
  hear(1, unreachable('a'))
  hear(1, sound('a'))
  for (let i = 0; i < 5; i += 1) {
    hear(1, unreachable('a'))
    hear(1, sound('a'))
  }
  expect(words()).toEqual(['outage', 'recovered'])
  hear(1, unreachable('a'))
  pass(30_000)
  hear(1, unreachable('a'))
  expect(words()).toEqual(['outage', 'recovered', 'outage'])
})

test('without the guard no upstream is ill, and what cannot be reached is told all the same', () => {
  const { outages, words, hear } = start(false)
  hear(2 * ILL_ZONES, failing('a'))
  expect(outages.isIll('a')).toBe(false)
  expect(words()).toEqual([])
  hear(1, unreachable('a'))
  expect(words()).toEqual(['outage'])
})
