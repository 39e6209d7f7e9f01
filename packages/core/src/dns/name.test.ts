import { expect, test } from 'vitest'
import { refusalOf } from '../../test/refusal.ts'
import type { MonitorType } from '../record-types.ts'
import { ownerName, registrableDomain, splitFullDomain } from './name.ts'

const owners: { why: string; domain: string; subdomain?: string | null; type?: MonitorType; owner: string }[] = [
  { why: 'the apex is the domain itself', domain: 'example.com', owner: 'example.com' },
  { why: 'an empty subdomain is the apex', domain: 'example.com', subdomain: '', owner: 'example.com' },
  { why: 'case and a final dot do not count', domain: 'EXAMPLE.com.', subdomain: 'WWW', owner: 'www.example.com' },
  {
    why: 'a subdomain may have several labels',
    domain: 'example.com',
    subdomain: 'default._domainkey',
    owner: 'default._domainkey.example.com',
  },
  { why: 'a full host name may stand in domain', domain: 'api.piedpiper.com', owner: 'api.piedpiper.com' },
  {
    why: 'U-labels become A-labels',
    domain: 'bücher.example',
    subdomain: 'straße',
    owner: 'xn--strae-oqa.xn--bcher-kva.example',
  },
  { why: 'ideographic dots are dots', domain: 'example。com', owner: 'example.com' },
  { why: 'full-width digits do not make an address of a name', domain: '１.example', owner: '1.example' },
  { why: 'a wildcard is asked for as it stands', domain: 'example.com', subdomain: '*', owner: '*.example.com' },
  {
    why: 'escapes are canonical',
    domain: 'example.com',
    subdomain: 'a\\.b\\032\\065',
    owner: 'a\\.b\\032a.example.com',
  },
  { why: 'an IPv4 address is its reverse name', domain: '192.0.2.1', type: 'PTR', owner: '1.2.0.192.in-addr.arpa' },
  {
    why: 'an IPv6 address is its reverse name',
    domain: '2001:DB8::1',
    type: 'PTR',
    owner: '1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa',
  },
  {
    why: 'classless reverse zones have a slash',
    domain: '0/25.2.0.192.in-addr.arpa',
    subdomain: '1',
    owner: '1.0/25.2.0.192.in-addr.arpa',
  },
  { why: 'DMARC policies are published at _dmarc', domain: 'example.com', type: 'DMARC', owner: '_dmarc.example.com' },
  { why: '_dmarc is not added twice', domain: '_dmarc.example.com', type: 'DMARC', owner: '_dmarc.example.com' },
  {
    why: 'a subdomain given for DMARC is kept',
    domain: 'example.com',
    subdomain: '_dmarc.mail',
    type: 'DMARC',
    owner: '_dmarc.mail.example.com',
  },
  { why: 'a final dot says that a top-level domain is meant', domain: 'com.', owner: 'com' },
  { why: 'a label of 63 octets is legal', domain: `${'a'.repeat(63)}.com`, owner: `${'a'.repeat(63)}.com` },
]

test.for(owners)('$why', ({ domain, subdomain, type, owner }) => {
  expect(ownerName(domain, subdomain ?? null, type)).toBe(owner)
})

