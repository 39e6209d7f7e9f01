import { expect, test } from 'vitest'
import { parseDnsAllow, zoneCandidates } from './zone-servers.ts'

const owners: { owner: string; expected: string[] }[] = [
  { owner: 'example.com', expected: ['example.com'] },
  { owner: 'www.example.com', expected: ['www.example.com', 'example.com'] },
  { owner: 'a.b.example.co.uk', expected: ['a.b.example.co.uk', 'b.example.co.uk', 'example.co.uk'] },
  { owner: 'com', expected: ['com'] },
  { owner: '.', expected: ['.'] },
  { owner: '_dmarc.example.com', expected: ['_dmarc.example.com', 'example.com'] },
  { owner: 'a\\.b.example.com', expected: ['a\\.b.example.com', 'example.com'] },
  { owner: 'a\\\\.b.example.com', expected: ['a\\\\.b.example.com', 'b.example.com', 'example.com'] },
  {
    owner: '1.2.0.192.in-addr.arpa',
    expected: ['1.2.0.192.in-addr.arpa', '2.0.192.in-addr.arpa', '0.192.in-addr.arpa'],
  },
]

test.for(owners)(
  'the zone of $owner begins at one of its names down to the registered domain',
  ({ owner, expected }) => {
    expect(zoneCandidates(owner)).toEqual(expected)
  },
)

test('of a deep name the name itself and the seven highest are tried', () => {
  const deep = zoneCandidates(`${'x.'.repeat(60)}example.com`)
  expect(deep).toHaveLength(8)
  expect(deep[0]).toBe(`${'x.'.repeat(60)}example.com`)
  expect(deep.slice(-2)).toEqual(['x.example.com', 'example.com'])
})

test('allowed addresses are networks and addresses with or without a port, never names', () => {
  const allow = parseDnsAllow(['10.0.0.0/8', '127.0.0.1:5353', '[fd00::1]:5353', ' fd00::2 ', ''])
  expect(allow.networks.map(({ port }) => port)).toEqual([null, 5353, 5353, null])
  expect(() => parseDnsAllow(['ns1.example.com'])).toThrow(/"ns1\.example\.com" cannot be used here: addresses/)
  expect(() => parseDnsAllow(['10.0.0.0/99'])).toThrow(/cannot be read/)
})
