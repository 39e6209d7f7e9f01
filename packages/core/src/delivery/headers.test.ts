import { describe, expect, test } from 'vitest'
import { RadarError } from '../errors.ts'
import { validateHeaders } from './headers.ts'

function faultsOf(headers: [string, string][]): unknown {
  try {
    validateHeaders(headers)
    return null
  } catch (error) {
    if (!(error instanceof RadarError)) throw error
    expect(error.code).toBe('blocked_header')
    return error.fields
  }
}

test.for([
  'Authorization',
  'Cookie',
  'X-Custom-Header',
  'X-DNSRadar-Source',
  'Accept',
  'X-Forwarded-For',
  'a',
  'x'.repeat(64),
])("%s is the caller's own", (name) => {
  expect(faultsOf([[name, 'Bearer token123']])).toBeNull()
})

test.for([
  'Host',
  'Content-Length',
  'CONTENT-TYPE',
  'Content-Encoding',
  'User-Agent',
  'Connection',
  'Keep-Alive',
  'Proxy-Authorization',
  'Proxy-Connection',
  'TE',
  'Trailer',
  'Transfer-Encoding',
  'Upgrade',
  'HTTP2-Settings',
  'Expect',
  'Metadata',
  'Metadata-Flavor',
  'X-aws-ec2-metadata-token',
  'X-Google-Metadata-Request',
  'webhook-id',
  'Webhook-Anything',
  'X-Webhook-Signature',
  'x-webhook-timestamp',
  'X-DNSRadar-Signature',
  'x-dnsradar-event',
  'X-DNSRadar-Group',
  'X-DNSRadar-External-Id',
  'X-DNSRadar-Webhook',
])('%s is refused', (name) => {
  expect(faultsOf([[name, 'x']])).toEqual({ [`headers.${name}`]: expect.stringMatching(/choose another name$/) })
})

test.for(['', ' ', 'X Y', 'X:', 'Ü', 'X\r\nY', '(x)', 'x'.repeat(65)])('%j is no header name', (name) => {
  expect(Object.values(faultsOf([[name, 'x']]) ?? {})).toEqual([expect.stringMatching(/is not a header name/)])
})

describe('values', () => {
  test.for(['', 'x', 'a b', 'caf\u00e9', '~'.repeat(4096)])('%j is accepted', (value) => {
    expect(faultsOf([['X-A', value]])).toBeNull()
  })

  test.for(['a\r\nb', 'a\nb', 'a\0b', ' a', 'a ', 'a\u007f', '\u2028', '€', 'x'.repeat(4097)])(
    '%j is refused',
    (value) => {
      expect(faultsOf([['X-A', value]])).toEqual({ 'headers.X-A': expect.any(String) })
    },
  )

  test('never stand in the refusal, because they may be credentials', () => {
    expect(JSON.stringify(faultsOf([['X-A', 'hunter2\n']]))).not.toContain('hunter2')
  })
})

test('a name given twice in different spellings is refused', () => {
  expect(
    faultsOf([
      ['X-A', '1'],
      ['x-a', '2'],
    ]),
  ).toEqual({ 'headers.x-a': 'is given twice; give it once' })
})

test('at most 20 headers are accepted', () => {
  const many = (count: number) => Array.from({ length: count }, (_, i): [string, string] => [`X-${i}`, ''])
  expect(faultsOf(many(20))).toBeNull()
  expect(faultsOf(many(21))).toEqual({ headers: 'has 21 entries; at most 20 are accepted' })
})

test('every faulty header is named', () => {
  expect(
    faultsOf([
      ['Host', 'x'],
      ['X-Ok', 'x'],
      ['__proto__', 'x'],
      ['X-A', '\n'],
    ]),
  ).toEqual({
    'headers.Host': expect.any(String),
    'headers.X-A': expect.any(String),
  })
})
