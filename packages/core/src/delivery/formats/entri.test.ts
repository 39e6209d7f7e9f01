import { createHash } from 'node:crypto'
import { expect, test } from 'vitest'
import { record, system, written } from '../../../../../test/harness/format-examples.ts'
import { aDelivery, aWebhook } from '../../../../../test/harness/delivery-examples.ts'
import { buildRequest } from '../request.ts'

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/
const parsed = (...given: Parameters<typeof written>) => JSON.parse(written(...given)) as Record<string, unknown>

test('the envelope has exactly the documented members', () => {
  const body = parsed({ format: 'entri' }, system('domain.record_missing'))
  expect(body).toEqual({
    id: expect.stringMatching(UUID),
    user_id: 'customer-7',
    domain: 'example.com',
    subdomain: 'shop',
    type: 'domain.record_missing',
    data: {
      records_propagated: [{ type: 'A', host: '@', value: '192.0.2.1' }],
      records_non_propagated: [{ type: 'CNAME', host: 'shop', value: 'shops.example.net' }],
    },
  })
  expect(parsed({ format: 'entri' }, system('domain.record_restored'))).toMatchObject({
    type: 'domain.record_restored',
    data: { records_non_propagated: [] },
  })
})

test('the second signature covers id, time and secret, and is made for each attempt anew', () => {
  const webhook = aWebhook({ format: 'entri', source: 'entri', secret: 'a secret', callerGaveSecret: true })
  const body = written({ format: 'entri' }, system('domain.record_missing'))
  const headersAt = (now: number) =>
    Object.fromEntries(buildRequest(webhook, aDelivery({ body }), { userAgent: 'DNSRadar/1.0', now }).headers)
  const { id } = JSON.parse(body) as { id: string }
  const [first, second] = [headersAt(1_767_868_522_999), headersAt(1_767_868_822_000)]
  const signed = (seconds: number) => createHash('sha256').update(`${id}${seconds}a secret`).digest('hex')
  expect(first).toMatchObject({ 'Entri-Timestamp': '1767868522', 'Entri-Signature-V2': signed(1_767_868_522) })
  expect(second).toMatchObject({ 'Entri-Timestamp': '1767868822', 'Entri-Signature-V2': signed(1_767_868_822) })
  expect(first['webhook-signature']).toMatch(/^v1,/)
})

test('a test is a sample in the same envelope', () => {
  expect(parsed({ format: 'entri' }, record(), true)).toMatchObject({
    id: expect.stringMatching(UUID),
    user_id: 'test',
    type: 'domain.record_missing',
  })
})
