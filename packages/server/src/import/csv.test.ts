/** Tables of records: which columns there are, what rows mean together, and where a fault stands. */
import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { faultLine } from '../source/place.ts'
import { checkReading } from './checked.ts'
import { readCsv } from './csv.ts'

const inputs = (text: string) => {
  const { wanted, faults } = readCsv(text)
  expect(faults).toEqual([])
  return wanted.map(({ input }) => input)
}

test('rows of one name and type are one monitor that expects all their values', () => {
  const text = 'name,type,value\nexample.com,a,192.0.2.1\nEXAMPLE.com.,A,192.0.2.2\nexample.com,MX,10 mx.example.com\n'
  expect(inputs(text)).toEqual([
    { full_domain: 'example.com', record_type: 'A', expected_value: ['192.0.2.1', '192.0.2.2'] },
    { full_domain: 'example.com', record_type: 'MX', expected_value: ['10 mx.example.com'] },
  ])
})

test('every field of a monitor has a column, metadata one for each key', () => {
  const text =
    'domain,subdomain,record_type,expected_value,match,frequency,notify,is_active,group,external_id,metadata.customer,metadata[plan]\n' +
    'example.com,www,A,192.0.2.1,includes,30,on_success,no,customers,c-1,7,gold\n'
  expect(inputs(text)).toEqual([
    {
      domain: 'example.com',
      subdomain: 'www',
      record_type: 'A',
      expected_value: ['192.0.2.1'],
      match: 'includes',
      frequency: 30,
      notify: 'on_success',
      is_active: false,
      group: 'customers',
      external_id: 'c-1',
      metadata: { customer: '7', plan: 'gold' },
    },
  ])
})

test('a priority may have a column of its own', () => {
  const text = 'name,type,priority,value\nexample.com,MX,10,mx.example.com\nexample.com,A,,192.0.2.1\n'
  expect(inputs(text).map(({ expected_value }) => expected_value)).toEqual([['10 mx.example.com'], ['192.0.2.1']])
})

test.for([
  ['semicolons, as spreadsheets of many countries write', 'name;type;value\nexample.com;TXT;"v=DMARC1; p=none"\n'],
  ['tabs', 'name\ttype\tvalue\nexample.com\tTXT\tv=DMARC1; p=none\n'],
  ['a byte order mark and Windows line ends', '\ufeffname,type,value\r\nexample.com,TXT,v=DMARC1; p=none\r\n'],
])('%s', ([, text]) => {
  expect(inputs(text ?? '')).toEqual([
    { full_domain: 'example.com', record_type: 'TXT', expected_value: ['v=DMARC1; p=none'] },
  ])
})

describe('a fault is told with its line and column', () => {
  test.for<[why: string, text: string, told: string]>([
    ['an empty file', '', '1:1: The file is empty'],
    ['an unknown column', 'name,typ,value\n', '1:2: "typ" is no column. Did you mean type?'],
    ['a column twice', 'name,type,value,full_domain\n', '1:4: A column for full_domain stands further left'],
    ['no column for names', 'type,value\n', '1:1: The first row lacks a column name'],
    ['too many cells', 'name,type,value\na.example,A,1,2\n', '2:4: This row has 4 cells'],
    [
      'a quote without an end',
      'name,type,value\na.example,TXT,"one\n',
      '2:3: A cell that begins with a quote never ends',
    ],
    ['a quote in the middle', 'name,type,value\na.example,TXT,one"two\n', '2:3: A quote stands in the middle'],
    ['text behind a quote', 'name,type,value\na.example,TXT,"one"two\n', '2:3: Text follows the closing quote'],
    [
      'a frequency that is none',
      'name,type,value,frequency\na.example,A,192.0.2.1,daily\n',
      '2:4: frequency "daily" is no number',
    ],
    ['a flag that is none', 'name,type,value,is_active\na.example,A,192.0.2.1,maybe\n', '2:4: is_active "maybe"'],
    [
      'rows that contradict each other',
      'name,type,value,frequency\na.example,A,192.0.2.1,60\na.example,A,192.0.2.2,30\n',
      '3:4: frequency is another than in line 2',
    ],
    [
      'a value that can never match',
      'name,type,value\na.example,A,192.0.2.1\na.example,A,nothing\n',
      '3:3: "nothing" is not an IPv4 address',
    ],
    ['an unknown type', 'name,type,value\na.example,XYZ,1\n', '2:1: record_type'],
    [
      'an external id twice',
      'name,type,value,external_id\na.example,A,192.0.2.1,x\nb.example,A,192.0.2.1,x\n',
      '3:1: external_id x stands in line 2',
    ],
    [
      'a row after one with line breaks',
      'name,type,value\na.example,TXT,"one\ntwo"\n\nb.example,A,x\n',
      '5:3: "x" is not',
    ],
  ])('%s', ([, text, told]) => {
    const { faults } = checkReading(readCsv(text), {})
    expect(faults.map((fault) => faultLine('t.csv', fault))[0]).toContain(`t.csv:${told}`)
  })
})

test('the example of the manual has no fault', async () => {
  const manual = await readFile(new URL('../../../../docs/import.md', import.meta.url), 'utf8')
  const example = /```csv\n([^]*?)```/.exec(manual)?.[1] ?? ''
  const { monitors, faults } = checkReading(readCsv(example), {})
  expect(faults).toEqual([])
  expect(monitors.map(({ input }) => [input.full_domain, input.expected_value])).toEqual([
    ['example.com', ['10 mx1.example.com', '20 mx2.example.com']],
    ['www.example.com', ['192.0.2.1']],
  ])
})
