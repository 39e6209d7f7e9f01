/**
 * The classifier against a second reading of the IANA special-purpose registries.
 *
 * The rows stand here once more, in the registries' own words and order, and are read by Node's `BlockList`; nothing of
 * the classifier is used to decide what it should say.
 */
import { BlockList } from 'node:net'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { allowing, classOf, CLOSED, targetFault } from '../../test/targets.ts'
import { checkAddresses } from './guard.ts'

/** Special-purpose IPv4 (RFC 6890 and its successors), RFC 1112 classes D and E, and a cloud's public-looking host agent. */
const IPV4_BLOCKS: readonly string[] = [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.0.0/29',
  '192.0.0.8/32',
  '192.0.0.9/32',
  '192.0.0.10/32',
  '192.0.0.170/31',
  '192.0.2.0/24',
  '192.31.196.0/24',
  '192.52.193.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '192.175.48.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '255.255.255.255/32',
  '168.63.129.16/32',
]

/** Inside 2000::/3, the only space handed out for hosts. Blocks of the registry that count as reachable are no receivers. */
const IPV6_UNICAST_BLOCKS: readonly string[] = [
  '2001::/23',
  '2001::/32',
  '2001:1::1/128',
  '2001:1::2/128',
  '2001:1::3/128',
  '2001:2::/48',
  '2001:3::/32',
  '2001:4:112::/48',
  '2001:10::/28',
  '2001:20::/28',
  '2001:30::/28',
  '2001:db8::/32',
  '2002::/16',
  '2620:4f:8000::/48',
  '3fff::/20',
]

/** Special because nothing outside 2000::/3 is handed out. */
const IPV6_OTHER_BLOCKS: readonly string[] = [
  '::/128',
  '::1/128',
  '::/96',
  '::ffff:0:0:0/96',
  '64:ff9b:1::/48',
  '100::/64',
  '100:0:0:1::/64',
  '5f00::/16',
  'fc00::/7',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
]

const special = new BlockList()
for (const block of IPV4_BLOCKS) special.addSubnet(...subnet(block), 'ipv4')
for (const block of [...IPV6_UNICAST_BLOCKS, ...IPV6_OTHER_BLOCKS]) special.addSubnet(...subnet(block), 'ipv6')
const handedOut = new BlockList()
handedOut.addSubnet('2000::', 3, 'ipv6')

function subnet(block: string): [net: string, prefix: number] {
  const [net = '', prefix] = block.split('/')
  return [net, Number(prefix)]
}

const LOW_32 = 0xffff_ffffn
/** Both stand for the IPv4 address in their last 32 bits: mapped (RFC 4291) and NAT64 (RFC 6052). */
const STANDS_FOR_IPV4 = [0xffffn, 0x64_ff9b_0000_0000_0000_0000n]

function isPublic({ bits, value }: Numbered): boolean {
  if (bits === 128 && STANDS_FOR_IPV4.includes(value >> 32n)) return isPublic({ bits: 32, value: value & LOW_32 })
  const text = written({ bits, value })
  return bits === 32 ? !special.check(text, 'ipv4') : handedOut.check(text, 'ipv6') && !special.check(text, 'ipv6')
}

interface Numbered {
  readonly bits: 32 | 128
  readonly value: bigint
}

/** Without any abbreviation: the classifier's parser is under test, so its inverse is kept trivial. */
function written({ bits, value }: Numbered): string {
  const [size, radix, separator] = bits === 32 ? [8n, 10, '.'] : [16n, 16, ':']
  const places = bits / Number(size)
  const part = (at: number): bigint => (value >> (size * BigInt(places - 1 - at))) & ((1n << size) - 1n)
  return Array.from({ length: places }, (_, at) => part(at).toString(radix)).join(separator)
}

function firstOf(block: string): Numbered & { readonly prefix: number } {
  const [net, prefix] = subnet(block)
  if (!net.includes(':')) return { bits: 32, value: join(net.split('.').map(BigInt), 8n), prefix }
  const [head = '', tail = ''] = net.split('::')
  const groups = (text: string): bigint[] => (text === '' ? [] : text.split(':').map((group) => BigInt(`0x${group}`)))
  const [before, after] = [groups(head), groups(tail)]
  const zeros = Array<bigint>(8 - before.length - after.length).fill(0n)
  return { bits: 128, value: join([...before, ...zeros, ...after], 16n), prefix }
}

function join(parts: readonly bigint[], size: bigint): bigint {
  return parts.reduce((value, part) => (value << size) | part, 0n)
}

/** One before the block, its first and last, one after it; what is no address is left out. */
function edgesOf(block: string): { readonly inside: Numbered[]; readonly outside: Numbered[] } {
  const { bits, value, prefix } = firstOf(block)
  const last = value + (1n << BigInt(bits - prefix)) - 1n
  const exists = (edge: bigint): boolean => edge >= 0n && edge < 1n << BigInt(bits)
  const numbered = (edge: bigint): Numbered => ({ bits, value: edge })
  return {
    inside: [value, last].map(numbered),
    outside: [value - 1n, last + 1n].filter(exists).map(numbered),
  }
}

const named = new URL('https://hooks.example.com/')

/** The guard's word, which is the same for a literal, for an answer of the DNS and for the classifier. */
function admits(ip: string): boolean {
  const admitted = checkAddresses(named, [ip], CLOSED) === null
  expect(isPermitted(`http://${ip.includes(':') ? `[${ip}]` : ip}/`)).toBe(admitted)
  expect(classOf(ip) === 'public').toBe(admitted)
  return admitted
}

