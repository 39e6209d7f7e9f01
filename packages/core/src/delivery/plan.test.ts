import { describe, expect, test } from 'vitest'
import { anEvent, aWebhook } from '../../../../test/harness/delivery-examples.ts'
import { createMint } from '../ids.ts'
import type { Webhook, WebhookFilters } from './delivery.ts'
import { kindMatches, planDelivery, wants } from './plan.ts'

const NOW = Date.UTC(2026, 0, 8, 12)
const mint = () =>
  createMint(
    () => NOW,
    (length) => new Uint8Array(length),
  )
const filters = (change: Partial<WebhookFilters>): Partial<Webhook> => ({
  filters: { ...aWebhook({}).filters, ...change },
})
const elsewhere = ['grp_01jd00000000000000000000zz'] as const

const cases: { why: string; webhook: Partial<Webhook>; hears: boolean }[] = [
  { why: "of the monitor's group", webhook: {}, hears: true },
  { why: 'of another group', webhook: { groups: elsewhere }, hears: false },
  {
    why: "of several groups, one of them the monitor's",
    webhook: { groups: [...elsewhere, ...aWebhook({}).groups] },
    hears: true,
  },
  { why: 'of no group', webhook: { groups: [] }, hears: false },
  { why: 'of all groups', webhook: { groups: [], allGroups: true }, hears: true },
  { why: 'that is disabled', webhook: { isActive: false, allGroups: true }, hears: false },
  { why: 'for this kind', webhook: filters({ events: ['record.broken'] }), hears: true },
  { why: 'for another kind', webhook: filters({ events: ['record.restored'] }), hears: false },
  { why: 'for every kind', webhook: filters({ events: ['*'] }), hears: true },
  { why: 'for no kind', webhook: filters({ events: [] }), hears: false },
  { why: 'for this new state', webhook: filters({ states: ['TIMEOUT', 'MISMATCH'] }), hears: true },
  { why: 'for the old state only', webhook: filters({ states: ['VALID'] }), hears: false },
  { why: 'for this record type', webhook: filters({ recordTypes: ['A'] }), hears: true },
  { why: 'for another record type', webhook: filters({ recordTypes: ['AAAA'] }), hears: false },
  { why: 'for this monitor', webhook: filters({ monitors: [anEvent({}).monitorId] }), hears: true },
  { why: 'for another monitor', webhook: filters({ monitors: ['mon_01jd00000000000000000000zz'] }), hears: false },
]

test.for(cases)('a webhook $why hears of the event: $hears', ({ webhook, hears }) => {
  expect(wants(aWebhook(webhook), anEvent({}))).toBe(hears)
  expect(planDelivery(anEvent({}), 'mail', aWebhook(webhook), mint()) !== null).toBe(hears)
})

test("a planned delivery names itself in its body and carries the event's headline", () => {
  const event = anEvent({ externalId: 'customer-7' })
  const planned = planDelivery(event, 'mail', aWebhook({}), mint())
  expect(planned).toMatchObject({
    eventId: event.id,
    kind: 'event',
    created: NOW,
    headline: { kind: 'record.broken', group: 'mail', externalId: 'customer-7' },
  })
  expect(JSON.parse(planned?.body ?? '')).toMatchObject({ uuid: planned?.id, webhook_uuid: aWebhook({}).id })
})

describe('kinds', () => {
  test.for([
    ['record.broken', 'record.broken', true],
    ['record.*', 'record.restored', true],
    ['*', 'webhook.disabled', true],
    ['record.*', 'records.broken', false],
    ['record', 'record.broken', false],
    ['webhook.*', 'record.broken', false],
  ] as const)('%s covers %s: %s', ([pattern, kind, covers]) => {
    expect(kindMatches(pattern, kind)).toBe(covers)
  })
})
