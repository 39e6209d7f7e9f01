/** What presenters decide; that the members are complete is the compiler's and the contract tests' affair. */
import { type Look, type MatchMode, MATCH_MODES, wireTime } from '@dnsradar/core'
import { contextOf } from '@dnsradar/core/delivery/context'
import { isExact } from '@dnsradar/core/delivery/objects'
import type { SubscriptionDelivery } from '@dnsradar/client'
import { expect, test } from 'vitest'
import { aDelivery, anEvent, aWebhook, accepted, failure } from '../../../../test/harness/delivery-examples.ts'
import { presentCheck, presentRecordedCheck } from './check.ts'
import { presentRequest, presentRequestDetail } from './requests.ts'
import { presentNewWebhook, presentWebhook } from './webhooks.ts'

test('is_exact_match is true for exact and baseline and nothing else', () => {
  expect(MATCH_MODES.filter((match: MatchMode) => isExact(match))).toEqual(['exact', 'baseline'])
})

test('a test’s request carries the mark in its id, others do not', () => {
  const delivery = aDelivery({ kind: 'test', sequence: null })
  expect(presentRequest(delivery).uuid).toBe(delivery.id.replace('req_', 'req_test_'))
  expect(presentRequest({ ...delivery, kind: 'resend' }).uuid).toBe(delivery.id)
})

test.for([
  [0, 0],
  [1, 0],
  [2, 1],
  [10, 9],
])('%d attempts are %d retries', ([attempts, retries]) => {
  expect(presentRequest(aDelivery({ attempts: attempts as number })).retries).toBe(retries)
})

test('an accepted attempt has no error, a failed one says which', () => {
  const attempts = [
    { number: 1, started: 0, outcome: failure(500), late: false },
    { number: 2, started: 1_500, outcome: accepted, late: false },
  ]
  const detail = presentRequestDetail(aDelivery({}), attempts, [['X-A', 'b']])
  expect(detail.headers).toEqual({ 'X-A': 'b' })
  expect(detail.attempts).toMatchObject([
    { number: 1, error_class: 'http_status', error_message: expect.any(String) },
    { number: 2, error_class: null, error_message: null, started: wireTime(1_500) },
  ])
})

test('header values are shown in clear only when that is asked for', () => {
  const webhook = aWebhook({ headers: [['Authorization', 'Bearer t']] })
  expect(presentWebhook(webhook, new Map(), true).headers).toEqual({ Authorization: 'Bearer t' })
  expect(presentWebhook(webhook, new Map(), false).headers).toEqual({ Authorization: '***' })
})

test('the secret stands in the first answer and in no other', () => {
  const webhook = aWebhook({ secret: 'hunter2' })
  expect(presentNewWebhook(webhook, new Map()).signing_secret).toBe('whsec_aHVudGVyMg==')
  expect(JSON.stringify(presentWebhook(webhook, new Map(), true))).not.toMatch(/hunter2|aHVudGVyMg/)
})

test('a group that is gone is named by its id', () => {
  const webhook = aWebhook({})
  const [known = 'grp_x'] = webhook.groups
  expect(presentWebhook(webhook, new Map([[known, 'prod']]), true).groups[0]).toBe('prod')
  expect(presentWebhook(webhook, new Map(), true).groups[0]).toBe(known)
})

test('a subscription’s context has the members that the contract types promise', () => {
  const circumstances = { groupSlug: 'prod', match: 'exact', metadata: {}, brokenSince: null, url: null } as const
  const context: SubscriptionDelivery['context'] = contextOf(anEvent({}), circumstances)
  expect(context).toMatchObject({ group: 'prod', external_id: null, broken_since: null })
})

const LOOK: Look = {
  state: 'VALID',
  confirmed: true,
  pendingState: null,
  reasons: [],
  values: ['a'],
  durationMs: 12.6,
  answers: [],
}

test('a look without evidence still has every member', () => {
  expect(presentCheck(LOOK)).toEqual({
    state: 'VALID',
    confirmed: true,
    pending_state: null,
    reasons: [],
    values: ['a'],
    ttl: null,
    rcode: null,
    chain: [],
    duration_ms: 13,
    answers: [],
  })
})

test('before the first look there is no check', () => {
  const status = {
    state: 'UNSET',
    current: null,
    answerHash: null,
    reasons: [],
    incidenceCount: 0,
    brokenSince: null,
    wasValid: false,
    pending: null,
    lastChecked: null,
    nextCheck: 0,
  } as const
  expect(presentRecordedCheck(status)).toBeNull()
  const pending = { state: 'TIMEOUT', since: 0, failing: 1, disputed: 0, votes: [] } as const
  expect(presentRecordedCheck({ ...status, state: 'VALID', lastChecked: 1, pending })).toMatchObject({
    state: 'VALID',
    confirmed: false,
    pending_state: 'TIMEOUT',
  })
})
