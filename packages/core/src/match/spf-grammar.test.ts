/** Which SPF records receivers accept (RFC 7208). */
import { expect, test } from 'vitest'
import { parseRdata } from '../record-types.ts'
import { spf } from './spf.ts'

const valid = [
  'v=spf1',
  'v=spf1 ',
  'v=spf1 a:foo:bar/baz.example.com/24//64',
  'v=spf1 a//64 mx/0 ptr ptr:example.com',
  'v=spf1 ip6:::1 ip6:::ffff:192.0.2.1/96 ip4:0.0.0.0/0',
  'v=spf1 exists:%{l1r-+,/_=}._spf.%{d2} -all',
  'v=spf1 include:%%%_%-.example.com',
  'v=spf1 include:example.xn--p1ai a:a.b1-2',
  'v=spf1 redirect=%{d} exp=explain._spf.%{d}',
  'v=spf1 moo.cow-far_out=man:dog/cat',
  'v=spf1 default=pass UNKNOWN=%{c}',
  'v=spf1 -all -all ~all',
]

test.for(valid)('%s is a valid SPF record', (text) => {
  expect(spf.read(parseRdata('TXT', text).key)).not.toHaveProperty('fault')
})

const invalid = [
  'all:x',
  'all/8',
  'all.',
  'include',
  'include:',
  'include/24',
  'include:example.com/24',
  'include:localhost',
  'exists',
  'exists:',
  'exists:example.com/8',
  'a:',
  'a:/24',
  'a/33',
  'a/024',
  'a/',
  'a//129',
  'a//',
  'a/24/64',
  'a:museum',
  'a:museum.',
  'a:example.com:8080',
  'a:111.222.33.44',
  'a:example.-com',
  'a:example.com-',
  'a:a..',
  'a:abc.123',
  'mx:',
  'mx/abc',
  'ptr:',
  'ptr/0',
  'ip4',
  'ip4:',
  'ip4:1.2.3',
  'ip4:1.2.3.4/33',
  'ip4:1.2.3.4/032',
  'ip4:01.2.3.4',
  'ip4:1.2.3.4:8080',
  'ip4:1.2.3.4//32',
  'ip6:1.2.3.4',
  'ip6:::1/129',
  'ip6::::',
  'ip6:fe80::1%eth0',
  'redirect=',
  'redirect=localhost',
  'redirect=a.b redirect=c.d',
  'exp=a.b exp=a.b',
  'redirect:example.com',
  'foo',
  'foo:bar',
  '--all',
  '=all',
  '1x=y',
  'exists:%(ir).example.com',
  'exists:%{}.example.com',
  'exists:%{d',
  'exists:%{x}.example.com',
  'exists:%{c}.example.com',
  'exists:%{d0}.example.com',
  'exists:%abc.example.com',
  'exists:%{d-2}.example.com',
  'include:\tx.example.com',
  'x=%',
  'a:ümlaut.example.com',
]

test.for(invalid)('v=spf1 %s is no valid SPF record', (terms) => {
  expect(spf.read(parseRdata('TXT', `v=spf1 ${terms}`).key)).toHaveProperty('fault')
})
