/** What an export says, and what it never says. */
import type { WireMonitor, WireWebhook } from '@dnsradar/client'
import { expect, test } from 'vitest'
import { exportConfiguration } from './export.ts'
import { readConfiguration } from './read.ts'

const OPTIONS = { owner: 'configuration', ownedOnly: false }

const MONITOR = {
  uuid: 'mon_1',
  domain: 'example.com',
  subdomain: null,
  record_type: 'TXT',
  expected_value: ['v=spf1 -all', 'no', '12', '\u001b[2J: #x'],
  is_active: true,
  frequency: 60,
  match: 'exact',
  notify: 'immediately',
  group: 'default',
  external_id: null,
  metadata: {},
} as unknown as WireMonitor

const WEBHOOK = {
  uuid: 'wh_1',
  url: 'https://hooks.slack.com/services/T0/B0/very-secret',
  method: 'POST',
  headers: { Authorization: 'Bearer very-secret' },
  is_active: true,
  groups: [],
  all_groups: true,
  source: null,
  format: 'slack',
  format_options: { routing_key: '***' },
  events: ['record.*'],
  states: [],
  record_types: [],
  monitors: ['mon_1'],
  timeout_seconds: 5,
  has_secret: true,
} as unknown as WireWebhook

test('no secret stands in it: variables are named instead, and listed at its head', () => {
  const text = exportConfiguration({ groups: [], monitors: [MONITOR], webhooks: [WEBHOOK] }, OPTIONS)
  expect(text).not.toContain('very-secret')
  const names = ['URL', 'SECRET', 'AUTHORIZATION', 'ROUTING_KEY'].map((field) => `SECRET_OF_HOOKS_SLACK_COM_${field}`)
  const [, head = ''] = text.split('\n')
  for (const each of names) expect(head).toContain(each)
  const env = Object.fromEntries(names.map((each) => [each, 'https://value.example']))
  expect(readConfiguration(text, env).desired?.webhooks).toMatchObject([
    { monitors: ['example.com-txt'], all_groups: true },
  ])
})

test('values come back as they were, whatever YAML could make of them', () => {
  const text = exportConfiguration({ groups: [], monitors: [MONITOR], webhooks: [] }, OPTIONS)
  expect(text).not.toContain('\u001b')
  expect(readConfiguration(text, {}).desired?.monitors[0]?.input.expected_value).toEqual(MONITOR.expected_value)
})

test('monitors without an external id get keys of their own, no two alike', () => {
  const twin = { ...MONITOR, uuid: 'mon_2' }
  const named = { ...MONITOR, uuid: 'mon_3', external_id: 'example.com-txt' }
  const text = exportConfiguration({ groups: [], monitors: [MONITOR, twin, named], webhooks: [] }, OPTIONS)
  const keys = readConfiguration(text, {}).desired?.monitors.map(({ key }) => key)
  expect(keys).toEqual(['example.com-txt-2', 'example.com-txt-3', 'example.com-txt'])
})

test('what another owner has is left out, what nobody has only when asked', () => {
  const theirs = { ...MONITOR, uuid: 'mon_2', metadata: { dnsradar_owner: 'other' } }
  const server = { groups: [], monitors: [MONITOR, theirs], webhooks: [] }
  const count = (ownedOnly: boolean) =>
    readConfiguration(exportConfiguration(server, { ...OPTIONS, ownedOnly }), {}).desired?.monitors.length
  expect([count(false), count(true)]).toEqual([1, 0])
})