const refused: { domain: string; subdomain?: string; type?: MonitorType; field?: string; says: RegExp }[] = [
  { domain: 'not a domain', says: /letters, digits/ },
  { domain: '-a.com', says: /hyphen/ },
  { domain: 'a-.com', says: /hyphen/ },
  { domain: `${'a'.repeat(64)}.com`, says: /63 octets/ },
  { domain: `${'a.'.repeat(127)}com`, says: /253 octets/ },
  { domain: 'https://example.com', says: /URL.*example\.com/ },
  { domain: 'example.com/path', says: /URL/ },
  { domain: 'example.com:53', says: /letters, digits/ },
  { domain: 'user@example.com', says: /letters, digits/ },
  { domain: '', says: /empty/ },
  { domain: '.', says: /empty/ },
  { domain: 'a..com', says: /empty label/ },
  { domain: '.com', says: /empty label/ },
  { domain: 'a.com..', says: /empty label/ },
  { domain: 'a\u0000.com', says: /letters, digits/ },
  { domain: 'a\n.com', says: /letters, digits/ },
  { domain: 'a.com\\', says: /letters, digits|backslash/ },
  { domain: 'a\\999.com', says: /backslash/ },
  { domain: 'a\u200db.com', says: /internationalised/ },
  { domain: 'ü/x.com', says: /URL/ },
  { domain: 'foo*.com', says: /label of its own/ },
  { domain: 'example', says: /example\.com.*top-level/ },
  { domain: '300.1.1.1', says: /number/ },
  { domain: '1.2.3', says: /number/ },
  { domain: '0x7f.1', says: /number/ },
  { domain: '192.0.2.1', type: 'A', says: /PTR/ },
  { domain: 'fe80::1%eth0', type: 'PTR', says: /letters, digits/ },
  { domain: '192.0.2.1', subdomain: 'www', type: 'PTR', field: 'subdomain', says: /leave it out/ },
  { domain: 'example.com', subdomain: 'www.', field: 'subdomain', says: /final dot/ },
  { domain: 'example.com', subdomain: 'a b', field: 'subdomain', says: /letters, digits/ },
  { domain: 'example.com', subdomain: 'a..b', field: 'subdomain', says: /empty label/ },
  { domain: 'example.com', subdomain: 'a.'.repeat(122).slice(0, -1), field: 'subdomain', says: /253 octets/ },
]

test.for(refused)(
  'refuses domain $domain with subdomain $subdomain for $type',
  ({ domain, subdomain, type, field = 'domain', says }) => {
    const error = refusalOf(() => ownerName(domain, subdomain ?? null, type))
    expect(error.code).toBe('invalid_field')
    expect(error.fields).toEqual({ [field]: expect.stringMatching(says) })
  },
)

test('a name of 253 octets is the longest', () => {
  const longest = `${'a'.repeat(63)}.${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(61)}`
  expect(ownerName(longest, null)).toBe(longest)
  expect(() => ownerName(`${longest}d`, null)).toThrow(/253 octets/)
})

const registrables: [owner: string, registrable: string][] = [
  ['www.example.com', 'example.com'],
  ['a.b.example.co.uk', 'example.co.uk'],
  ['_dmarc.example.com', 'example.com'],
  ['*.example.com', 'example.com'],
  ['foo.github.io', 'github.io'],
  ['co.uk', 'co.uk'],
  ['host.unlisted', 'host.unlisted'],
  ['x\\.y.example.com', 'example.com'],
  ['4.3.2.1.in-addr.arpa', '3.2.1.in-addr.arpa'],
  ['1.in-addr.arpa', '1.in-addr.arpa'],
  ['7.0/25.2.0.192.in-addr.arpa', '2.0.192.in-addr.arpa'],
  [`${'0.'.repeat(20)}1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa`, '1.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa'],
]

test.for(registrables)('the registrable domain of %s is %s', ([owner, registrable]) => {
  expect(registrableDomain(owner)).toBe(registrable)
})

const splits: [name: string, domain: string, subdomain: string | null][] = [
  ['www.example.com', 'example.com', 'www'],
  ['a.b.example.co.uk', 'example.co.uk', 'a.b'],
  ['example.com', 'example.com', null],
  ['WWW.Bücher.Example.', 'Bücher.Example', 'WWW'],
  ['_dmarc.example.com', 'example.com', '_dmarc'],
  ['a\\.b.example.com', 'example.com', 'a\\.b'],
  ['192.0.2.1', '192.0.2.1', null],
  ['com.', 'com.', null],
]

test.for(splits)('the full domain %s is %s with subdomain %s', ([name, domain, subdomain]) => {
  expect(splitFullDomain(name)).toEqual({ domain, subdomain })
})

test('a full domain that is none is refused by its own field', () => {
  expect(refusalOf(() => splitFullDomain('https://example.com/')).fields).toHaveProperty('full_domain')
})
