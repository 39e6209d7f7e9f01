/**
 * A webhook's own headers, from the rule that admits them to the wire: what is admitted arrives as it was given, beside
 * ours, and what is not would have changed the request.
 */
import fc from 'fast-check'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Receiver, startReceiver } from '../../../../test/harness/webhook-receiver.ts'
import { validateHeaders } from '../delivery/headers.ts'
import { RadarError } from '../errors.ts'
import type { Sender } from '../ports/send.ts'
import { parseAllowList } from './guard.ts'
import { createSender } from './http.ts'

type Header = readonly [name: string, value: string]

let receiver: Receiver
let sender: Sender

beforeAll(async () => {
  receiver = await startReceiver()
  sender = createSender({ allow: parseAllowList(['127.0.0.1']), ownListen: () => null, keepResponses: false })
})

afterAll(async () => {
  await sender[Symbol.asyncDispose]()
  await receiver.close()
})

/** What the receiver read, name by name in the order of arrival. */
async function sent(headers: readonly Header[]): Promise<Header[]> {
  const outcome = await sender.send({ url: receiver.url, method: 'POST', headers, body: '{}', timeoutMs: 5000 })
  expect(outcome).toMatchObject({ kind: 'accepted' })
  const { rawHeaders, body } = await receiver.next()
  expect(body).toBe('{}')
  return rawHeaders.flatMap((text, at) => (at % 2 === 0 ? [[text, rawHeaders[at + 1] ?? ''] as const] : []))
}

function isAdmitted(headers: readonly Header[]): boolean {
  try {
    validateHeaders(headers)
    return true
  } catch (error) {
    if (!(error instanceof RadarError)) throw error
    expect(error.code).toBe('blocked_header')
    return false
  }
}

const TOKEN = "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ".split('')
const name = fc.oneof(
  fc.string({ unit: fc.constantFrom(...TOKEN), minLength: 1, maxLength: 64 }),
  fc.constantFrom(
    'Authorization',
    'Cookie',
    '__proto__',
    'constructor',
    'Date',
    'Accept-Encoding',
    'X-DNSRadar-Source',
  ),
)
const latin1 = fc.integer({ min: 0x20, max: 0xff }).map((code) => String.fromCharCode(code))
const value = fc.oneof(fc.string({ unit: latin1, maxLength: 60 }), fc.string({ unit: 'grapheme', maxLength: 20 }))
const headers = fc.array(fc.tuple(name, value), { maxLength: 22 })

test('what is admitted arrives as it was given, in its order', async () => {
  await fc.assert(
    fc.asyncProperty(
      headers.map((given) => given.filter((header) => isAdmitted([header]))),
      async (given) => {
        fc.pre(isAdmitted(given))
        const names = new Set(given.map(([key]) => key))
        expect((await sent(given)).filter(([key]) => names.has(key))).toEqual(given)
      },
    ),
    { numRuns: 60 },
  )
})

test('twenty headers of the greatest name and a value each arrive', async () => {
  const given = Array.from({ length: 20 }, (_, at): Header => [`X-${at}-`.padEnd(64, 'x'), `${at}`.padEnd(600, '~')])
  validateHeaders(given)
  expect(await sent(given)).toEqual(expect.arrayContaining(given))
  expect(isAdmitted([...given, ['X-One-More', '']])).toBe(false)
})

describe('a value is one line of printable Latin-1', () => {
  const codes = Array.from({ length: 0x120 }, (_, code) => code)
  const printable = (code: number): boolean => (code >= 0x20 && code <= 0x7e) || (code >= 0xa0 && code <= 0xff)

  test('for every character inside, and at the ends all of them but spaces', () => {
    const spaces = [0x20, 0xa0]
    const inside = codes.filter((code) => isAdmitted([['X-A', `a${String.fromCharCode(code)}b`]]))
    const first = codes.filter((code) => isAdmitted([['X-A', `${String.fromCharCode(code)}b`]]))
    const last = codes.filter((code) => isAdmitted([['X-A', `a${String.fromCharCode(code)}`]]))
    expect(inside).toEqual(codes.filter(printable))
    expect(first).toEqual(codes.filter((code) => printable(code) && !spaces.includes(code)))
    expect(last).toEqual(first)
  })

  test.for([
    'x\r\nHost: evil.example',
    'x\nX-Injected: 1',
    'x\rX-Injected: 1',
    'x\r\n\r\n{"body":"another"}',
    'x\u2028y',
    'x\u0000',
    'x\u0085y',
    'ｘ',
    '\u560a\u560d', // line breaks for a sender that keeps the low octet of each character
    '\ud800',
    '🙂',
  ])('%j is refused', (text) => {
    expect(isAdmitted([['X-A', text]])).toBe(false)
  })

  test('of at most 4096 characters', () => {
    expect([4096, 4097].map((length) => isAdmitted([['X-A', 'a'.repeat(length)]]))).toEqual([true, false])
  })
})

describe('a name is a token', () => {
  test('for every character', () => {
    const codes = Array.from({ length: 0x120 }, (_, code) => String.fromCharCode(code))
    expect(codes.filter((character) => isAdmitted([[`X${character}`, '']])).toSorted()).toEqual(TOKEN.toSorted())
  })

  test.for(['X-A\r\nHost', 'X-A: 1\r\nX-B', 'X-A:', ' X-A', 'X-A ', 'Ｈost', 'X\u0000', ''])(
    '%j is refused',
    (text) => {
      expect(isAdmitted([[text, 'x']])).toBe(false)
    },
  )

  test('of at most 64 characters', () => {
    expect([64, 65].map((length) => isAdmitted([['a'.repeat(length), '']]))).toEqual([true, false])
  })
})

describe('what is ours, the connection and a cloud cannot be had in any case', () => {
  test.for([
    'host',
    'content-length',
    'content-type',
    'content-encoding',
    'user-agent',
    'transfer-encoding',
    'connection',
    'keep-alive',
    'proxy-authorization',
    'proxy-authenticate',
    'proxy-connection',
    'proxy-',
    'te',
    'trailer',
    'upgrade',
    'http2-settings',
    'expect',
    'webhook-id',
    'webhook-timestamp',
    'webhook-signature',
    'webhook-sequence',
    'webhook-',
    'x-webhook-signature',
    'x-webhook-timestamp',
    'x-webhook-',
    'x-dnsradar-signature',
    'x-dnsradar-event',
    'x-dnsradar-group',
    'x-dnsradar-external-id',
    'x-dnsradar-webhook',
    'metadata',
    'metadata-flavor',
    'x-aws-ec2-metadata-token',
    'x-aws-ec2-metadata-token-ttl-seconds',
    'x-google-metadata-request',
  ])('%s', (text) => {
    const capitals = text.replace(/(^|-)[a-z]/g, (letter) => letter.toUpperCase())
    for (const spelling of [text, capitals, text.toUpperCase()]) expect(isAdmitted([[spelling, 'x']])).toBe(false)
  })

  test('and it is the name that counts, not its beginning or end', () => {
    for (const text of [
      'x-host',
      'hostname',
      'x-expect',
      'te-x',
      'my-webhook-id',
      'x-metadata',
      'upgrade-insecure-requests',
    ]) {
      expect(isAdmitted([[text, 'x']])).toBe(true)
    }
  })
})
