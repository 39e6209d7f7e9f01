/** The signatures held against the reference library of Standard Webhooks. */
import { randomBytes } from 'node:crypto'
import { generateSecret, signatureHeaders, signingSecret } from '@dnsradar/core/delivery/sign'
import fc from 'fast-check'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'

interface Case {
  readonly body: string
  readonly secret: string
  readonly previousSecret?: string
}

function headersOf({ body, secret, previousSecret = '' }: Case): Record<string, string> {
  const now = Date.now()
  const rotation =
    previousSecret === ''
      ? { previousSecret: null, previousSecretUntil: null }
      : { previousSecret, previousSecretUntil: now + 60_000 }
  const deliveryId = 'req_01jd00000000000000000000aa'
  return Object.fromEntries(signatureHeaders({ body, deliveryId, secret, callerGaveSecret: true, ...rotation, now }))
}

const aFreeText = fc
  .oneof(fc.string({ minLength: 1, maxLength: 100 }), fc.string({ unit: 'binary', minLength: 1, maxLength: 100 }))
  .filter((text) => !text.startsWith('whsec_'))

const BODY = '{"value":"ü\\u2028"}'

test('a generated secret verifies as it is', () => {
  const secret = generateSecret((length) => randomBytes(length))
  expect(new Webhook(secret).verify(BODY, headersOf({ body: BODY, secret }))).toEqual(JSON.parse(BODY))
})

test('a free text secret verifies raw, and as the signing secret that the caller was shown', () => {
  fc.assert(
    fc.property(aFreeText, (secret) => {
      const headers = headersOf({ body: BODY, secret })
      expect(new Webhook(signingSecret(secret)).verify(BODY, headers)).toEqual(JSON.parse(BODY))
      // The library's raw form takes one byte per character.
      if (/^[\x20-\x7e]+$/.test(secret)) {
        expect(new Webhook(secret, { format: 'raw' }).verify(BODY, headers)).toEqual(JSON.parse(BODY))
      }
    }),
  )
})

test('while a rotation overlaps, both secrets verify', () => {
  const [secret, previousSecret] = [generateSecret((length) => randomBytes(length)), 'the old one']
  const headers = headersOf({ body: BODY, secret, previousSecret })
  expect(new Webhook(secret).verify(BODY, headers)).toEqual(JSON.parse(BODY))
  expect(new Webhook(previousSecret, { format: 'raw' }).verify(BODY, headers)).toEqual(JSON.parse(BODY))
})

test.for([
  ['another body', { body: '{}' }],
  ['another id', { 'webhook-id': 'req_01jd00000000000000000000ab' }],
  ['another time', { 'webhook-timestamp': String(Math.floor(Date.now() / 1000) - 7) }],
] as const)('%s does not verify', ([, change]) => {
  const secret = generateSecret((length) => randomBytes(length))
  const { body = BODY, ...headers } = { ...change } as Record<string, string>
  const verify = () => new Webhook(secret).verify(body, { ...headersOf({ body: BODY, secret }), ...headers })
  expect(verify).toThrow('No matching signature found')
})
