import { expect, test } from 'vitest'
import { RadarError } from '../errors.ts'
import { parseUpstream, reachOf, systemUpstreams, type Upstream } from './upstream.ts'

const none = { tlsName: null, url: null }
const accepted: (Omit<Upstream, 'text'> & { text: string })[] = [
  { text: '9.9.9.9', transport: 'udp', address: '9.9.9.9', port: 53, ...none },
  { text: '127.0.0.1:5353', transport: 'udp', address: '127.0.0.1', port: 5353, ...none },
  { text: 'udp://9.9.9.9', transport: 'udp', address: '9.9.9.9', port: 53, ...none },
  { text: '[::1]:53', transport: 'udp', address: '::1', port: 53, ...none },
  { text: '[::1]', transport: 'udp', address: '::1', port: 53, ...none },
  { text: '2620:fe::fe', transport: 'udp', address: '2620:fe::fe', port: 53, ...none },
  { text: 'fe80::1%eth0', transport: 'udp', address: 'fe80::1%eth0', port: 53, ...none },
  { text: 'tcp://192.0.2.1', transport: 'tcp', address: '192.0.2.1', port: 53, ...none },
  { text: 'TCP://[::1]:5353', transport: 'tcp', address: '::1', port: 5353, ...none },
  { text: 'tls://9.9.9.9', transport: 'tls', address: '9.9.9.9', port: 853, ...none },
  { text: 'tls://dns.example.test:8853', transport: 'tls', address: 'dns.example.test', port: 8853, ...none },
  {
    text: 'tls://dns.example.test@192.0.2.1',
    transport: 'tls',
    address: '192.0.2.1',
    port: 853,
    tlsName: 'dns.example.test',
    url: null,
  },
  {
    text: 'https://dns.example.test/dns-query',
    transport: 'https',
    address: 'dns.example.test',
    port: 443,
    tlsName: null,
    url: 'https://dns.example.test/dns-query',
  },
  {
    text: 'https://[::1]:8443/q?x=1',
    transport: 'https',
    address: '::1',
    port: 8443,
    tlsName: null,
    url: 'https://[::1]:8443/q?x=1',
  },
]

test.for(accepted)('$text is an upstream', (upstream) => {
  expect(parseUpstream(upstream.text)).toEqual(upstream)
})

test('space around an upstream does not count', () => {
  expect(parseUpstream(' 9.9.9.9 ')).toEqual(parseUpstream('9.9.9.9'))
})

const refused = [
  '',
  'dns.example.test',
  'tcp://dns.example.test',
  '9.9.9.9:0',
  '9.9.9.9:65536',
  '9.9.9.9:',
  '999.9.9.9',
  '[9.9.9.9]',
  '[::1',
  'tls://',
  'tls://bad_name',
  'tls://1.2.3',
  'tls://@192.0.2.1',
  'http://dns.example.test/dns-query',
  'https://',
  'https://user:secret@dns.example.test/dns-query',
  'sdns://abc',
]

test.for(refused)('%j is refused with the forms that are accepted', (text) => {
  expect(() => parseUpstream(text)).toThrow(RadarError)
  expect(() => parseUpstream(text)).toThrow(/Use 9\.9\.9\.9/)
})

const reaches: [text: string, reach: string][] = [
  ['127.0.0.53', 'loopback'],
  ['[::1]:53', 'loopback'],
  ['[::ffff:127.0.0.1]:53', 'loopback'],
  ['10.1.2.3', 'private'],
  ['172.31.0.1', 'private'],
  ['172.32.0.1', 'public'],
  ['192.168.1.1', 'private'],
  ['100.64.0.1', 'private'],
  ['169.254.169.253', 'private'],
  ['fd00::1', 'private'],
  ['fe80::1%eth0', 'private'],
  ['9.9.9.9', 'public'],
  ['2620:fe::fe', 'public'],
  ['tls://dns.example.test', 'public'],
]

test.for(reaches)('%s is %s', ([text, reach]) => {
  expect(reachOf(parseUpstream(text))).toBe(reach)
})

test("the system's resolvers are upstreams", () => {
  for (const upstream of systemUpstreams()) expect(upstream).toMatchObject({ transport: 'udp' })
})
