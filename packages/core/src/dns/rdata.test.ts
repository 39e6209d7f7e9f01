import { expect, test } from 'vitest'
import { decodeRdata, MalformedRdata, parseRdata, queryType, type RecordType, typeCode } from '../record-types.ts'
import { encodeName, MalformedMessage } from './labels.ts'

const latin1 = (text: string) => Array.from(text, (character) => character.charCodeAt(0))
const string = (text: string) => [text.length, ...latin1(text)]
const name = (text: string) => [...encodeName(text)]

const decoded: { why: string; type: RecordType; octets: number[]; text: string; key?: string }[] = [
  { why: 'an IPv4 address', type: 'A', octets: [192, 0, 2, 1], text: '192.0.2.1' },
  {
    why: 'the longest run of zeros is left out',
    type: 'AAAA',
    octets: [0x20, 1, 0xd, 0xb8, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1],
    text: '2001:db8:0:1::1',
  },
  {
    why: 'of equal runs the first is left out',
    type: 'AAAA',
    octets: [0x20, 1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0, 0, 1],
    text: '2001::1:1:0:0:1',
  },
  {
    why: 'one group of zeros is not left out',
    type: 'AAAA',
    octets: [0, 1, 0, 2, 0, 3, 0, 4, 0, 0, 0, 6, 0, 7, 0, 8],
    text: '1:2:3:4:0:6:7:8',
  },
  {
    why: 'an IPv4-mapped address shows its IPv4 end',
    type: 'AAAA',
    octets: [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 255, 255, 192, 0, 2, 1],
    text: '::ffff:192.0.2.1',
  },
  { why: 'the unspecified address', type: 'AAAA', octets: new Array<number>(16).fill(0), text: '::' },
  { why: 'a name in lower case', type: 'CNAME', octets: name('Target.Example'), text: 'target.example' },
  { why: 'the root as a target', type: 'NS', octets: [0], text: '.' },
  { why: 'a dot inside a label', type: 'PTR', octets: name('a\\.b.Example'), text: 'a\\.b.example' },
  { why: 'a mail server', type: 'MX', octets: [0, 10, ...name('MX1.Service.com')], text: '10 mx1.service.com' },
  { why: 'the null MX', type: 'MX', octets: [0, 0, 0], text: '0 .' },
  { why: 'a TXT record', type: 'TXT', octets: string('Hello, World'), text: 'Hello, World' },
  {
    why: 'character-strings joined without a space',
    type: 'TXT',
    octets: [...string('v=spf1 inc'), ...string('lude:a.b -all')],
    text: 'v=spf1 include:a.b -all',
  },
  { why: 'an empty TXT record', type: 'TXT', octets: [0], text: '""', key: '' },
  { why: 'UTF-8', type: 'TXT', octets: string('gr\xc3\xbc\xc3\x9fe'), text: 'grüße', key: 'gr\xc3\xbc\xc3\x9fe' },
  {
    why: 'a byte order mark is kept',
    type: 'TXT',
    octets: string('\xef\xbb\xbfx'),
    text: '\ufeffx',
    key: '\xef\xbb\xbfx',
  },
  {
    why: 'octets that are no UTF-8',
    type: 'TXT',
    octets: string('a\xff\xc3\xed\xa0\x80b'),
    text: 'a\\255\\195\\237\\160\\128b',
    key: 'a\xff\xc3\xed\xa0\x80b',
  },
  {
    why: 'NUL and other controls',
    type: 'TXT',
    octets: string('a\0\t\x7f\xc2\x9b'),
    text: 'a\\000\\009\\127\\194\\155',
    key: 'a\0\t\x7f\xc2\x9b',
  },
  { why: 'a backslash', type: 'TXT', octets: string('a\\;b\\'), text: 'a\\;b\\', key: 'a\\;b\\' },
  {
    why: 'a backslash before digits that would read as an escape',
    type: 'TXT',
    octets: string('\\065 \\999'),
    text: '\\092065 \\999',
    key: '\\065 \\999',
  },
  { why: 'data in literal quotes', type: 'TXT', octets: string('"a\\b"'), text: '"\\"a\\\\b\\""', key: '"a\\b"' },
  { why: 'one literal quote', type: 'TXT', octets: string('"'), text: '"' },
  { why: 'a CAA record', type: 'CAA', octets: [0, 5, ...latin1('ISSUEca.example')], text: '0 issue "ca.example"' },
  {
    why: 'a CAA value with quotes',
    type: 'CAA',
    octets: [128, 5, ...latin1('iodef"\\\0')],
    text: '128 iodef "\\"\\\\\\000"',
  },
  { why: 'an empty CAA value', type: 'CAA', octets: [0, 5, ...latin1('issue')], text: '0 issue ""' },
]

