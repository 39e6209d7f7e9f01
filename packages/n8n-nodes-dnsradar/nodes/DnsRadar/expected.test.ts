import { expect, test } from 'vitest'
import { caaValues, dmarcValues, mxValues, spfValues } from './expected.ts'

test('a mail server without a host is left out, and one without a priority has 10', () => {
  expect(mxValues([{ host: ' mx1.example.com ' }, { priority: 20, host: '' }, { priority: 0, host: '.' }])).toEqual([
    '10 mx1.example.com',
    '0 .',
  ])
})

test('an authority has its tag and its value in quotes', () => {
  expect(caaValues([{ value: 'ca.example' }, { flags: 128, tag: 'iodef', value: 'mailto:a@b.example' }, {}])).toEqual([
    '0 issue "ca.example"',
    '128 iodef "mailto:a@b.example"',
  ])
})

const spf = [
  { why: 'nothing', given: {}, policy: [] },
  { why: 'only what it says of all others', given: { all: '-all' }, policy: ['v=spf1 -all'] },
  {
    why: 'every term in the order of the usual policy',
    given: {
      a: true,
      mx: true,
      ip4: '192.0.2.1, 198.51.100.0/24',
      ip6: '2001:db8::/32',
      include: 'a.example b.example',
    },
    policy: ['v=spf1 a mx ip4:192.0.2.1 ip4:198.51.100.0/24 ip6:2001:db8::/32 include:a.example include:b.example'],
  },
] as const
test.for(spf)('an SPF policy of $why', ({ given, policy }) => {
  expect(spfValues(given)).toEqual(policy)
})

const dmarc = [
  { why: 'nothing', given: {}, policy: [] },
  { why: 'a percentage of zero', given: { p: 'none', pct: 0 }, policy: ['v=DMARC1; p=none; pct=0'] },
  {
    why: 'addresses, as URIs',
    given: { p: 'reject', rua: 'a@x.example, mailto:b@x.example' },
    policy: ['v=DMARC1; p=reject; rua=mailto:a@x.example,mailto:b@x.example'],
  },
] as const
test.for(dmarc)('a DMARC policy of $why', ({ given, policy }) => {
  expect(dmarcValues(given)).toEqual(policy)
})
