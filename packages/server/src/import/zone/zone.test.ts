/** What a zone file becomes, and where each fault in one is told. */
import { describe, expect, test } from 'vitest'
import { faultLine } from '../../source/place.ts'
import { readZone } from './zone.ts'

function monitorsOf(text: string, origin = 'example.com'): readonly string[] {
  const { wanted, faults } = readZone(text, { origin })
  expect(faults).toEqual([])
  return wanted.map(
    ({ input }) => `${input.full_domain} ${input.record_type} ${[input.expected_value].flat().join(' | ')}`,
  )
}

describe('a record is read however it is written', () => {
  test.for<[why: string, text: string, monitors: readonly string[]]>([
    ['time to live, then class', 'www 300 IN A 192.0.2.1', ['www.example.com A 192.0.2.1']],
    ['class, then time to live', 'www IN 300 A 192.0.2.1', ['www.example.com A 192.0.2.1']],
    ['neither', 'www A 192.0.2.1', ['www.example.com A 192.0.2.1']],
    ['units of time', 'www 1h30m in a 192.0.2.1', ['www.example.com A 192.0.2.1']],
    ['an owner that is a number', '7 300 IN PTR host', ['7.example.com PTR host.example.com']],
    ['an absolute owner', 'www.example.net. A 192.0.2.1', ['www.example.net A 192.0.2.1']],
    ['the origin itself', '@ MX 10 mail', ['example.com MX 10 mail.example.com']],
    ['an at sign that is a label', '\\@ A 192.0.2.1', ['@.example.com A 192.0.2.1']],
    ['a blank owner', 'a A 192.0.2.1\n  A 192.0.2.2', ['a.example.com A 192.0.2.1 | 192.0.2.2']],
    [
      'a blank owner across comments',
      'a A 192.0.2.1\n; no\n\n\tAAAA 2001:db8::1',
      ['a.example.com A 192.0.2.1', 'a.example.com AAAA 2001:db8::1'],
    ],
    [
      'an origin that changes',
      '$ORIGIN sub\na A 192.0.2.1\n$ORIGIN example.net.\na A 192.0.2.2',
      ['a.sub.example.com A 192.0.2.1', 'a.example.net A 192.0.2.2'],
    ],
    ['a root origin', '$ORIGIN .\nexample.net NS ns.example.net', ['example.net NS ns.example.net']],
    ['parentheses across lines', 'a TXT ( "one; " ; not two\n  "two" )', ['a.example.com TXT one; two']],
    ['a semicolon in quotes', 'a TXT "v=DMARC1; p=none" ; comment', ['a.example.com TXT v=DMARC1; p=none']],
    ['an escaped quote', 'a TXT "say \\"hi\\""', ['a.example.com TXT say "hi"']],
    ['octets by number', 'a TXT "tab\\009end"', ['a.example.com TXT tab\\009end']],
    ['text without quotes', 'a TXT bare\\;word', ['a.example.com TXT bare;word']],
    ['an empty text', 'a TXT ""', ['a.example.com TXT ""']],
    ['a CAA record', '@ CAA 0 issue "ca.example"', ['example.com CAA 0 issue "ca.example"']],
    ['a wildcard', '*.w A 192.0.2.1', ['*.w.example.com A 192.0.2.1']],
    ['data as octets', 'a TYPE65280 \\# 1 00\na A \\# 4 C0 000201', ['a.example.com A 192.0.2.1']],
    ['Windows line ends', '$TTL 1d\r\na A 192.0.2.1\r\n', ['a.example.com A 192.0.2.1']],
    ['a byte order mark', '\ufeffa A 192.0.2.1', ['a.example.com A 192.0.2.1']],
    ['the same record twice', 'a A 192.0.2.1\na A 192.0.2.1', ['a.example.com A 192.0.2.1']],
    ['an address in another spelling', 'a AAAA 2001:DB8:0:0::1', ['a.example.com AAAA 2001:db8::1']],
  ])('%s', ([, text, monitors]) => {
    expect(monitorsOf(text)).toEqual(monitors)
  })
})

