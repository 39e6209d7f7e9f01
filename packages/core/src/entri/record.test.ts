import { describe, expect, test } from 'vitest'
import { RadarError } from '../errors.ts'
import { entriDomain, entriExpectation, type EntriRecord, entriSubdomain } from './record.ts'

const aRecord = (record: Partial<EntriRecord>): EntriRecord => ({
  type: 'A',
  host: '@',
  value: '192.0.2.1',
  ttl: 3600,
  priority: null,
  ...record,
})

function faultOf(read: () => unknown): Readonly<Record<string, string>> {
  try {
    read()
  } catch (error) {
    if (error instanceof RadarError) return error.fields ?? {}
    throw error
  }
  throw new Error('nothing was refused')
}

describe('a host', () => {
  test.for([
    ['@', null],
    ['example.com', null],
    ['example.com.', null],
    ['EXAMPLE.com', null],
    ['www', 'www'],
    ['WWW', 'www'],
    ['a.b', 'a.b'],
    ['www.example.com', 'www'],
    ['www.example.com.', 'www'],
    ['a.b.example.com', 'a.b'],
    ['*', '*'],
    ['_dmarc', '_dmarc'],
    ['bücher', 'xn--bcher-kva'],
    // Without its final dot a name of another domain is a label of this one, as in a zone file.
    ['example.net', 'example.net'],
    ['notexample.com', 'notexample.com'],
  ] as const)('%s of example.com is %s', ([host, subdomain]) => {
    expect(entriSubdomain(host, 'example.com')).toBe(subdomain)
  })

  test.for(['www.example.net.', '', '.', 'a..b', 'a b', 'http://x/'])('%j is refused', (host) => {
    expect(faultOf(() => entriExpectation(aRecord({ host }), 'example.com'))).toEqual({ host: expect.any(String) })
  })
})

describe('a domain', () => {
  test.for([
    ['example.com', 'example.com'],
    ['Example.COM.', 'example.com'],
    ['shop.example.co.uk', 'shop.example.co.uk'],
    ['bücher.example', 'xn--bcher-kva.example'],
  ] as const)('%s is known as %s', ([given, known]) => {
    expect(entriDomain(given)).toBe(known)
  })

  test.for(['', 'com', '192.0.2.1', '2001:db8::1', '*.example.com', 'a b.example', 'https://example.com'])(
    '%j is refused',
    (given) => {
      expect(faultOf(() => entriDomain(given))).toEqual({ domain: expect.any(String) })
    },
  )
})

describe('an expectation', () => {
  test.for<{ why: string; record: Partial<EntriRecord>; expects: object }>([
    {
      why: 'the record is there, whatever stands beside it',
      record: {},
      expects: { ownerName: 'example.com', match: 'includes', expected: ['192.0.2.1'], subdomain: null },
    },
    {
      why: 'a name below the domain',
      record: { host: 'a.b' },
      expects: { ownerName: 'a.b.example.com', subdomain: 'a.b', registrable: 'example.com' },
    },
    {
      why: 'an MX host with its priority',
      record: { type: 'MX', value: 'mx.example.net', priority: '10' },
      expects: { expected: ['10 mx.example.net'] },
    },
    {
      why: 'an MX host of any priority',
      record: { type: 'MX', value: 'mx.example.net' },
      expects: { expected: ['mx.example.net'] },
    },
    {
      why: 'an MX record written as one',
      record: { type: 'MX', value: '10 mx.example.net' },
      expects: { expected: ['10 mx.example.net'] },
    },
    {
      why: 'a priority of 0',
      record: { type: 'MX', value: 'mx.example.net', priority: 0 },
      expects: { expected: ['0 mx.example.net'] },
    },
    {
      why: 'no priority where there is none',
      record: { type: 'TXT', value: 'proof', priority: 10 },
      expects: { expected: ['proof'] },
    },
    {
      why: 'a policy where policies are published',
      record: { type: 'DMARC', value: 'v=DMARC1; p=reject' },
      expects: { ownerName: '_dmarc.example.com', subdomain: '_dmarc' },
    },
  ])('is $why', ({ record, expects }) => {
    expect(entriExpectation(aRecord(record), 'example.com')).toMatchObject({ domain: 'example.com', ...expects })
  })

  test.for<{ why: string; one: Partial<EntriRecord>; other: Partial<EntriRecord>; isSame: boolean }>([
    { why: 'however the host is written', one: { host: 'www' }, other: { host: 'WWW.example.com.' }, isSame: true },
    { why: 'however long it lives', one: { ttl: 1 }, other: { ttl: 2 }, isSame: true },
    {
      why: 'however the value is written',
      one: { type: 'AAAA', value: '2001:db8::1' },
      other: { type: 'AAAA', value: '2001:DB8:0::1' },
      isSame: true,
    },
    {
      why: 'whether the priority is a number or digits',
      one: { type: 'MX', value: 'mx.example', priority: 10 },
      other: { type: 'MX', value: 'MX.example.', priority: '10' },
      isSame: true,
    },
    {
      why: 'of another priority',
      one: { type: 'MX', value: 'mx.example', priority: 10 },
      other: { type: 'MX', value: 'mx.example', priority: 20 },
      isSame: false,
    },
    { why: 'of another value', one: {}, other: { value: '192.0.2.2' }, isSame: false },
    { why: 'of another host', one: {}, other: { host: 'www' }, isSame: false },
  ])('is the same ($isSame): $why', ({ one, other, isSame }) => {
    const [a, b] = [one, other].map((record) => entriExpectation(aRecord(record), 'example.com').key)
    expect(a === b).toBe(isSame)
  })

  test.for<{ why: string; record: Partial<EntriRecord>; field: string }>([
    { why: 'no address', record: { value: 'example.net' }, field: 'value' },
    { why: 'an empty value', record: { value: '' }, field: 'value' },
    { why: 'a priority twice', record: { type: 'MX', value: '10 mx.example', priority: 10 }, field: 'priority' },
  ])('is refused for $why', ({ record, field }) => {
    expect(Object.keys(faultOf(() => entriExpectation(aRecord(record), 'example.com')))).toEqual([field])
  })
})
