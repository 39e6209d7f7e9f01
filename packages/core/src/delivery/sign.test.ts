import { createHmac } from 'node:crypto'
import { expect, test } from 'vitest'
import type { DeliveryId } from '../ids.ts'
import { generateSecret, type Signed, signatureHeaders, signingSecret } from './sign.ts'

const deliveryId: DeliveryId = 'req_01jd00000000000000000000aa'
const NOW = Date.UTC(2026, 0, 8, 12, 0, 0, 999)
const signed: Signed = {
  body: '{"test":"ü"}',
  deliveryId,
  secret: 'your-webhook-secret-key',
  callerGaveSecret: true,
  previousSecret: null,
  previousSecretUntil: null,
  now: NOW,
}

const headersOf = (change: Partial<Signed> = {}) => Object.fromEntries(signatureHeaders({ ...signed, ...change }))

test('a free text secret signs the body in hex and id, time and body in base64', () => {
  expect(headersOf()).toEqual({
    'X-DNSRadar-Signature': '7e9cfc096e29fa61d87a4ff696cfe831ba30188775ebb075ab3cb522f3f6e918',
    'X-Webhook-Signature': '7e9cfc096e29fa61d87a4ff696cfe831ba30188775ebb075ab3cb522f3f6e918',
    'X-Webhook-Timestamp': '2026-01-08T12:00:00Z',
    'webhook-id': deliveryId,
    'webhook-timestamp': '1767873600',
    'webhook-signature': 'v1,kOKb2H4obMghB/Ktc3YROT7kkQZJrBojKrCl2rHSQ+g=',
  })
})

test('a whsec_ secret signs the hex with its text and the base64 with its decoded bytes', () => {
  const secret = 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw'
  expect(headersOf({ secret })).toMatchObject({
    'X-DNSRadar-Signature': 'd1f5428e78f97e922b841377e10e14b8560962805419ddcf307c61f5903a08b2',
    'webhook-signature': 'v1,RuviT65JxS72CYa+G7dbIU2hc702Oke2N/LZvnQ5buk=',
  })
})

test('the golden values agree with the reference vector of Standard Webhooks', () => {
  // https://github.com/standard-webhooks/standard-webhooks, the example of its libraries.
  const headers = headersOf({
    body: '{"test": 2432232314}',
    deliveryId: 'msg_p5jXN8AQM9LWM0D4loKWxJek' as DeliveryId,
    secret: 'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
    now: 1614265330 * 1000,
  })
  expect(headers['webhook-signature']).toBe('v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=')
})

test('a secret that the caller did not give signs in the standard scheme only', () => {
  const names = Object.keys(headersOf({ callerGaveSecret: false }))
  expect(names).toEqual(['X-Webhook-Timestamp', 'webhook-id', 'webhook-timestamp', 'webhook-signature'])
})

test('while a rotation overlaps, both secrets sign in the standard scheme and the old one alone in hex', () => {
  const old = { secret: 'old', previousSecret: null }
  const during = headersOf({ secret: 'new', previousSecret: 'old', previousSecretUntil: NOW + 1 })
  expect(during['webhook-signature']).toBe(
    `${headersOf({ secret: 'new' })['webhook-signature']} ${headersOf(old)['webhook-signature']}`,
  )
  expect(during['X-DNSRadar-Signature']).toBe(headersOf(old)['X-DNSRadar-Signature'])
})

test('after the overlap only the new secret signs', () => {
  const after = headersOf({ secret: 'new', previousSecret: 'old', previousSecretUntil: NOW })
  expect(after).toEqual(headersOf({ secret: 'new' }))
})

test('a later attempt has other times and another standard signature, the same id and the same hex', () => {
  const [first, retry] = [headersOf(), headersOf({ now: NOW + 300_000 })]
  expect(retry['X-Webhook-Timestamp']).toBe('2026-01-08T12:05:00Z')
  expect(retry['webhook-signature']).not.toBe(first['webhook-signature'])
  expect(retry['webhook-id']).toBe(first['webhook-id'])
  expect(retry['X-DNSRadar-Signature']).toBe(first['X-DNSRadar-Signature'])
})

test('a generated secret is whsec_ and the base64 of 32 bytes', () => {
  const secret = generateSecret((length) => new Uint8Array(length).fill(7))
  expect(secret).toBe(`whsec_${Buffer.alloc(32, 7).toString('base64')}`)
  expect(signingSecret(secret)).toBe(secret)
})

test.for([
  ['free text', 'your-webhook-secret-key', 'whsec_eW91ci13ZWJob29rLXNlY3JldC1rZXk='],
  ['text beyond ASCII', 'geheim-ü', 'whsec_Z2VoZWltLcO8'],
  ['the prefix alone', 'whsec_', 'whsec_d2hzZWNf'],
  ['a prefix before something that is not base64', 'whsec_not base64!', 'whsec_d2hzZWNfbm90IGJhc2U2NCE='],
  ['base64 without padding', 'whsec_MfKQ9r8GKQ', 'whsec_MfKQ9r8GKQ'],
] as const)('%s is shown as a whsec_ secret that means the same key', ([, secret, shown]) => {
  expect(signingSecret(secret)).toBe(shown)
  expect(headersOf({ secret: shown })['webhook-signature']).toBe(headersOf({ secret })['webhook-signature'])
})

test('the hex is what the documented receivers compute', () => {
  const expected = createHmac('sha256', signed.secret)
    .update(JSON.stringify(JSON.parse(signed.body)))
    .digest('hex')
  expect(headersOf()['X-DNSRadar-Signature']).toBe(expected)
})