describe('a fault is told with its line and column', () => {
  test.for<[why: string, text: string, told: string]>([
    ['an unknown type', 'a A 192.0.2.1\nb 300 IN CNAM other', '2:10: "CNAM" is no record type. Did you mean CNAME?'],
    ['data of another type', 'a A 2001:db8::1', '1:5: "2001:db8::1" is not an IPv4 address'],
    ['data that is missing', 'a MX mail', '1:6: A record of type MX says <priority> <host>; something is missing'],
    [
      'data that is too much',
      'a A 192.0.2.1 192.0.2.2',
      '1:15: A record of type A says <address>, and "192.0.2.2" is more',
    ],
    ['a string without an end', 'a TXT "one\nb A 192.0.2.1', '1:7: This string has no closing quote'],
    ['a parenthesis without an end', 'a TXT ( "one"\nb A 192.0.2.1', '1:7: This parenthesis is never closed'],
    ['a parenthesis without a beginning', 'a TXT "one" )', '1:13: This parenthesis was never opened'],
    ['a time to live that is none', 'a 1y A 192.0.2.1', '1:3: "1y" is no time to live'],
    ['an empty label', 'a..b A 192.0.2.1', '1:1: "a..b": This is not a name: it has an empty label'],
    ['a file that is included', '$INCLUDE /etc/passwd', '1:1: $INCLUDE is not followed here'],
    ['records that are generated', '$GENERATE 1-9999999 a$ A 192.0.2.1', '1:1: $GENERATE is not followed here'],
    ['an unknown directive', '$TLL 300', '1:1: "$TLL" is no directive. Did you mean $TTL?'],
    ['a line that begins with a blank', '  A 192.0.2.1', '1:3: This line has no owner name'],
    ['a character-string that is too long', `a TXT "${'x'.repeat(256)}"`, '1:7: This string has 256 octets'],
    ['octets that are not as many', 'a A \\# 5 C0000201', '1:8: Data as octets says'],
    ['octets that are no record', 'a A \\# 3 C00002', '1:8: These octets are no record of type A'],
    ['an entry that ends early', 'a 300 IN', '1:1: This entry ends before its record type'],
  ])('%s', ([, text, told]) => {
    const { faults } = readZone(text, { origin: 'example.com' })
    const lines = faults.map((fault) => faultLine('zone.db', fault))
    expect(lines[0]).toContain(`zone.db:${told}`)
  })

  test('a relative name without an origin names the option that gives one', () => {
    const { faults } = readZone('www A 192.0.2.1')
    expect(faults[0]?.message).toContain('--origin')
  })

  test('all of them are told, in the order of the file', () => {
    const { faults } = readZone('a A 1\nb A 2\nc A 192.0.2.1\nd FOO x', { origin: 'example.com' })
    expect(faults.map(({ place }) => place.line)).toEqual([1, 2, 4])
  })
})

describe('what is no news of the zone is left out, with the reason', () => {
  const ZONE = `$ORIGIN example.com.
@   SOA ns1 hostmaster ( 1 2 3 4 5 )
    NS  ns1
ns1 A   192.0.2.1
sub NS  ns.sub
ns.sub A 192.0.2.2
_sip._tcp SRV 1 2 3 sip
@   TYPE65534 \\# 1 00
a   CH TXT "chaos"
elsewhere.example.net. A 192.0.2.3
`
  test('the SOA, glue, other types, other classes and other zones', () => {
    const { wanted, leftOut, faults } = readZone(ZONE)
    expect(faults).toEqual([])
    expect(wanted.map(({ input }) => `${input.full_domain} ${input.record_type}`)).toEqual([
      'example.com NS',
      'ns1.example.com A',
      'sub.example.com NS',
    ])
    expect(leftOut.map(({ place, what, why }) => `${place.line} ${what}: ${why}`)).toEqual([
      '2 example.com SOA: its serial changes with every edit of the zone',
      '6 ns.sub.example.com A: it belongs to sub.example.com, which is delegated to other servers',
      '7 _sip._tcp.example.com SRV: records of type SRV cannot be watched',
      '8 example.com TYPE65534: records of type TYPE65534 cannot be watched',
      '9 a.example.com TXT: it is not of class IN',
      '10 elsewhere.example.net A: it is not in the zone example.com, whose servers do not answer for it',
    ])
  })

  test('a dot inside a label does not make it part of a zone', () => {
    const { leftOut } = readZone('example.com. SOA a. b. 1 2 3 4 5\nx\\.example.com. A 192.0.2.1')
    expect(leftOut.map(({ what }) => what)).toContain('x\\.example.com A')
  })

  test('a value that no monitor holds is left out, unless what is published is the baseline', () => {
    const strings = Array.from({ length: 5 }, () => `"${'x'.repeat(250)}"`).join(' ')
    const text = `a TXT ( ${strings} )`
    expect(readZone(text, { origin: 'example.com' }).leftOut[0]?.why).toContain('--match baseline')
    const { wanted } = readZone(text, { origin: 'example.com', match: 'baseline' })
    expect(wanted.map(({ input }) => input)).toEqual([
      { full_domain: 'a.example.com', record_type: 'TXT', match: 'baseline' },
    ])
  })

  test('a record set of more than ten becomes monitors that each want ten of it present', () => {
    const text = Array.from({ length: 23 }, (_, at) => `a A 192.0.2.${at}`).join('\n')
    const { wanted } = readZone(text, { origin: 'example.com' })
    expect(wanted.map(({ input }) => [input.match, [input.expected_value].flat().length])).toEqual([
      ['includes', 10],
      ['includes', 10],
      ['includes', 3],
    ])
  })
})
