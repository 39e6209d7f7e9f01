import { expect, test } from 'vitest'
import { aDelivery, aWebhook } from '../../../../test/harness/delivery-examples.ts'
import { buildRequest } from './request.ts'

const attempt = { now: Date.UTC(2026, 0, 8, 12), userAgent: 'DNSRadar/1.2.3' }

test("the stored body goes out as it is, to the webhook's url, method and timeout", () => {
  const webhook = aWebhook({ url: 'https://example.com/hook?a=1', method: 'PUT', timeoutMs: 7000 })
  const request = buildRequest(webhook, aDelivery({ body: '{ "kept" : 1.0 }' }), attempt)
  expect(request).toMatchObject({
    url: 'https://example.com/hook?a=1',
    method: 'PUT',
    body: '{ "kept" : 1.0 }',
    timeoutMs: 7000,
  })
})

test('a queued delivery carries its kind, group, key and place in the queue', () => {
  const headline = { kind: 'record.broken', group: 'mail', externalId: 'customer-7' }
  const delivery = aDelivery({ sequence: 42, headline })
  expect(namesAndValues(buildRequest(aWebhook({}), delivery, attempt))).toMatchObject({
    'content-type': 'application/json',
    'user-agent': 'DNSRadar/1.2.3',
    'x-dnsradar-event': 'record.broken',
    'x-dnsradar-group': 'mail',
    'x-dnsradar-external-id': 'customer-7',
    'webhook-sequence': '42',
    'webhook-id': delivery.id,
    'x-webhook-timestamp': '2026-01-08T12:00:00Z',
  })
})

test('what a delivery does not have is not sent', () => {
  const delivery = aDelivery({ sequence: null, headline: { kind: 'record.broken', group: null, externalId: null } })
  const names = Object.keys(namesAndValues(buildRequest(aWebhook({}), delivery, attempt)))
  expect(names).not.toContain('webhook-sequence')
  expect(names).not.toContain('x-dnsradar-group')
  expect(names).not.toContain('x-dnsradar-external-id')
  expect(names).not.toContain('x-dnsradar-webhook')
})

test('a test names the real webhook, whose id its body hides', () => {
  const webhook = aWebhook({})
  const headers = namesAndValues(buildRequest(webhook, aDelivery({ kind: 'test', sequence: null }), attempt))
  expect(headers['x-dnsradar-webhook']).toBe(webhook.id)
})

test("the caller's headers are sent in their order, and ours win over any of the same name", () => {
  const webhook = aWebhook({
    headers: [
      ['Authorization', 'Bearer token123'],
      ['content-type', 'text/plain'],
      ['WEBHOOK-ID', 'forged'],
      ['X-DNSRadar-Source', 'mine'],
    ],
  })
  const { headers } = buildRequest(webhook, aDelivery({}), attempt)
  expect(headers.slice(0, 2)).toEqual([
    ['Authorization', 'Bearer token123'],
    ['X-DNSRadar-Source', 'mine'],
  ])
  const names = headers.map(([name]) => name.toLowerCase())
  expect(new Set(names).size).toBe(names.length)
})

function namesAndValues({ headers }: ReturnType<typeof buildRequest>): Record<string, string> {
  return Object.fromEntries(headers.map(([name, value]) => [name.toLowerCase(), value]))
}