test.for(decoded)('$type: $why is shown as $text', ({ type, octets, text, key = text }) => {
  const message = Uint8Array.from([0xff, ...octets, 0xff])
  const record = decodeRdata(type, message, 1, 1 + octets.length)
  expect(record).toEqual({ text, key })
  expect(parseRdata(type, text)).toEqual(record)
})

const malformed: { why: string; type: RecordType; octets: number[] }[] = [
  { why: 'an address too short', type: 'A', octets: [1, 2, 3] },
  { why: 'an address too long', type: 'A', octets: [1, 2, 3, 4, 5] },
  { why: 'an IPv4 address as AAAA', type: 'AAAA', octets: [1, 2, 3, 4] },
  { why: 'no name', type: 'CNAME', octets: [] },
  { why: 'octets after a name', type: 'NS', octets: [...name('a.b'), 0] },
  { why: 'a name that runs past its record', type: 'PTR', octets: [3, 97] },
  { why: 'a priority without a host', type: 'MX', octets: [0, 10] },
  { why: 'octets after a host', type: 'MX', octets: [0, 10, 0, 0] },
  { why: 'no character-string', type: 'TXT', octets: [] },
  { why: 'a character-string that runs past its record', type: 'TXT', octets: [5, 97] },
  { why: 'a tag that runs past its record', type: 'CAA', octets: [0, 9, 97] },
  { why: 'no tag', type: 'CAA', octets: [0, 0, 97] },
  { why: 'a tag that is no word', type: 'CAA', octets: [0, 1, 32] },
  { why: 'one octet', type: 'CAA', octets: [0] },
]

test.for(malformed)('$type: $why is malformed', ({ type, octets }) => {
  const message = Uint8Array.from(octets)
  let thrown: unknown
  try {
    decodeRdata(type, message, 0, octets.length)
  } catch (error) {
    thrown = error
  }
  expect(thrown instanceof MalformedRdata || thrown instanceof MalformedMessage).toBe(true)
})

const equal: { type: RecordType; text: string; same: string }[] = [
  { type: 'AAAA', text: '2001:0DB8:0:0::1', same: '2001:db8::1' },
  { type: 'AAAA', text: '::ffff:192.0.2.1', same: '::ffff:c000:201' },
  { type: 'AAAA', text: '1:2:3:4:5:6:1.2.3.4', same: '1:2:3:4:5:6:102:304' },
  { type: 'MX', text: '010 MX1.Service.com.', same: '10 mx1.service.com' },
  { type: 'TXT', text: '"one" "two"', same: 'onetwo' },
  { type: 'TXT', text: '"a\\;b\\"c\\\\\\100"', same: 'a;b"c\\d' },
  { type: 'TXT', text: '"grün"', same: 'gr\\195\\188n' },
  { type: 'TXT', text: '\\065', same: 'A' },
  { type: 'CAA', text: '0  Issue ca.example', same: '0 issue "ca.example"' },
]

test.for(equal)('$type: $text is the record $same', ({ type, text, same }) => {
  expect(parseRdata(type, text)).toEqual(parseRdata(type, same))
})

test('text in TXT records is neither trimmed nor lower-cased', () => {
  expect(parseRdata('TXT', ' A ').key).toBe(' A ')
})

const refused: [RecordType, string][] = [
  ['A', '01.2.3.4'],
  ['A', '1.2.3'],
  ['A', '0x7f.1'],
  ['A', '1.2.3.256'],
  ['A', ' 1.2.3.4'],
  ['A', '2001:db8::1'],
  ['AAAA', 'fe80::1%eth0'],
  ['AAAA', '192.0.2.1'],
  ['AAAA', '1::2::3'],
  ['CNAME', 'a b'],
  ['CNAME', ''],
  ['CNAME', 'a..b'],
  ['CNAME', `${'x'.repeat(64)}.a`],
  ['MX', 'mx1.service.com'],
  ['TXT', '"a" b "c"'],
  ['TXT', '"\\300"'],
  ['CAA', 'issue "x"'],
  ['CAA', '256 issue "x"'],
  ['CAA', '0 issue a b'],
]

test.for(refused)('%s: refuses %s', ([type, text]) => {
  expect(() => parseRdata(type, text)).toThrow(expect.objectContaining({ code: 'invalid_expectation' }))
})

test('policies are asked for as TXT records', () => {
  expect([queryType('SPF'), queryType('DMARC'), queryType('MX')]).toEqual(['TXT', 'TXT', 'MX'])
  expect(typeCode('CAA')).toBe(257)
})
