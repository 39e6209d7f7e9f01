import { isIP } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { classOf } from '../../test/targets.ts'
import { type AddressClass, contains, parseAddress, parseNetwork } from './address.ts'

/** First and last address of each block of the IANA special-purpose registries, and the clouds' own services. */
const classes: Readonly<Record<Exclude<AddressClass, 'public'> | 'invalid', readonly string[]>> = {
  unspecified: ['0.0.0.0', '::', '::ffff:0.0.0.0', '0:0:0:0:0:0:0:0'],
  loopback: [
    '127.0.0.0',
    '127.0.0.1',
    '127.255.255.255',
    '::1',
    '0000:0000:0000:0000:0000:0000:0000:0001',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
  ],
  private: [
    '10.0.0.0',
    '10.255.255.255',
    '172.16.0.0',
    '172.31.255.255',
    '192.168.0.0',
    '192.168.255.255',
    '::ffff:10.1.2.3',
    '::ffff:c0a8:1',
    '64:ff9b::10.0.0.1',
    '64:ff9b::a00:1',
    'fc00::',
    'fd00::1',
    'fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff',
    'fec0::1',
    'feff::1',
  ],
  shared: ['100.64.0.0', '100.127.255.255', '::ffff:100.64.0.1'],
  link_local: ['169.254.0.0', '169.254.0.1', '169.254.255.255', 'fe80::', 'fe80::1%eth0', 'febf::1'],
  metadata: [
    '169.254.169.254',
    '169.254.170.2',
    '169.254.170.23',
    '100.100.100.200',
    '168.63.129.16',
    '192.0.0.192',
    '::ffff:169.254.169.254',
    '::ffff:a9fe:a9fe',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b::169.254.169.254',
    'fd00:ec2::254',
    'fd00:ec2::23',
    'fd20:ce::254',
    '::a9fe:a9fe',
    '2002:a9fe:a9fe::1',
    '64:ff9b:1:fffe::a9fe:a9fe',
  ],
  protocol: [
    '0.0.0.1',
    '0.255.255.255',
    '192.0.0.0',
    '192.0.0.8',
    '192.0.0.170',
    '192.0.0.255',
    '192.31.196.1',
    '192.52.193.1',
    '192.175.48.1',
    '2001::',
    '2001::1',
    '2001:0:4136:e378:8000:63bf:3fff:fdd2',
    '2001:1::1',
    '2001:2::1',
    '2001:10::1',
    '2001:20::1',
    '2001:1ff:ffff::',
    '2620:4f:8000::1',
  ],
  documentation: [
    '192.0.2.0',
    '192.0.2.255',
    '198.51.100.1',
    '203.0.113.255',
    '2001:db8::',
    '2001:db8:ffff::1',
    '3fff::',
    '3fff:fff:ffff::1',
  ],
  benchmarking: ['198.18.0.0', '198.19.255.255'],
  multicast: ['224.0.0.0', '224.0.0.251', '239.255.255.255', 'ff00::', 'ff02::1', 'ff05::1:3'],
  transition: ['192.88.99.1', '2002::', '2002:7f00:1::', '64:ff9b:1::1'],
  reserved: [
    '240.0.0.0',
    '255.255.255.254',
    '255.255.255.255',
    '::2',
    '::7f00:1',
    '::127.0.0.1',
    '::8.8.8.8', // IPv4-compatible, RFC 4291 section 2.5.5.1
    '::ffff:0:127.0.0.1', // IPv4-translated, RFC 2765
    '100::1',
    '100:0:0:1::1',
    '200::1',
    '400::1',
    '1fff::1',
    '4000::1',
    '5f00::1',
    '8000::1',
    'e000::1',
    'fe00::1',
    'fe7f::1',
  ],
  invalid: [
    '',
    'localhost',
    '1.2.3',
    '1.2.3.4.5',
    '256.1.1.1',
    '0x7f.0.0.1',
    '0177.0.0.1',
    '2130706433',
    '[::1]',
    ':::',
    '1::2::3',
    '12345::',
    '::g',
    '127.0.0.1:80',
  ],
}

describe.for(Object.entries(classes))('%s', ([kind, addresses]) => {
  test.for([...addresses])('%s', (address) => {
    expect(classOf(address)).toBe(kind)
  })
})

test.for([
  '1.0.0.0',
  '1.1.1.1',
  '8.8.8.8',
  '9.255.255.255',
  '11.0.0.0',
  '100.63.255.255',
  '100.128.0.0',
  '126.255.255.255',
  '128.0.0.0',
  '168.63.129.15',
  '168.63.129.17',
  '169.253.255.255',
  '169.255.0.0',
  '172.15.255.255',
  '172.32.0.0',
  '191.255.255.255',
  '192.0.1.0',
  '192.0.3.0',
  '192.88.98.255',
  '192.167.255.255',
  '192.169.0.0',
  '198.17.255.255',
  '198.20.0.0',
  '203.0.112.255',
  '203.0.114.0',
  '223.255.255.255',
  '::ffff:8.8.8.8',
  '::ffff:808:808',
  '64:ff9b::8.8.8.8',
  '2000::1',
  '2001:200::1',
  '2001:4860:4860::8888',
  '2001:db7:ffff::1',
  '2001:db9::1',
  '2003::1',
  '2606:4700:4700::1111',
  '2a00:1450::1',
  '3ffe::1',
  '3fff:1000::1',
])('%s is public', (address) => {
  expect(classOf(address)).toBe('public')
})

test('every spelling of an address has one class', () => {
  fc.assert(
    fc.property(fc.ipV6(), (address) => {
      const canonical = new URL(`http://[${address}]`).hostname.slice(1, -1)
      expect(parseAddress(address)).toEqual(parseAddress(canonical))
      expect(classOf(address.toUpperCase())).toBe(classOf(canonical))
    }),
  )
})

test('an IPv4 address and the same one mapped into IPv6 are one address', () => {
  fc.assert(
    fc.property(fc.ipV4(), (address) => {
      expect(parseAddress(`::ffff:${address}`)).toEqual(parseAddress(address))
    }),
  )
})

test('what is no address is invalid, and nothing else is', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.ipV4(), fc.ipV4Extended(), fc.ipV6()), (text) => {
      expect(classOf(text) === 'invalid').toBe(isIP(text) === 0)
    }),
  )
})

describe('networks', () => {
  test.for([
    ['10.20.0.0/16', '10.20.255.255', true],
    ['10.20.0.0/16', '10.21.0.0', false],
    ['10.20.1.2/16', '10.20.9.9', true],
    ['0.0.0.0/0', '8.8.8.8', true],
    ['0.0.0.0/0', '::1', false],
    ['::/0', '8.8.8.8', false],
    ['fd00::/8', 'fdff::1', true],
    ['192.168.1.7', '192.168.1.7', true],
    ['192.168.1.7', '192.168.1.8', false],
    ['::ffff:10.0.0.0/104', '10.255.0.1', true],
    ['10.0.0.0/8', '::ffff:10.1.1.1', true],
  ] as const)('%s contains %s: %s', ([network, address, inside]) => {
    const [outer, inner] = [parseNetwork(network), parseAddress(address)]
    if (outer === null || inner === null) throw new Error('both sides have to parse')
    expect(contains(outer, inner)).toBe(inside)
  })

  test.for([
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    '/8',
    'host/8',
    '10.0.0.0/8.5',
    '::ffff:10.0.0.0/64',
  ])('%s is none', (text) => {
    expect(parseNetwork(text)).toBeNull()
  })
})
