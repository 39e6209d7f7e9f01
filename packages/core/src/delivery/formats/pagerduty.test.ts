import { describe, expect, test } from 'vitest'
import { aDelivery, aWebhook } from '../../../../../test/harness/delivery-examples.ts'
import { record, RESTORED, system, written, writtenJson } from '../../../../../test/harness/format-examples.ts'
import { SYSTEM_EVENT_KINDS } from '../../monitor/event.ts'
import { buildRequest } from '../request.ts'
import { optionFaults } from './table.ts'

const KEY = '0123456789abcdef0123456789ABCDEF'
const attempt = { now: Date.UTC(2026, 0, 8, 12), userAgent: 'DNSRadar/1.2.3' }

test('a broken record triggers an alert of its monitor', () => {
  expect(writtenJson('pagerduty')).toMatchInlineSnapshot(`
    {
      "client": "DNSRadar",
      "dedup_key": "mon_01jd00000000000000000000aa",
      "event_action": "trigger",
      "links": [
        {
          "href": "https://radar.example.com/app/monitors/mon_01jd00000000000000000000aa",
          "text": "Open the monitor",
        },
      ],
      "payload": {
        "class": "record.broken",
        "custom_details": {
          "Expected": "192.0.2.1",
          "External id": "customer-7",
          "Found": "192.0.2.2",
          "Group": "mail",
          "State": "VALID → MISMATCH",
        },
        "severity": "critical",
        "source": "www.example.com",
        "summary": "Broken: A www.example.com. The A record of www.example.com is not as expected: \`192.0.2.2\` is published where \`192.0.2.1\` is expected.",
        "timestamp": "2026-01-08T12:00:00Z",
      },
    }
  `)
})

test('the restoration resolves that alert', () => {
  expect(writtenJson('pagerduty', record(RESTORED))).toEqual({
    event_action: 'resolve',
    dedup_key: 'mon_01jd00000000000000000000aa',
  })
})

test('a record that is still broken updates the alert', () => {
  expect(writtenJson('pagerduty', record({ kind: 'record.changed', oldState: 'NOT_FOUND' }))).toMatchObject({
    event_action: 'trigger',
    dedup_key: 'mon_01jd00000000000000000000aa',
  })
})

test('a test is no emergency', () => {
  expect(writtenJson('pagerduty', record(), true)).toMatchObject({
    payload: { severity: 'info', summary: expect.stringMatching(/^Test: /) },
  })
})

test('of system events only what is bad triggers, and its end resolves it', () => {
  const actions = SYSTEM_EVENT_KINDS.map((kind) => {
    const { event_action, dedup_key } = writtenJson('pagerduty', system(kind)) as Record<string, string>
    return `${kind}: ${event_action} ${dedup_key}`
  })
  expect(actions).toMatchInlineSnapshot(`
    [
      "domain.restored: resolve domain example.com",
      "domain.record_missing: trigger domain example.com",
      "domain.record_restored: resolve domain example.com",
      "monitor.created: resolve mon_01jd00000000000000000000aa",
      "monitor.enabled: resolve mon_01jd00000000000000000000aa",
      "monitor.disabled: resolve mon_01jd00000000000000000000aa",
      "monitor.deleted: resolve mon_01jd00000000000000000000aa",
      "webhook.disabled: trigger wh_01jd00000000000000000000zz",
      "webhook.recovered: resolve wh_01jd00000000000000000000zz",
      "resolver.outage: trigger resolver 192.0.2.53",
      "resolver.recovered: resolve resolver 192.0.2.53",
    ]
  `)
})

describe('the routing key', () => {
  const webhook = aWebhook({ format: 'pagerduty', formatOptions: { routing_key: KEY } })

  test('is in what is sent and signed, and in nothing that is kept', () => {
    const body = written({ format: 'pagerduty', formatOptions: { routing_key: KEY } })
    expect(body).not.toContain(KEY)
    const sent = buildRequest(webhook, aDelivery({ body }), attempt)
    expect(JSON.parse(sent.body)).toEqual({ routing_key: KEY, ...JSON.parse(body) })
    expect(JSON.stringify(JSON.parse(sent.body))).toBe(sent.body)
  })

  test.for([
    ['missing', {}, /required/],
    ['too short', { routing_key: 'abc' }, /32 letters and digits/],
    ['a REST key', { routing_key: 'u+0123456789-abcdefg' }, /32 letters and digits/],
  ] as const)('%s is refused by name', ([, options, says]) => {
    expect(optionFaults('pagerduty', options)).toEqual({ 'format_options.routing_key': expect.stringMatching(says) })
  })

  test('of a service is accepted', () => {
    expect(optionFaults('pagerduty', { routing_key: KEY })).toEqual({})
  })
})
