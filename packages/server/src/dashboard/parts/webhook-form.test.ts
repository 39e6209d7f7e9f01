import type { WireWebhook } from '@dnsradar/client'
import { describe, expect, test } from 'vitest'
import { EMPTY_WEBHOOK, newWebhookOf, typedOf, webhookPatchOf } from './webhook-form.ts'

const WEBHOOK: WireWebhook = {
  uuid: 'wh_01h455vb4pex5vsknk084sn02q',
  created: '2026-01-08T10:35:22Z',
  url: 'https://hooks.example.com/dns',
  method: 'PUT',
  headers: { Authorization: 'Bearer a:b=c', 'X-Team': 'dns' },
  is_active: true,
  last_error: null,
  last_executed: null,
  groups: ['shop', 'mail'],
  all_groups: false,
  source: null,
  format: 'pagerduty',
  format_options: { routing_key: '***' },
  events: ['record.*', 'domain.*', 'webhook.disabled'],
  states: ['MISMATCH'],
  record_types: ['SPF', 'MX'],
  monitors: ['mon_01h455vb4pex5vsknk084sn02q'],
  timeout_seconds: 12,
  has_secret: true,
  disabled_reason: null,
  pending: 0,
  next_attempt: null,
}

describe('an edit', () => {
  test('that touches nothing says what there is already', () => {
    const patch = webhookPatchOf(typedOf(WEBHOOK), WEBHOOK)
    for (const [name, value] of Object.entries(patch)) {
      expect([name, value]).toEqual([name, WEBHOOK[name as keyof WireWebhook]])
    }
  })

  test('takes groups, headers and filters away when their fields are emptied', () => {
    const typed = { ...typedOf(WEBHOOK), groups: '', headers: '', states: [], record_types: [], monitors: '' }
    expect(webhookPatchOf(typed, WEBHOOK)).toMatchObject({
      all_groups: false,
      groups: [],
      headers: {},
      states: [],
      record_types: [],
      monitors: [],
    })
  })

  test('never sends a secret: that is rotated', () => {
    expect(webhookPatchOf({ ...typedOf(WEBHOOK), secret: 'mine' }, WEBHOOK)).not.toHaveProperty('secret')
  })
})

describe('a new webhook', () => {
  test('leaves to the API what was left empty', () => {
    expect(newWebhookOf({ ...EMPTY_WEBHOOK, url: 'https://a.example' })).toEqual({
      url: 'https://a.example',
      method: 'POST',
      events: ['record.*'],
      states: [],
      record_types: [],
      monitors: [],
    })
  })

  const groups = [
    { typed: { groups: 'shop, mail' }, sent: { groups: ['shop', 'mail'] } },
    { typed: { groups: 'shop\nmail' }, sent: { groups: ['shop', 'mail'] } },
    { typed: { groups: 'shop', all_groups: true }, sent: { all_groups: true } },
  ]

  test.for(groups)('listens to $sent when $typed is typed', ({ typed, sent }) => {
    const made = newWebhookOf({ ...EMPTY_WEBHOOK, ...typed })
    expect({ groups: made.groups, all_groups: made.all_groups }).toEqual({
      groups: undefined,
      all_groups: undefined,
      ...sent,
    })
  })

  test('hears of single kinds when not all of them are ticked', () => {
    expect(newWebhookOf({ ...EMPTY_WEBHOOK, events: ['record.broken', 'domain.*'] }).events).toEqual([
      'record.broken',
      'domain.*',
    ])
  })
})