function isPermitted(url: string): boolean {
  const fault = targetFault(url)
  if (fault !== null) expect(fault).toContain('DNSRADAR_WEBHOOK_ALLOW')
  return fault === null
}

describe('the first and the last address of a block are refused, and around it only what another block holds', () => {
  test.for([...IPV4_BLOCKS, ...IPV6_UNICAST_BLOCKS, ...IPV6_OTHER_BLOCKS])('%s', (block) => {
    const { inside, outside } = edgesOf(block)
    for (const edge of inside) expect([written(edge), admits(written(edge))]).toEqual([written(edge), false])
    for (const edge of outside) expect([written(edge), admits(written(edge))]).toEqual([written(edge), isPublic(edge)])
  })

  test('2000::/3 is where hosts are, and nowhere else', () => {
    const { inside, outside } = edgesOf('2000::/3')
    expect(inside.map((edge) => admits(written(edge)))).toEqual([true, true])
    expect(outside.map((edge) => admits(written(edge)))).toEqual([false, false])
  })
})

/** Prefixes that carry an IPv4 address, and whether a public one makes the whole public. */
const CARRIERS: readonly { why: string; wrap: (v4: bigint) => bigint; opens: boolean }[] = [
  { why: 'mapped', wrap: (v4) => (0xffffn << 32n) | v4, opens: true },
  { why: 'NAT64', wrap: (v4) => (0x64_ff9bn << 96n) | v4, opens: true },
  { why: 'local NAT64', wrap: (v4) => (0x64_ff9b_0001n << 80n) | v4, opens: false },
  { why: '6to4', wrap: (v4) => (0x2002n << 112n) | (v4 << 80n) | 1n, opens: false },
  { why: 'IPv4-compatible', wrap: (v4) => v4, opens: false },
  { why: 'IPv4-translated', wrap: (v4) => (0xffffn << 48n) | v4, opens: false },
  { why: 'Teredo client', wrap: (v4) => (0x2001n << 112n) | (v4 ^ LOW_32), opens: false },
]

test.for(CARRIERS)('$why addresses of every special IPv4 block are refused', ({ wrap, opens }) => {
  for (const edge of IPV4_BLOCKS.flatMap((block) => edgesOf(block).inside)) {
    expect(admits(written({ bits: 128, value: wrap(edge.value) }))).toBe(false)
  }
  expect(admits(written({ bits: 128, value: wrap(0x0808_0808n) }))).toBe(opens)
})

/** Anywhere, and near the edges where a mistake of one bit shows. */
function anAddress(bits: 32 | 128, blocks: readonly string[]): fc.Arbitrary<Numbered> {
  const max = (1n << BigInt(bits)) - 1n
  const anywhere = fc.bigInt({ min: 0n, max })
  const nearby = fc
    .tuple(fc.constantFrom(...blocks), fc.bigInt({ min: 0n, max: BigInt(bits) }), anywhere)
    .map(([block, flipped, tail]) => {
      const { value, prefix } = firstOf(block)
      const free = BigInt(bits - prefix)
      return (((value >> free) << free) | (tail & ((1n << free) - 1n))) ^ ((1n << flipped) & max)
    })
  return fc.oneof(anywhere, nearby).map((value) => ({ bits, value }))
}

test('for every address of 32 bits the guard says what the registry says', () => {
  fc.assert(
    fc.property(anAddress(32, IPV4_BLOCKS), (address) => admits(written(address)) === isPublic(address)),
    { numRuns: 1000 },
  )
})

test('for every address of 128 bits the guard says what the registry says', () => {
  const blocks = [...IPV6_UNICAST_BLOCKS, ...IPV6_OTHER_BLOCKS, '2000::/3', '64:ff9b::/96', '::ffff:0:0/96']
  const carried = fc
    .tuple(fc.constantFrom(...CARRIERS), anAddress(32, IPV4_BLOCKS))
    .map(([{ wrap }, { value }]): Numbered => ({ bits: 128, value: wrap(value) }))
  fc.assert(
    fc.property(fc.oneof(anAddress(128, blocks), carried), (address) => admits(written(address)) === isPublic(address)),
    { numRuns: 1500 },
  )
})

describe('a metadata service is opened by its own address and by nothing wider', () => {
  const wide = ['0.0.0.0/0', '::/0', 'hooks.example.com']
  const addresses = [
    '169.254.169.254',
    '169.254.170.2',
    '169.254.170.23',
    '169.254.0.23',
    '169.254.42.42',
    '168.63.129.16',
    '100.100.100.200',
    '192.0.0.192',
    'fd00:ec2::254',
    'fd00:ec2::23',
    'fd20:ce::254',
    'fd00:c1::a9fe:a9fe',
    'fd00:42::42',
    'fe80::a9fe:a9fe',
    'fe80::a9fe:a9fe%eth0',
    '::ffff:169.254.169.254',
    '64:ff9b::169.254.169.254',
    '64:ff9b:1::169.254.169.254',
    '::169.254.169.254',
    '::ffff:0:169.254.169.254',
    '2002:a9fe:a9fe::1',
    '2002:a83f:8110::',
  ]

  test.for(addresses)('%s', (ip) => {
    expect(classOf(ip)).toBe('metadata')
    expect(checkAddresses(named, [ip], allowing(...wide))).toContain('the metadata service of a cloud')
    expect(checkAddresses(named, [ip], allowing(ip.split('%')[0] ?? ''))).toBeNull()
  })
})
