/** Values that mean something to one layer or another, beside any value at all. */
import fc from 'fast-check'
import { KINDS, placeholder } from './placeholders.ts'

/** What is told apart by DNS, HTTP, SQL, JSON, HTML, JavaScript or a log. */
const TELLING: readonly string[] = [
  '',
  ' ',
  '.',
  '..',
  '*',
  '/',
  '%',
  '%00',
  '%2e%2e%2f',
  '%F0%9F%92%A9',
  '\0',
  '\ud800',
  'a\udfffb',
  '\u2028',
  '\u202e',
  '\ufeff',
  'a\r\nX-Injected: yes',
  '\x1b[2J',
  '-1',
  '0',
  '1e309',
  '9223372036854775808',
  'NaN',
  'true',
  'null',
  '__proto__',
  'constructor',
  'toString',
  'example.com',
  'www',
  '*.example.com',
  'xn--',
  'xn--a',
  'münchen.example',
  '\\000.example.com',
  `${'a'.repeat(64)}.example`,
  `${'a.'.repeat(127)}example`,
  'hostile.example',
  '192.0.2.1',
  '192.0.2.0/24',
  '2001:db8::1',
  '::ffff:127.0.0.1',
  'fe80::1%eth0',
  '1.2.0.192.in-addr.arpa',
  '10 mx.example.com',
  '0 issue "ca.example"',
  'v=spf1 -all',
  'v=DMARC1; p=none',
  "'; drop table monitors; --",
  '%s%n',
  '${7*7}',
  '<script>alert(1)</script>',
  '"><img src=x>',
  'https://example.com/',
  'http://[::ffff:127.0.0.1]/',
  'http://169.254.169.254/latest/meta-data',
  'http://user:password@example.com:99999/',
  'mailto:nobody@example.com',
  'javascript:alert(1)',
  'grp_01h455vb4pex5vsknk084sn02q',
  'mon_01h455vb4pex5vsknk084sn02q',
  'mon_7zzzzzzzzzzzzzzzzzzzzzzzzz',
  '2026-02-30',
  '2026-01-31T12:00:00Z',
  '+275760-09-13T00:00:00.001Z',
  'whsec_not base64',
  'é'.repeat(300),
  'x'.repeat(1001),
]

/** Each of them is put into the place of what the object that it names is called at the time of sending. */
export const idText: fc.Arbitrary<string> = fc.constantFrom(...KINDS.map(placeholder))

export const hostileText: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...TELLING) },
  { weight: 2, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: idText },
)

/** Of 20,000 characters. */
const long = fc.constantFrom('x', 'é', '\u{1f4a9}', '[', '\\', '"', 'a.').map((unit) => unit.repeat(20_000))

/** Nested further than anything needs, and further than some readers can. */
const deep = fc.constantFrom(20, 2000).map((depth) => JSON.parse('['.repeat(depth) + ']'.repeat(depth)) as unknown)

const many = fc.constantFrom(2000).map((count) => Array<number>(count).fill(7))

const numbers = fc.constantFrom(-1, 0, 1, 5, 60, 1.5, -0, 1e308, 2 ** 31, 2 ** 53, -(2 ** 63), 0.1)

export const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  { weight: 8, arbitrary: hostileText },
  { weight: 4, arbitrary: numbers },
  { weight: 3, arbitrary: fc.constantFrom(null, true, false, [], {}, [[]], [null], { a: {} }) },
  { weight: 3, arbitrary: fc.array(hostileText, { maxLength: 4 }) },
  { weight: 2, arbitrary: fc.dictionary(hostileText, hostileText, { maxKeys: 3 }) },
  { weight: 2, arbitrary: fc.jsonValue({ maxDepth: 3 }) },
  { weight: 1, arbitrary: fc.oneof(long, deep, many) },
)
