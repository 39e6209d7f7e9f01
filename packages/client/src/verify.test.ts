import { createHmac, randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { type HeaderSource, verifyBodySignature, verifyWebhook } from './verify.ts'

const NOW = Date.UTC(2026, 0, 8, 10, 35, 22)
const KEY = randomBytes(32)
const SECRET = `whsec_${KEY.toString('base64')}`
const BODY = JSON.stringify({ uuid: 'req_1', event: { current_value: ['bücher', '\u0000'] } })

test('a request that was signed with the secret verifies and gives its id and time', async () => {
  expect(await verifyWebhook({ body: BODY, headers: signed() }, { secret: SECRET, now: NOW })).toEqual({
    ok: true,
    id: 'req_1',
    timestamp: NOW,
  })
})

test('a secret without whsec_ is used as its own text', async () => {
  const headers = signed({ key: Buffer.from('pässword') })
  expect(await verifyWebhook({ body: BODY, headers }, { secret: 'pässword', now: NOW })).toMatchObject({ ok: true })
})

test('bytes verify as their text does', async () => {
  const body = new TextEncoder().encode(BODY)
  expect(await verifyWebhook({ body, headers: signed() }, { secret: SECRET, now: NOW })).toMatchObject({ ok: true })
})

const sources: { why: string; headers: HeaderSource }[] = [
  { why: 'a Headers object', headers: new Headers(signed()) },
  {
    why: 'names in any case',
    headers: Object.fromEntries(Object.entries(signed()).map(([k, v]) => [k.toUpperCase(), v])),
  },
  { why: 'values in lists of one', headers: Object.fromEntries(Object.entries(signed()).map(([k, v]) => [k, [v]])) },
]

test.for(sources)('headers may come as $why', async ({ headers }) => {
  expect(await verifyWebhook({ body: BODY, headers }, { secret: SECRET, now: NOW })).toMatchObject({ ok: true })
})

test('while a secret is replaced either of two signatures and either of two secrets will do', async () => {
  const old = randomBytes(32)
  const headers = { ...signed(), 'webhook-signature': `v1,${sign(old)} v1,${sign(KEY)}` }
  expect(await verifyWebhook({ body: BODY, headers }, { secret: SECRET, now: NOW })).toMatchObject({ ok: true })
  const secrets = [`whsec_${old.toString('base64')}`, SECRET]
  expect(await verifyWebhook({ body: BODY, headers: signed() }, { secret: secrets, now: NOW })).toMatchObject({
    ok: true,
  })
})

const refusals: {
  why: string
  change?: Record<string, string | string[]>
  body?: string
  now?: number
  reason: string
}[] = [
  { why: 'another body', body: `${BODY} `, reason: 'bad_signature' },
  { why: 'another id', change: { 'webhook-id': 'req_2' }, reason: 'bad_signature' },
  { why: 'another time', change: { 'webhook-timestamp': String(NOW / 1000 + 1) }, reason: 'bad_signature' },
  { why: 'another version', change: { 'webhook-signature': `v2,${sign(KEY)}` }, reason: 'bad_signature' },
  { why: 'no version', change: { 'webhook-signature': sign(KEY) }, reason: 'bad_signature' },
  { why: 'a signature that is no base64', change: { 'webhook-signature': 'v1,%%%' }, reason: 'bad_signature' },
  {
    why: 'a shortened signature',
    change: { 'webhook-signature': `v1,${sign(KEY).slice(0, 20)}` },
    reason: 'bad_signature',
  },
  {
    why: 'a signature behind ten others',
    change: { 'webhook-signature': `${'v1,AAAA '.repeat(10)}v1,${sign(KEY)}` },
    reason: 'bad_signature',
  },
  { why: 'no id', change: { 'webhook-id': '' }, reason: 'missing_header' },
  { why: 'the time twice', change: { 'webhook-timestamp': ['1', '2'] }, reason: 'missing_header' },
  { why: 'a time in words', change: { 'webhook-timestamp': '2026-01-08T10:35:22Z' }, reason: 'bad_timestamp' },
  { why: 'a time of thirteen digits', change: { 'webhook-timestamp': String(NOW) }, reason: 'bad_timestamp' },
  { why: 'five minutes and a second late', now: NOW + 301_000, reason: 'outside_window' },
  { why: 'five minutes and a second early', now: NOW - 301_000, reason: 'outside_window' },
]

test.for(refusals)('refused: $why', async ({ change = {}, body = BODY, now = NOW, reason }) => {
  const headers = { ...signed(), ...change }
  expect(await verifyWebhook({ body, headers }, { secret: SECRET, now })).toEqual({ ok: false, reason })
})

test.for([NOW + 300_000, NOW - 300_000])('five minutes are still inside the window', async (now) => {
  expect(await verifyWebhook({ body: BODY, headers: signed() }, { secret: SECRET, now })).toMatchObject({ ok: true })
})

test.for(['whsec_', 'whsec_my secret', 'whsec_abc-_'])(
  '%j only looks encoded and is used as its own text',
  async (secret) => {
    const headers = signed({ key: Buffer.from(secret) })
    expect(await verifyWebhook({ body: BODY, headers }, { secret, now: NOW })).toMatchObject({ ok: true })
  },
)

test('an empty secret is the caller’s mistake and said so', async () => {
  await expect(verifyWebhook({ body: BODY, headers: signed() }, { secret: '', now: NOW })).rejects.toThrow('empty')
})

const hex = createHmac('sha256', 'mine').update(BODY).digest('hex')

test.for(['X-DNSRadar-Signature', 'x-webhook-signature'])('the body signature is read from %s', async (name) => {
  expect(await verifyBodySignature({ body: BODY, headers: { [name]: hex } }, 'mine')).toBe(true)
})

test.for([
  { why: 'another secret', value: hex, secret: 'theirs' },
  { why: 'upper case', value: hex.toUpperCase(), secret: 'mine' },
  { why: 'a prefix', value: `sha256=${hex}`, secret: 'mine' },
  { why: 'a shortened value', value: hex.slice(0, 62), secret: 'mine' },
  { why: 'nothing', value: '', secret: 'mine' },
])('the body signature does not verify with $why', async ({ value, secret }) => {
  expect(await verifyBodySignature({ body: BODY, headers: { 'x-dnsradar-signature': value } }, secret)).toBe(false)
})

function signed({ key = KEY } = {}): Record<string, string> {
  return { 'webhook-id': 'req_1', 'webhook-timestamp': String(NOW / 1000), 'webhook-signature': `v1,${sign(key)}` }
}

function sign(key: Buffer): string {
  return createHmac('sha256', key)
    .update(`req_1.${NOW / 1000}.${BODY}`)
    .digest('base64')
}
