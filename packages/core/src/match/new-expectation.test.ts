/** What may be expected at all. */
import { expect, test } from 'vitest'
import { refusalOf } from '../../test/refusal.ts'
import type { MatchMode } from '../monitor/monitor.ts'
import type { MonitorType } from '../record-types.ts'
import { newExpectation } from './expectation.ts'

const refused: {
  why: string
  type: MonitorType
  match?: MatchMode
  expected: string[]
  fields: Record<string, RegExp>
}[] = [
  { why: 'no value', type: 'A', expected: [], fields: { expected_value: /required/ } },
  { why: 'an empty value', type: 'TXT', expected: [''], fields: { expected_value: /empty/ } },
  { why: 'one empty value of two', type: 'A', expected: ['1.2.3.4', ''], fields: { 'expected_value[1]': /empty/ } },
  {
    why: 'eleven values',
    type: 'A',
    expected: Array.from({ length: 11 }, (_, at) => `10.0.0.${at}`),
    fields: { expected_value: /11.*10/ },
  },
  {
    why: 'a value of 1001 characters',
    type: 'TXT',
    expected: ['x'.repeat(1001)],
    fields: { expected_value: /1001.*1000/ },
  },
  {
    why: 'every wrong value is named',
    type: 'A',
    expected: ['1.2.3', '1.2.3.4', 'x'],
    fields: { 'expected_value[0]': /IPv4/, 'expected_value[2]': /IPv4/ },
  },
  { why: 'an IPv6 address for A', type: 'A', expected: ['2001:db8::1'], fields: { expected_value: /AAAA/ } },
  { why: 'a leading zero', type: 'A', expected: ['01.2.3.4'], fields: { expected_value: /leading zeros/ } },
  { why: 'a zone id', type: 'AAAA', expected: ['fe80::1%eth0'], fields: { expected_value: /zone/ } },
  { why: 'an address as an alias', type: 'CNAME', expected: ['192.0.2.1'], fields: { expected_value: /A or AAAA/ } },
  {
    why: 'a URL as an alias',
    type: 'CNAME',
    expected: ['https://example.com'],
    fields: { expected_value: /host name/ },
  },
  { why: 'two aliases', type: 'CNAME', expected: ['a.example', 'b.example'], fields: { expected_value: /any_of/ } },
  {
    why: 'two aliases, flexible',
    type: 'CNAME',
    match: 'includes',
    expected: ['a.example', 'b.example'],
    fields: { expected_value: /any_of/ },
  },
  {
    why: 'an address as a name server',
    type: 'NS',
    expected: ['ns1.example', '192.0.2.1'],
    fields: { 'expected_value[1]': /address/ },
  },
  {
    why: 'an e-mail address as a host',
    type: 'PTR',
    expected: ['a@b.example'],
    fields: { expected_value: /host name/ },
  },
  {
    why: 'a priority at the end',
    type: 'MX',
    expected: ['mx1.service.com 10'],
    fields: { expected_value: /comes first/ },
  },
  {
    why: 'a forgotten space',
    type: 'MX',
    expected: ['10mx1.service.com'],
    fields: { expected_value: /`10 mx1\.service\.com`/ },
  },
  {
    why: 'a forgotten space beside formatted values',
    type: 'MX',
    expected: ['10mx1.service.com', '20 mx2.service.com'],
    fields: { 'expected_value[0]': /`10 mx1\.service\.com`/ },
  },
  {
    why: 'a forgotten space before smtp',
    type: 'MX',
    expected: ['5smtp.service.com'],
    fields: { expected_value: /space/ },
  },
  { why: 'two spaces', type: 'MX', expected: ['10  mx1.service.com'], fields: { expected_value: /one space/ } },
  { why: 'a leading space', type: 'MX', expected: [' mx1.service.com'], fields: { expected_value: /priority/ } },
  { why: 'a tab', type: 'MX', expected: ['10\tmx1.service.com'], fields: { expected_value: /space|name/ } },
  {
    why: 'a dot after the priority',
    type: 'MX',
    expected: ['10. mx1.service.com'],
    fields: { expected_value: /priority/ },
  },
  {
    why: 'a priority above 65535',
    type: 'MX',
    expected: ['65536 mx1.service.com'],
    fields: { expected_value: /65535/ },
  },
  { why: 'a negative priority', type: 'MX', expected: ['-1 mx1.service.com'], fields: { expected_value: /priority/ } },
  {
    why: 'a fractional priority',
    type: 'MX',
    expected: ['1.5 mx1.service.com'],
    fields: { expected_value: /priority/ },
  },
  { why: 'a priority without a host', type: 'MX', expected: ['10 '], fields: { expected_value: /no host/ } },
  {
    why: 'priorities for some values only',
    type: 'MX',
    expected: ['10 mx1.service.com', 'mx2.service.com'],
    fields: { 'expected_value[1]': /all values or for none/ },
  },
  {
    why: 'priorities for the last value only',
    type: 'MX',
    match: 'any_of',
    expected: ['mx1.service.com', '10 mx2.service.com'],
    fields: { 'expected_value[0]': /all values or for none/ },
  },
  { why: 'an address as a mail server', type: 'MX', expected: ['10 192.0.2.1'], fields: { expected_value: /address/ } },
  {
    why: 'a null MX beside a server',
    type: 'MX',
    expected: ['.', 'mx1.service.com'],
    fields: { expected_value: /null MX/ },
  },
  {
    why: 'quotes that are no zone-file text',
    type: 'TXT',
    expected: ['"a" b "c"'],
    fields: { expected_value: /zone-file/ },
  },
  {
    why: 'an SPF term that is none',
    type: 'TXT',
    match: 'includes',
    expected: ['v=spf1 inlude:a.example'],
    fields: { expected_value: /inlude:a\.example/ },
  },
  {
    why: 'two exact SPF records',
    type: 'TXT',
    expected: ['v=spf1 -all', 'v=spf1 ~all'],
    fields: { 'expected_value[1]': /includes/ },
  },
  {
    why: 'two redirects',
    type: 'TXT',
    match: 'includes',
    expected: ['v=spf1 redirect=a.example', 'v=spf1 redirect=b.example'],
    fields: { 'expected_value[1]': /redirect/ },
  },
  {
    why: 'a DMARC policy that does not exist',
    type: 'TXT',
    match: 'includes',
    expected: ['v=DMARC1; p=rejct'],
    fields: { expected_value: /quarantine/ },
  },
  {
    why: 'a DMARC report address without its scheme',
    type: 'TXT',
    match: 'includes',
    expected: ['v=DMARC1; rua=a@b.example'],
    fields: { expected_value: /mailto:/ },
  },
  {
    why: 'a DMARC tag without a value',
    type: 'TXT',
    match: 'includes',
    expected: ['v=DMARC1; reject'],
    fields: { expected_value: /tag=value/ },
  },
  {
    why: 'a DMARC tag twice',
    type: 'TXT',
    match: 'includes',
    expected: ['v=DMARC1; p=none; p=none'],
    fields: { expected_value: /twice/ },
  },
  {
    why: 'two DMARC policies',
    type: 'TXT',
    match: 'includes',
    expected: ['v=DMARC1; p=none', 'v=DMARC1; p=reject'],
    fields: { 'expected_value[1]': /p=reject/ },
  },
  { why: 'other text for SPF', type: 'SPF', expected: ['include:a.example'], fields: { expected_value: /v=spf1/ } },
  {
    why: 'other text for DMARC',
    type: 'DMARC',
    match: 'includes',
    expected: ['v=DMARC1', 'p=none'],
    fields: { 'expected_value[1]': /v=DMARC1/ },
  },
  {
    why: 'a CAA record without its flags',
    type: 'CAA',
    expected: ['issue "ca.example"'],
    fields: { expected_value: /flags/ },
  },
  { why: 'a network for MX', type: 'MX', match: 'cidr', expected: ['10.0.0.0/8'], fields: { match: /A and AAAA/ } },
  {
    why: 'an IPv6 network for A',
    type: 'A',
    match: 'cidr',
    expected: ['2001:db8::/32'],
    fields: { expected_value: /IPv4 network/ },
  },
  {
    why: 'a prefix too long',
    type: 'A',
    match: 'cidr',
    expected: ['10.0.0.0/33'],
    fields: { expected_value: /IPv4 network/ },
  },
  { why: 'no network', type: 'A', match: 'cidr', expected: [], fields: { expected_value: /required/ } },
  {
    why: 'a value for absent',
    type: 'A',
    match: 'absent',
    expected: ['1.2.3.4'],
    fields: { expected_value: /takes no/ },
  },
  {
    why: 'a value for baseline',
    type: 'A',
    match: 'baseline',
    expected: ['1.2.3.4'],
    fields: { expected_value: /takes no/ },
  },
]

test.for(refused)('$type: $why is refused', ({ type, match = 'exact', expected, fields }) => {
  const error = refusalOf(() => newExpectation({ type, match, expected }))
  expect(error.code).toBe('invalid_expectation')
  expect(error.fields).toEqual(
    Object.fromEntries(Object.entries(fields).map(([field, says]) => [field, expect.stringMatching(says)])),
  )
  expect(Object.values(error.fields ?? {})).toContain(error.message)
})

test('ten values of 1000 characters are accepted', () => {
  const expected = Array.from({ length: 10 }, (_, at) => `${at}`.repeat(1000))
  expect(newExpectation({ type: 'TXT', match: 'includes', expected }).display).toBe(expected)
})
