/** The client's check of a signature, held against the reference library of Standard Webhooks. */
import { verifyWebhook } from '@dnsradar/client'
import fc from 'fast-check'
import { Buffer } from 'node:buffer'
import { Webhook } from 'standardwebhooks'
import { expect, test } from 'vitest'

/** Of one length: HMAC pads a key with zeros, so keys that differ only in final zeros are the same key. */
const aSecret = fc
  .uint8Array({ minLength: 32, maxLength: 32 })
  .map((bytes) => `whsec_${Buffer.from(bytes).toString('base64')}`)
/** Lone surrogates have no UTF-8 and no JSON text of ours holds one. */
const aText = fc.string({ unit: 'grapheme' })
const anId = fc.stringMatching(/^req_[0-9a-z]{26}$/)
const aTime = fc.integer({ min: 1, max: 4_000_000_000 })

function headersOf(secret: string, id: string, seconds: number, body: string) {
  const signature = new Webhook(secret).sign(id, new Date(seconds * 1000), body)
  return { 'webhook-id': id, 'webhook-timestamp': String(seconds), 'webhook-signature': signature }
}

test('what the reference library signs verifies', async () => {
  await fc.assert(
    fc.asyncProperty(aSecret, anId, aTime, aText, async (secret, id, seconds, body) => {
      const headers = headersOf(secret, id, seconds, body)
      const result = await verifyWebhook({ body, headers }, { secret, now: seconds * 1000 })
      expect(result).toEqual({ ok: true, id, timestamp: seconds * 1000 })
    }),
  )
})

test('what it signed with another secret, or for another body, does not', async () => {
  await fc.assert(
    fc.asyncProperty(aSecret, aSecret, anId, aTime, aText, async (secret, other, id, seconds, body) => {
      fc.pre(secret !== other)
      const headers = headersOf(secret, id, seconds, body)
      const now = seconds * 1000
      const refused = { ok: false, reason: 'bad_signature' }
      expect(await verifyWebhook({ body, headers }, { secret: other, now })).toEqual(refused)
      expect(await verifyWebhook({ body: `${body}.`, headers }, { secret, now })).toEqual(refused)
    }),
  )
})
