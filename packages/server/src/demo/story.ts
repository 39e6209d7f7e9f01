/** **The tables** of the demo: the zone, what is watched in it, and what happens to it. */
import type { NewMonitorInput } from '@dnsradar/client'
import type { ZoneType, ZoneValue } from './dns/zone.ts'

export interface ZoneRow {
  readonly name: string
  readonly type: ZoneType
  readonly values: readonly ZoneValue[]
}

const SPF = 'v=spf1 include:_spf.example.net include:_spf.example.org -all'
const DMARC = 'v=DMARC1; p=quarantine; rua=mailto:dmarc@example.com'
/** Three strings, as keys of 2048 bits are published (RFC 6376 section 3.6.2.2); the key itself is made up. */
const DKIM = [
  'v=DKIM1; k=rsa; p=MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8A',
  'MIIBCgKCAQEAzR5b0vDqZ1nXh8demo2W7bYp',
  'Q4sJ9tLkVdemo6fGhTc3yUoIxAwIDAQAB',
]

export const ZONE: readonly ZoneRow[] = [
  { name: 'example.com', type: 'A', values: ['192.0.2.10'] },
  { name: 'example.com', type: 'AAAA', values: ['2001:db8::10'] },
  { name: 'example.com', type: 'MX', values: ['10 mx1.example.net', '20 mx2.example.net'] },
  { name: 'example.com', type: 'NS', values: ['ns1.example.net', 'ns2.example.net'] },
  { name: 'example.com', type: 'CAA', values: ['0 issue "letsencrypt.org"'] },
  { name: 'example.com', type: 'TXT', values: [SPF] },
  { name: '_dmarc.example.com', type: 'TXT', values: [DMARC] },
  { name: 's1._domainkey.example.com', type: 'TXT', values: [DKIM] },
  { name: 'www.example.com', type: 'CNAME', values: ['proxy.example.net'] },
  { name: 'shop.example.com', type: 'CNAME', values: ['proxy.example.net'] },
  { name: 'proxy.example.net', type: 'A', values: ['198.51.100.7'] },
  { name: 'api.example.com', type: 'A', values: ['192.0.2.20', '192.0.2.21'] },
]

/** `old.example.com` is not in the zone, and has to stay out of it. */
export const MONITORS: readonly (NewMonitorInput & { readonly full_domain: string })[] = [
  { full_domain: 'example.com', record_type: 'A', expected_value: '192.0.2.10' },
  { full_domain: 'example.com', record_type: 'AAAA', expected_value: '2001:db8::10' },
  { full_domain: 'example.com', record_type: 'MX', expected_value: ['10 mx1.example.net', '20 mx2.example.net'] },
  { full_domain: 'example.com', record_type: 'NS', expected_value: ['ns1.example.net', 'ns2.example.net'] },
  { full_domain: 'example.com', record_type: 'CAA', match: 'baseline' },
  {
    full_domain: 'example.com',
    record_type: 'SPF',
    expected_value: 'v=spf1 include:_spf.example.net',
    match: 'includes',
  },
  { full_domain: '_dmarc.example.com', record_type: 'DMARC', expected_value: DMARC, match: 'includes' },
  { full_domain: 's1._domainkey.example.com', record_type: 'TXT', expected_value: DKIM.join('') },
  { full_domain: 'www.example.com', record_type: 'CNAME', expected_value: 'proxy.example.net' },
  { full_domain: 'shop.example.com', record_type: 'CNAME', expected_value: 'proxy.example.net' },
  { full_domain: 'api.example.com', record_type: 'A', expected_value: '192.0.2.0/24', match: 'cidr' },
  { full_domain: 'old.example.com', record_type: 'A', match: 'absent' },
]

export interface Step {
  readonly says: string
  /** No values: the record is taken away. */
  readonly edits: readonly ZoneRow[]
  /** `name type` of the monitors that are looked at. */
  readonly looks: readonly string[]
  /** What becomes of the receiver before. */
  readonly receiver?: 'goes' | 'comes back'
}

export const STORY: readonly Step[] = [
  {
    says: 'Somebody tidies up the SPF record: your mail service is no longer in it.',
    edits: [{ name: 'example.com', type: 'TXT', values: ['v=spf1 include:_spf.example.org -all'] }],
    looks: ['example.com SPF'],
  },
  {
    says: 'The terms come back in another order. That means the same, so all is well.',
    edits: [
      { name: 'example.com', type: 'TXT', values: ['v=spf1 include:_spf.example.org include:_spf.example.net -all'] },
    ],
    looks: ['example.com SPF'],
  },
  {
    says: 'An API server moves inside its network. Nobody needs to hear of it.',
    edits: [{ name: 'api.example.com', type: 'A', values: ['192.0.2.20', '192.0.2.99'] }],
    looks: ['api.example.com A'],
  },
  {
    says: 'Your receiver fails while two more records break.',
    receiver: 'goes',
    edits: [
      { name: 'www.example.com', type: 'CNAME', values: [] },
      { name: 's1._domainkey.example.com', type: 'TXT', values: [DKIM.slice(0, 2)] },
    ],
    looks: ['www.example.com CNAME', 's1._domainkey.example.com TXT'],
  },
  {
    says: 'The receiver is back: nothing was lost, and the order is kept.',
    receiver: 'comes back',
    edits: [],
    looks: [],
  },
  {
    says: 'Somebody claims an address that was given up.',
    edits: [{ name: 'old.example.com', type: 'A', values: ['203.0.113.66'] }],
    looks: ['old.example.com A'],
  },
  {
    says: 'Everything is put right again.',
    edits: [
      { name: 'www.example.com', type: 'CNAME', values: ['proxy.example.net'] },
      { name: 's1._domainkey.example.com', type: 'TXT', values: [DKIM] },
      { name: 'old.example.com', type: 'A', values: [] },
    ],
    looks: ['www.example.com CNAME', 's1._domainkey.example.com TXT', 'old.example.com A'],
  },
]
