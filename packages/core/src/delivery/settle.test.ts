import { describe, expect, test } from 'vitest'
import { accepted, aDelivery, aWebhook, failure } from '../../../../test/harness/delivery-examples.ts'
import type { Delivery, Outcome, Webhook } from './delivery.ts'
import { RETRY_DELAYS, type RetryPolicy } from './retry.ts'
import { settle } from './settle.ts'

const policy: RetryPolicy = { delays: RETRY_DELAYS, random: () => 0 }
const times = { started: 1_000_000, finished: 1_005_000 }

function settled(webhook: Partial<Webhook>, delivery: Partial<Delivery>, outcome: Outcome) {
  return settle(aWebhook(webhook), aDelivery(delivery), outcome, times, policy)
}

describe('the head of a queue', () => {
  test('accepted: it is delivered and the queue advances with a clear count', () => {
    expect(settled({ retries: 3 }, { attempts: 3 }, accepted)).toEqual({
      attempt: { number: 4, started: times.started, outcome: accepted, late: false },
      delivery: {
        status: 'DELIVERED',
        delivered: times.finished,
        lastAttempt: times.started,
        nextAttempt: null,
        attempts: 4,
        statusCode: 200,
        responseBody: 'ok',
        errorMessage: null,
      },
      webhook: { do: 'advance', lastExecuted: times.started },
    })
  })

  test('failed: it stays and waits, counted from the end of the attempt', () => {
    const { delivery, webhook } = settled({}, {}, failure(500))
    const at = times.finished + 300_000
    expect(delivery).toMatchObject({ status: 'RETRYING', nextAttempt: at, statusCode: 500, errorMessage: 'HTTP 500' })
    expect(webhook).toEqual({ do: 'wait', at, retries: 1, lastError: 'HTTP 500', lastExecuted: times.started })
  })

  test('failed without a response: the history says why and has no status', () => {
    const { delivery } = settled({}, {}, failure(null))
    expect(delivery).toMatchObject({ statusCode: null, errorMessage: 'Connection timeout after 5 s' })
  })

  test('failed for the tenth time in a row: the webhook gives up', () => {
    const { delivery, webhook } = settled({ retries: 9 }, { attempts: 9 }, failure(500))
    expect(delivery).toMatchObject({ status: 'FAILED', nextAttempt: null, attempts: 10 })
    expect(webhook).toMatchObject({ do: 'disable', reason: 'gave_up', retries: 10, lastError: 'HTTP 500' })
  })

  test("the webhook's count decides, not the attempts of the delivery: enabling again starts afresh", () => {
    expect(settled({ retries: 0 }, { attempts: 25 }, failure(500)).webhook).toMatchObject({ do: 'wait', retries: 1 })
  })

  test('Retry-After moves the next try back, up to the next step', () => {
    expect(settled({}, {}, failure(503, 400_000)).webhook).toMatchObject({ at: times.finished + 400_000 })
    expect(settled({}, {}, failure(503, 86_400_000)).webhook).toMatchObject({ at: times.finished + 600_000 })
  })
})

describe('a head that somebody asked for before its turn', () => {
  const turn = times.finished + 100_000

  test('failed: it does not count, and the turn stays where it was', () => {
    const { delivery, webhook } = settled({ retries: 4, resumeAt: turn }, { attempts: 4 }, failure(500))
    expect(delivery).toMatchObject({ status: 'RETRYING', nextAttempt: turn, attempts: 5 })
    expect(webhook).toEqual({ do: 'wait', at: turn, retries: 4, lastError: 'HTTP 500', lastExecuted: times.started })
  })

  test('failed after its turn had come: the present delay begins anew', () => {
    const { webhook } = settled({ retries: 4, resumeAt: times.started }, { attempts: 4 }, failure(500))
    expect(webhook).toMatchObject({ at: times.finished + 1_800_000, retries: 4 })
  })

  test('failed where the next failure is the last: the webhook does not give up for it', () => {
    expect(settled({ retries: 9, resumeAt: turn }, {}, failure(500)).webhook).toMatchObject({ do: 'wait', retries: 9 })
  })

  test('refused as gone: a subscription is over all the same', () => {
    const { webhook } = settled({ source: 'n8n', retries: 1, resumeAt: turn }, {}, failure(410))
    expect(webhook).toMatchObject({ do: 'disable', reason: 'gone' })
  })

  test('accepted: as in its turn', () => {
    expect(settled({ retries: 4, resumeAt: turn }, {}, accepted).webhook).toMatchObject({ do: 'advance' })
  })
})

describe('410 Gone', () => {
  test('disables a subscription at once', () => {
    const { delivery, webhook } = settled({ source: 'zapier' }, {}, failure(410))
    expect(delivery.status).toBe('FAILED')
    expect(webhook).toMatchObject({ do: 'disable', reason: 'gone' })
  })

  test('is an ordinary failure of a plain webhook', () => {
    expect(settled({ source: null }, {}, failure(410)).webhook).toMatchObject({ do: 'wait' })
  })
})

describe('outside the queue', () => {
  test.for(['test', 'resend'] as const)('a failed %s is final and changes no count', (kind) => {
    const { delivery, webhook } = settled({ retries: 9, source: 'n8n' }, { kind, sequence: null }, failure(410))
    expect(delivery).toMatchObject({ status: 'FAILED', nextAttempt: null })
    expect(webhook).toEqual({ do: 'none', wake: false, lastExecuted: times.started })
  })

  test('an accepted test wakes a waiting head', () => {
    expect(settled({}, { kind: 'test', sequence: null }, accepted).webhook).toMatchObject({ do: 'none', wake: true })
  })

  test('an accepted resend does not', () => {
    expect(settled({}, { kind: 'resend', sequence: null }, accepted).webhook).toMatchObject({ do: 'none', wake: false })
  })
})
