import { expect, test } from 'vitest'
import { SYSTEM_DATA } from '../../../../test/harness/format-examples.ts'
import { SYSTEM_EVENT_KINDS } from '../monitor/event.ts'
import { concernsOperator, nextNotice, noticeBody, noticeMail } from './notice.ts'
import type { SystemEvent } from './system-event.ts'

const CREATED = Date.UTC(2026, 0, 8, 12)
const event = (change: Partial<SystemEvent> = {}): SystemEvent => ({
  id: 'sys_01jd00000000000000000000zz',
  orgId: 'org_01jd00000000000000000000zz',
  type: 'webhook.disabled',
  created: CREATED,
  data: SYSTEM_DATA['webhook.disabled'],
  ...change,
})

test('the operator hears of webhooks and resolvers, and not of what users do to monitors', () => {
  const told = SYSTEM_EVENT_KINDS.filter((type) => concernsOperator({ type, data: SYSTEM_DATA[type] }))
  expect(told).toEqual(['webhook.disabled', 'webhook.recovered', 'resolver.outage', 'resolver.recovered'])
})

test.for([
  { type: 'webhook.disabled', reason: 'gave_up', told: true },
  { type: 'webhook.disabled', reason: 'gone', told: true },
  { type: 'webhook.disabled', reason: 'manual', told: false },
  { type: 'webhook.recovered', reason: 'gave_up', told: true },
  { type: 'webhook.recovered', reason: 'manual', told: false },
] as const)('$type after $reason: $told', ({ type, reason, told }) => {
  expect(concernsOperator({ type, data: { ...SYSTEM_DATA[type], reason } })).toBe(told)
})

test('the post says what happened, when and in which organization', () => {
  expect(JSON.parse(noticeBody(event()))).toEqual({
    type: 'webhook.disabled',
    created: '2026-01-08T12:00:00Z',
    organization_uuid: 'org_01jd00000000000000000000zz',
    data: SYSTEM_DATA['webhook.disabled'],
  })
})

test('the mail says it in words', () => {
  const subject = { of: 'webhook', webhookId: 'wh_01jd00000000000000000000zz' } as const
  const mail = JSON.parse(noticeMail({ event: event(), subject }))
  expect(mail.subject).toBe('[DNSRadar] Webhook disabled: wh_01jd00000000000000000000zz (hooks.slack.com)')
  expect(mail.text).toMatch(/^Nothing is sent to wh_01jd00000000000000000000zz/)
  expect(mail.text).toContain('\nOrganization: org_01jd00000000000000000000zz\n')
})

test('a notice that fails is tried again after 1, 5 and 15 minutes, then every hour for a day', () => {
  const minutes: number[] = []
  for (let at: number | null = CREATED; at !== null; at = nextNotice(event(), at)) {
    minutes.push((at - CREATED) / 60_000)
    // An attempt takes a while.
    at += 10_000
  }
  const whole = minutes.map(Math.floor)
  expect(whole.slice(0, 6)).toEqual([0, 1, 6, 21, 81, 141])
  expect(whole).toHaveLength(27)
  expect(whole.at(-1)).toBeLessThan(24 * 60)
})
