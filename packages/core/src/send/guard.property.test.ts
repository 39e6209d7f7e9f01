/** Laws of the guard: a target is what is dialled, however it is written. */
import { createRequire } from 'node:module'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { allowing, targetFault } from '../../test/targets.ts'
import type { TargetRules } from './guard.ts'

/** Octal, decimal or hexadecimal, with more zeros in front than anybody needs. */
const RADIXES: readonly ((value: number, zeros: number) => string)[] = [
  (value) => String(value),
  (value, zeros) => `0${'0'.repeat(zeros)}${value.toString(8)}`,
  (value, zeros) => `0x${'0'.repeat(zeros)}${value.toString(16)}`,
  (value, zeros) => `0X${'0'.repeat(zeros)}${value.toString(16).toUpperCase()}`,
]

/** Ways to write characters that a url takes for the plain ones. */
const DISGUISES: readonly ((host: string) => string)[] = [
  (host) => host,
  (host) => host.replace(/[0-9a-z]/gi, fullWidth),
  (host) => host.replaceAll('.', '。'),
  (host) => host.replaceAll('.', '．'),
  (host) => host.replaceAll('.', '｡'),
  (host) => host.replace(/./g, percent),
  (host) => host.replaceAll('.', '%2E'),
  (host) => host.split('').join('\t'),
  (host) => host.replaceAll('.', '\n.\r'),
  (host) => host.split('').join('\u00ad'),
  (host) => `\u200b${host}`,
]

function fullWidth(character: string): string {
  return String.fromCharCode(character.charCodeAt(0) + 0xfee0)
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16)}`
}

/** One to four parts, the last of which takes all the octets that are left (https://url.spec.whatwg.org/#concept-ipv4-parser). */
function spelled(octets: readonly number[], radixes: readonly number[], zeros: number): string {
  const leading = octets.slice(0, radixes.length - 1)
  const rest = octets.slice(radixes.length - 1).reduce((value, octet) => value * 256 + octet, 0)
  return [...leading, rest].map((part, at) => RADIXES[radixes[at] ?? 0]?.(part, zeros)).join('.')
}

const octets = fc.oneof(
  fc.constantFrom([127, 0, 0, 1], [10, 0, 0, 5], [169, 254, 169, 254], [0, 0, 0, 0], [192, 168, 1, 1], [8, 8, 8, 8]),
  fc.array(fc.nat(255), { minLength: 4, maxLength: 4 }),
)
const radixes = fc.array(fc.nat(RADIXES.length - 1), { minLength: 1, maxLength: 4 })

test('an IPv4 address gets one answer in all of its spellings', () => {
  const spelling = fc.record({
    octets,
    radixes,
    zeros: fc.nat(3),
    disguise: fc.constantFrom(...DISGUISES),
    dot: fc.constantFrom('', '.'),
    start: fc.constantFrom('http://', 'HTTP:', 'http:/', 'http:///', 'http:\\\\', ' \thttp://', 'ht\ntp://'),
    end: fc.constantFrom('', '/', '\\', ':8080/', '?a', '#a', '/@example.com', '\\@example.com', '#@example.com'),
  })
  fc.assert(
    fc.property(spelling, ({ octets: quad, radixes: parts, zeros, disguise, dot, start, end }) => {
      const plain = quad.join('.')
      const port = end.startsWith(':') ? 8080 : 80
      const url = `${start}${disguise(spelled(quad, parts, zeros) + dot)}${end}`
      expect(new URL(url).hostname).toBe(plain)
      expect(targetFault(url)).toBe(targetFault(`http://${plain}:${port}/`))
    }),
    { numRuns: 1000 },
  )
})

test('a private name is refused in all of its spellings', () => {
  const host = fc.constantFrom(
    'localhost',
    'a.localhost',
    'printer.local',
    'metadata.google.internal',
    'home.arpa',
    'router.home.arpa',
    'kubernetes.default.svc',
    'intranet',
  )
  fc.assert(
    fc.property(host, fc.constantFrom(...DISGUISES), fc.constantFrom('', '.', '..'), (name, disguise, dots) => {
      const url = `https://${disguise(name)}${dots}/`
      expect(targetFault(url)).toBe(targetFault(`https://${name}/`))
      expect(targetFault(url)).toContain('DNSRADAR_WEBHOOK_ALLOW')
    }),
  )
})

test('our own listen address is refused in all of its spellings, although everything is allowed', () => {
  const rules: TargetRules = {
    ...allowing('0.0.0.0/0', '::/0', 'localhost'),
    ownListen: { address: '127.0.0.1', port: 8053 },
  }
  fc.assert(
    fc.property(radixes, fc.nat(3), fc.constantFrom(...DISGUISES), (parts, zeros, disguise) => {
      const url = `http://${disguise(spelled([127, 0, 0, 1], parts, zeros))}:8053/monitors`
      expect(targetFault(url, rules)).toContain('this DNSRadar itself')
    }),
  )
})

test('whatever comes before an @ is no host, and credentials are refused', () => {
  const before = fc.constantFrom('example.com', 'user:secret', 'example.com%2f', 'a@b', '8.8.8.8:80', ':')
  fc.assert(
    fc.property(before, fc.constantFrom('127.0.0.1', '8.8.8.8', 'hooks.example.com'), (user, host) => {
      const word = targetFault(`https://${user}@${host}/`)
      // An empty user name with an empty password is none.
      expect(word === null).toBe(user === ':' && host !== '127.0.0.1')
      expect(word ?? '').not.toContain('secret')
    }),
  )
})

const PIECES = [
  'http',
  'https:',
  '://',
  ':',
  '/',
  '\\',
  '@',
  '.',
  '[',
  ']',
  '%',
  '2e',
  '#',
  '?',
  '\t',
  '0',
  '127',
  '::1',
  'a.example',
  'ü',
  '\0',
  ' ',
]

test('a text is refused with a reason or is the url of a host, whatever it is', () => {
  const text = fc.array(fc.constantFrom(...PIECES), { maxLength: 8 }).map((pieces) => pieces.join(''))
  fc.assert(
    fc.property(fc.constantFrom('', 'http://', 'https://a.example'), text, (start, rest) => {
      const url = start + rest
      const word = targetFault(url)
      if (word === null) {
        expect(new URL(url)).toMatchObject({ protocol: expect.stringMatching(/^https?:$/), username: '', password: '' })
      } else expect(word).not.toBe('without a field')
    }),
    { numRuns: 500 },
  )
})

/** The list ends at 10080; an entry far beyond it would be no slip of the hand. */
const PORTS = 16_384

/** undici's `fetch` keeps the list of https://fetch.spec.whatwg.org/#port-blocking, and its `request` does not look at it. */
test('the ports that fetch refuses are refused, and no others', () => {
  const fetchConstants: unknown = createRequire(import.meta.url)('undici/lib/web/fetch/constants.js')
  const { badPorts } = fetchConstants as { badPorts: readonly string[] }
  const refused = Array.from({ length: PORTS }, (_, port) => port).filter(
    (port) => targetFault(`http://hooks.example.com:${port}/`) !== null,
  )
  expect(refused).toEqual([...new Set([0, ...badPorts.map(Number)])].toSorted((a, b) => a - b))
})
