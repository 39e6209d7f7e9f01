import { describe, expect, test } from 'vitest'
import { anEvent, aWebhook } from '../../../../test/harness/delivery-examples.ts'
import { createMint } from '../ids.ts'
import type { DnsEvent, SystemEventKind } from '../monitor/event.ts'
import type { Webhook, WebhookFilters } from './delivery.ts'
import { kindMatches, type News, planDelivery, wants, wantsKind } from './plan.ts'
import type { Subject } from './system-event.ts'

const NOW = Date.UTC(2026, 0, 8, 12)
const mint = () =>
  createMint(
    () => NOW,
    (length) => new Uint8Array(length),
  )
const filters = (change: Partial<WebhookFilters>): Partial<Webhook> => ({
  filters: { ...aWebhook({}).filters, ...change },
})
const record = (event: Partial<DnsEvent>): News => ({
  of: 'record',
  event: anEvent(event),
  circumstances: { groupSlug: 'mail', match: 'exact', metadata: {}, brokenSince: null, url: null },
})
const system = (type: SystemEventKind, subject: Subject): News => ({
  of: 'system',
  event: { id: 'sys_01jd00000000000000000000aa', orgId: anEvent({}).orgId, type, created: NOW, data: { a: 1 } },
  subject,
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
  expect(wants(aWebhook(webhook), record({}))).toBe(hears)
  expect(planDelivery(record({}), aWebhook(webhook), mint()) !== null).toBe(hears)
})

const [ours = 'grp_01jd00000000000000000000aa'] = aWebhook({}).groups
const aMonitor: Subject = {
  of: 'monitor',
  monitorId: anEvent({}).monitorId,
  type: 'A',
  groupId: ours,
  groupSlug: 'mail',
  externalId: 'customer-7',
}
const aDomain: Subject = { of: 'domain', groups: [...elsewhere, ours] }
const theWebhook: Subject = { of: 'webhook', webhookId: 'wh_01jd00000000000000000000zz' }
const all: Partial<WebhookFilters> = { events: ['*'] }

const systemCases: {
  why: string
  type: SystemEventKind
  subject: Subject
  webhook: Partial<Webhook>
  hears: boolean
}[] = [
  { why: 'asked for nothing', type: 'monitor.created', subject: aMonitor, webhook: {}, hears: false },
  { why: 'asked for everything', type: 'monitor.created', subject: aMonitor, webhook: filters(all), hears: true },
  {
    why: 'covers another group',
    type: 'monitor.created',
    subject: aMonitor,
    webhook: { ...filters(all), groups: elsewhere },
    hears: false,
  },
  {
    why: 'wants another record type',
    type: 'monitor.deleted',
    subject: aMonitor,
    webhook: filters({ ...all, recordTypes: ['MX'] }),
    hears: false,
  },
  {
    why: 'wants another monitor',
    type: 'monitor.deleted',
    subject: aMonitor,
    webhook: filters({ ...all, monitors: ['mon_01jd00000000000000000000zz'] }),
    hears: false,
  },
  {
    why: 'wants certain states, which monitors that come and go do not have',
    type: 'monitor.enabled',
    subject: aMonitor,
    webhook: filters({ ...all, states: ['TIMEOUT'] }),
    hears: true,
  },
  {
    why: 'covers one of the groups of the domain',
    type: 'domain.restored',
    subject: aDomain,
    webhook: filters({ events: ['domain.*'], states: ['TIMEOUT'], recordTypes: ['MX'] }),
    hears: true,
  },
  {
    why: 'covers no group of the domain',
    type: 'domain.restored',
    subject: { of: 'domain', groups: elsewhere },
    webhook: filters(all),
    hears: false,
  },
  {
    why: 'covers all groups',
    type: 'domain.restored',
    subject: { of: 'domain', groups: elsewhere },
    webhook: { ...filters(all), allGroups: true },
    hears: true,
  },
  {
    why: 'is another one',
    type: 'webhook.disabled',
    subject: theWebhook,
    webhook: { ...filters({ events: ['webhook.*'], recordTypes: ['MX'], states: ['TIMEOUT'] }), groups: [] },
    hears: true,
  },
  {
    why: 'is the very one',
    type: 'webhook.recovered',
    subject: theWebhook,
    webhook: { ...filters(all), id: 'wh_01jd00000000000000000000zz' },
    hears: false,
  },
  {
    why: 'belongs to no group',
    type: 'resolver.outage',
    subject: { of: 'resolver' },
    webhook: { ...filters({ events: ['resolver.outage'] }), groups: [] },
    hears: true,
  },
  {
    why: 'is disabled',
    type: 'resolver.outage',
    subject: { of: 'resolver' },
    webhook: { ...filters(all), isActive: false },
    hears: false,
  },
]

