import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { anEvent, aWebhook } from '../../../../test/harness/delivery-examples.ts'
import type { DeliveryId } from '../ids.ts'
import { dnsEventBody } from './payload.ts'
import { resendBody, retryOf } from './resend.ts'

const FIRST: DeliveryId = 'req_01jd00000000000000000000aa'
const SECOND: DeliveryId = 'req_01jd00000000000000000000ab'
const webhookId = aWebhook({}).id
const HOUR = 3_600_000

/** Made here, because the first such string of a process takes longer than many tests. */
const anyContext = fc.dictionary(fc.string({ unit: 'binary' }), fc.jsonValue())

describe('the body of a resend', () => {
  test('is what the new request’s own body would be', () => {
    const context = { kind: 'record.broken', metadata: { 10: 'a', 2: 'b', __proto__x: 'c' } }
    const first = dnsEventBody({ id: FIRST, webhookId, created: 0 }, anEvent({}), context)
    const second = { id: SECOND, webhookId, created: HOUR }
    expect(resendBody(first, FIRST, second)).toBe(dnsEventBody(second, anEvent({}), context))
  })

  test('tells of the same event', () => {
    const first = dnsEventBody({ id: FIRST, webhookId, created: 0 }, anEvent({}), null)
    const told = JSON.parse(resendBody(first, FIRST, { id: SECOND, webhookId, created: HOUR }))
    expect(told).toMatchObject({ uuid: SECOND, created: '1970-01-01T01:00:00Z', event: { event_uuid: anEvent({}).id } })
  })

  test.for([
    ['a chat message', '{"text":"The A record of www.example.com is not as expected."}'],
    ['a body with a uuid of another kind', '{"uuid":"5f0c","type":"domain.record_missing"}'],
    ['a template that names its request', `{ "uuid": "${FIRST}", "created": "1970-01-01T00:00:00Z" }`],
    ['a template without a time', `{"uuid":"${FIRST}"}`],
    ['plain text', 'The A record of www.example.com is as expected now.'],
    ['a JSON text that is no object', '"text"'],
    ['nothing', ''],
    ['null', 'null'],
  ] as const)('%s is repeated unchanged', ([, body]) => {
    expect(resendBody(body, FIRST, { id: SECOND, webhookId, created: HOUR })).toBe(body)
  })

  test('is a fixed point of parsing and writing again, whatever it tells', () => {
    fc.assert(
      fc.property(anyContext, (context) => {
        const first = dnsEventBody({ id: FIRST, webhookId, created: 0 }, anEvent({}), context)
        const again = resendBody(first, FIRST, { id: SECOND, webhookId, created: HOUR })
        expect(JSON.stringify(JSON.parse(again))).toBe(again)
        expect(again).toBe(dnsEventBody({ id: SECOND, webhookId, created: HOUR }, anEvent({}), context))
      }),
    )
  })
})

describe('retrying a request', () => {
  test.for([
    ['PENDING', 'event'],
    ['RETRYING', 'event'],
    ['RETRYING', 'system'],
  ] as const)('a %s head hurries its queue (%s)', ([status, kind]) => {
    expect(retryOf({ id: FIRST, kind, status }, FIRST)).toBe('hurry')
  })

  test.for(['event', 'system', 'resend'] as const)('a delivered request is sent once more (%s)', (kind) => {
    expect(retryOf({ id: FIRST, kind, status: 'DELIVERED' }, SECOND)).toBe('resend')
  })

  test.for([
    { kind: 'event', status: 'PENDING', head: SECOND, says: `waits for ${SECOND}` },
    { kind: 'event', status: 'RETRYING', head: SECOND, says: `waits for ${SECOND}` },
    { kind: 'event', status: 'FAILED', head: null, says: 'recover' },
    { kind: 'system', status: 'FAILED', head: SECOND, says: 'recover' },
    { kind: 'resend', status: 'FAILED', head: null, says: 'one attempt' },
    { kind: 'resend', status: 'PENDING', head: null, says: 'one attempt' },
    { kind: 'test', status: 'DELIVERED', head: null, says: '/test' },
    { kind: 'test', status: 'FAILED', head: null, says: '/test' },
  ] as const)('a $status request of kind $kind that is not the head is refused', ({ kind, status, head, says }) => {
    expect(() => retryOf({ id: FIRST, kind, status }, head)).toThrow(
      expect.objectContaining({ code: 'not_head', message: expect.stringContaining(says) }),
    )
  })
})
