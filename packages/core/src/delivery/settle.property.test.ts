import fc from 'fast-check'
import { expect, test } from 'vitest'
import { accepted, aDelivery, aWebhook, failure } from '../../../../test/harness/delivery-examples.ts'
import type { Delivery, Outcome, Webhook } from './delivery.ts'
import { RETRY_DELAYS, type RetryPolicy } from './retry.ts'
import { settle } from './settle.ts'

const policy: RetryPolicy = { delays: RETRY_DELAYS, random: () => 0.5 }

/** Mostly failures: with an even coin the tenth failure in a row would hardly ever come. */
const outcomes = fc.array(
  fc.oneof(
    {
      weight: 12,
      arbitrary: fc.constantFrom(failure(500), failure(null), failure(302), failure(410), failure(429, 1000)),
    },
    { weight: 1, arbitrary: fc.constant(accepted) },
  ),
  { minLength: 1, maxLength: 60, size: 'max' },
)
const loose = fc.record({
  kind: fc.constantFrom('test' as const, 'resend' as const),
  outcome: fc.constantFrom(accepted, failure(410)),
})

/** What a store does with settlements, in the smallest form. */
function play(steps: readonly Outcome[]): { head: number; sent: number[]; webhook: Webhook; disabled: boolean } {
  let webhook = aWebhook({})
  let head = 0
  let delivery: Delivery = aDelivery({ sequence: 1 })
  const sent: number[] = []
  for (const [i, outcome] of steps.entries()) {
    const { delivery: next, webhook: change } = settle(
      webhook,
      delivery,
      outcome,
      { started: i, finished: i + 1 },
      policy,
    )
    sent[head] = (sent[head] ?? 0) + 1
    switch (change.do) {
      case 'advance':
        webhook = { ...webhook, retries: 0 }
        head += 1
        delivery = aDelivery({ sequence: head + 1 })
        break
      case 'wait':
        webhook = { ...webhook, retries: change.retries }
        delivery = { ...delivery, ...next }
        break
      case 'disable':
        return { head, sent, webhook, disabled: true }
      case 'none':
        throw new Error('the head of a queue is never outside it')
    }
  }
  return { head, sent, webhook, disabled: false }
}

test('no head is sent more than 1 + 9 times, and exactly so often when the webhook gives up', () => {
  fc.assert(
    fc.property(outcomes, (steps) => {
      const { sent, head, disabled } = play(steps)
      expect(Math.max(...sent)).toBeLessThanOrEqual(10)
      if (disabled) expect(sent[head]).toBe(10)
    }),
    { numRuns: 500 },
  )
})

test('ten failures in a row disable, wherever they stand', () => {
  fc.assert(
    fc.property(outcomes, (steps) => {
      const { disabled } = play([...steps, ...Array<Outcome>(10).fill(failure(500))])
      expect(disabled).toBe(true)
    }),
  )
})

test('the count is the failures since the last success', () => {
  fc.assert(
    fc.property(outcomes, (steps) => {
      const { webhook, disabled } = play(steps)
      if (disabled) return
      const sinceSuccess = steps.length - 1 - steps.findLastIndex((outcome) => outcome.kind === 'accepted')
      expect(webhook.retries).toBe(sinceSuccess)
    }),
  )
})

test('attempts out of turn that fail change neither count nor turn, however many there are', () => {
  fc.assert(
    fc.property(fc.nat(9), fc.integer({ min: 2, max: 1000 }), fc.nat(50), (retries, resumeAt, times) => {
      const before = aWebhook({ retries, resumeAt, source: null })
      for (let i = 0; i < times; i++) {
        const at = { started: 0, finished: 1 }
        const { webhook } = settle(before, aDelivery({ attempts: retries + i }), failure(503, 999_999), at, policy)
        expect(webhook).toMatchObject({ do: 'wait', at: resumeAt, retries })
      }
    }),
  )
})

test('a delivery is delivered exactly when a 2xx was received', () => {
  fc.assert(
    fc.property(
      fc.nat(12),
      fc.constantFrom(accepted, failure(500), failure(410), failure(null)),
      (retries, outcome) => {
        const { delivery } = settle(aWebhook({ retries }), aDelivery({}), outcome, { started: 0, finished: 1 }, policy)
        expect(delivery.status === 'DELIVERED').toBe(outcome.kind === 'accepted')
        expect(delivery.delivered !== null).toBe(outcome.kind === 'accepted')
        expect(delivery.nextAttempt !== null).toBe(delivery.status === 'RETRYING')
      },
    ),
  )
})

test('nothing outside the queue changes it', () => {
  fc.assert(
    fc.property(loose, fc.nat(12), ({ kind, outcome }, retries) => {
      const delivery = aDelivery({ kind, sequence: null })
      const { webhook } = settle(
        aWebhook({ retries, source: 'n8n' }),
        delivery,
        outcome,
        { started: 5, finished: 6 },
        policy,
      )
      expect(webhook).toEqual({ do: 'none', wake: kind === 'test' && outcome.kind === 'accepted', lastExecuted: 5 })
    }),
  )
})
