import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createFailureWindow, ILL_ZONES, WINDOW_SECONDS } from './outage.ts'

const answer = fc.record({
  /** Since the answer before: mostly close together, now and then beyond the window. */
  afterMs: fc.oneof({ weight: 8, arbitrary: fc.nat(400) }, { weight: 1, arbitrary: fc.nat(2 * WINDOW_SECONDS * 1000) }),
  zone: fc.nat(2 * ILL_ZONES).map((n) => `zone-${n}.test`),
  failed: fc.boolean(),
})

const answers = fc.array(answer, { maxLength: 300, size: 'max' })

test('a window knows what the answers of its last seconds say, and nothing of those before', () => {
  fc.assert(
    fc.property(fc.nat(1e9), answers, (start, given) => {
      const window = createFailureWindow()
      const heard: { second: number; zone: string; failed: boolean }[] = []
      let at = start
      for (const { afterMs, zone, failed } of given) {
        at += afterMs
        const second = Math.floor(at / 1000)
        window.add(at, zone, failed)
        heard.push({ second, zone, failed })

        const recent = heard.filter((one) => one.second > second - WINDOW_SECONDS)
        const failures = recent.filter((one) => one.failed)
        const zones = new Set(failures.map((one) => one.zone))
        expect(window.failingShare(at)).toBe(failures.length / recent.length)
        expect(window.isIll(at)).toBe(failures.length * 2 > recent.length && zones.size >= ILL_ZONES)
      }
    }),
  )
})

test('silence heals: a window without new answers forgets what it heard', () => {
  fc.assert(
    fc.property(answers, fc.integer({ min: WINDOW_SECONDS * 1000, max: 1e9 }), (given, pauseMs) => {
      const window = createFailureWindow()
      let at = 0
      for (const { afterMs, zone, failed } of given) window.add((at += afterMs), zone, failed)
      expect(window.isIll(at + pauseMs)).toBe(false)
      expect(window.failingShare(at + pauseMs)).toBe(0)
    }),
  )
})

test('one zone can never make an upstream ill, however many of its names fail', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 500 }), (names) => {
      const window = createFailureWindow()
      for (let i = 0; i < names; i += 1) window.add(i, 'example.test', true)
      expect(window.isIll(names)).toBe(false)
    }),
  )
})