test.for(systemCases)('a webhook that $why hears of $type: $hears', ({ type, subject, webhook, hears }) => {
  expect(wants(aWebhook(webhook), system(type, subject))).toBe(hears)
})

test('who wants an event wants its kind, so webhooks may be picked by kind first', () => {
  const picked = systemCases.filter(({ type, webhook }) => wantsKind(aWebhook(webhook).filters, type))
  const told = systemCases.filter(({ type, subject, webhook }) => wants(aWebhook(webhook), system(type, subject)))
  expect(picked).toEqual(expect.arrayContaining(told))
})

test('a planned system delivery speaks of its event, and of the monitor’s group where there is one', () => {
  const planned = planDelivery(system('monitor.created', aMonitor), aWebhook(filters(all)), mint())
  expect(planned).toMatchObject({
    eventId: null,
    systemEventId: 'sys_01jd00000000000000000000aa',
    kind: 'system',
    headline: { kind: 'monitor.created', group: 'mail', externalId: 'customer-7' },
  })
  expect(JSON.parse(planned?.body ?? '')).toMatchObject({
    uuid: planned?.id,
    type: 'monitor.created',
    data: { system_event_uuid: 'sys_01jd00000000000000000000aa', a: 1 },
  })
  expect(planDelivery(system('domain.restored', aDomain), aWebhook(filters(all)), mint())?.headline).toEqual({
    kind: 'domain.restored',
    group: null,
    externalId: null,
  })
})

test.for([
  { source: null, members: ['uuid', 'webhook_uuid', 'created', 'event'] },
  { source: 'n8n', members: ['uuid', 'webhook_uuid', 'created', 'event', 'context'] },
] as const)('a webhook with source $source is sent $members', ({ source, members }) => {
  const planned = planDelivery(record({}), aWebhook({ source }), mint())
  expect(Object.keys(JSON.parse(planned?.body ?? ''))).toEqual(members)
})

test("a planned delivery names itself in its body and carries the event's headline", () => {
  const event = anEvent({ externalId: 'customer-7' })
  const planned = planDelivery(record(event), aWebhook({}), mint())
  expect(planned).toMatchObject({
    eventId: event.id,
    systemEventId: null,
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

test('a delivery is written in the format of its webhook', () => {
  const planned = planDelivery(record({}), aWebhook({ format: 'slack' }), mint())
  expect(JSON.parse(planned?.body ?? '')).toMatchObject({ blocks: expect.any(Array) })
  expect(planned?.headline.kind).toBe('record.broken')
})

test('options are opened for a format that writes with them, and for webhooks that hear of the event', () => {
  const opened: string[] = []
  const sealed = (change: Partial<Webhook>) => ({
    ...aWebhook(change),
    get formatOptions() {
      opened.push(`${change.format} ${change.isActive ?? true}`)
      return {}
    },
  })
  for (const format of ['dnsradar', 'slack', 'pagerduty', 'email'] as const) {
    planDelivery(record({}), sealed({ format }), mint())
    planDelivery(record({}), sealed({ format, isActive: false }), mint())
  }
  expect(opened).toEqual(['dnsradar true'])
})
