import { describe, expect, test } from 'vitest'
import { allowing, CLOSED, targetFault } from '../../test/targets.ts'
import { checkAddresses, type TargetRules } from './guard.ts'

describe('permitted', () => {
  test.for([
    'https://example.com',
    'http://example.com/hook?token=1',
    'HTTPS://EXAMPLE.COM/',
    'https://example.com:8443/hook',
    'https://example.com./hook',
    'https://münchen.example/hook',
    'https://sub.domain.example.co.uk/a/b#fragment',
    'http://8.8.8.8/',
    'http://[2606:4700:4700::1111]:8080/',
    'https://nobody.invalid/hook',
    'https://receiver.test/hook',
    'https://internal.example.com',
    'https://local.example',
    'https://svc.example',
  ])('%s', (url) => {
    expect(targetFault(url)).toBeNull()
  })
})

describe('schemes, credentials and forms', () => {
  test.for([
    'ftp://example.com/',
    'file:///etc/passwd',
    'gopher://example.com:70/_x',
    'javascript:alert(1)',
    'data:text/plain,x',
    'ws://example.com/',
    'unix:///var/run/docker.sock',
    'mailto:ops@example.com',
    'dict://127.0.0.1:11211/',
    'jar:http://example.com!/',
    'blob:https://example.com/x',
    'about:blank',
    'https://user@example.com/',
    'https://user:secret@example.com/',
    'https://:secret@example.com/',
    'https://example.com@127.0.0.1/',
    '',
    'example.com/hook',
    '//example.com/hook',
    '/hook',
    'https://',
    'https://exa mple.com/',
    'https://[::1',
    'https://[::1%25lo]/',
    'https://[fe80::1%25eth0]/',
    'https://[fe80::1%eth0]/',
    'https://[::ffff:0x7f.1]/',
    'https://[127.0.0.1]/',
    'https://127.0.0.1%00.example.com/',
    'https://4294967296/',
    'https://127.0.0.08/',
    'https://١٢٧.0.0.1/',
    'https://./',
    'https://../',
    'http:\\\\user@example.com',
    'ht\ttps\n://user@example.com/',
    'tcp://example.com/',
    'ldap://example.com/',
    'https+unix://example.com/',
    'https://example.com:99999/',
    'https://1.2.3.4.5/',
    'https://256.256.256.256/',
    `https://example.com/${'x'.repeat(2000)}`,
  ])('%s is refused', (url) => {
    expect(targetFault(url)).not.toBeNull()
  })

  test('a secret in the url does not stand in the refusal', () => {
    expect(targetFault('https://user:hunter2@example.com/')).not.toContain('hunter2')
  })

  test('2000 characters are accepted', () => {
    expect(targetFault(`https://example.com/${'x'.repeat(1980)}`)).toBeNull()
  })

  test('mailto is a target where mail is sent', () => {
    expect(targetFault('mailto:ops@example.com', { ...CLOSED, mail: true })).toBeNull()
  })
})

test.for([1, 7, 22, 23, 25, 53, 110, 143, 389, 465, 587, 993, 2049, 5060, 6000, 6667, 10080])(
  'port %i belongs to another protocol, also on an allowed host',
  (port) => {
    expect(targetFault(`http://example.com:${port}/`)).toContain(`port ${port}`)
    expect(targetFault(`http://n8n.corp:${port}/`, allowing(`n8n.corp:${port}`))).toContain(`port ${port}`)
  },
)

test.for([80, 443, 3000, 5678, 8053, 8080, 8443, 65_535])('port %i is accepted', (port) => {
  expect(targetFault(`https://example.com:${port}/`)).toBeNull()
})

describe('names that only a private network answers for', () => {
  test.for([
    'localhost',
    'LOCALHOST',
    'localhost.',
    'api.localhost',
    'intranet',
    'n8n',
    'kubernetes',
    'printer.local',
    'a.b.local',
    'metadata.google.internal',
    'ip-10-0-0-1.ec2.internal',
    'router.home.arpa',
    'kubernetes.default.svc',
    'n8n.automation.svc.cluster.local',
    'host.docker.internal',
    'local',
    'internal',
    'home.arpa',
    'HOME.ARPA.',
    'svc',
    'localhost..',
    'lo\tcal\nhost',
    'loc\u00adalhost',
    'ｌocalhost',
    'localhost%2e',
    'loc%61lhost',
  ])('%s', (host) => {
    expect(targetFault(`http://${host}/`)).toContain('DNSRADAR_WEBHOOK_ALLOW')
  })
})

describe('literal addresses in any spelling', () => {
  test.for([
    '127.0.0.1',
    '127.1',
    '127.0.1',
    '2130706433',
    '0x7f000001',
    '0x7f.0.0.1',
    '0x7F.1',
    '0177.0.0.1',
    '017700000001',
    '127.0.0.1.',
    '127.0.0.1..',
    '127.0x0.00.1',
    '0x7f.0.1',
    '0x00000000000000000000000007f.1',
    '00000000000000000000177.1',
    '0.0.0.0x7f',
    '0x',
    '4294967295',
    '0',
    '0.0.0.0',
    '00.00.00.00',
    '10.0.0.5',
    '172.16.1.1',
    '192.168.1.1',
    '3232235777',
    '0xc0a80101',
    '169.254.169.254',
    '2852039166',
    '0xa9fea9fe',
    '0251.0376.0251.0376',
    '169.254.43518',
    '100.100.100.200',
    '168.63.129.16',
    '255.255.255.255',
    '１２７.0.0.1',
    '①②⑦.⓪.⓪.①',
    '127。0。0。1',
    '127%2e0.0.1',
    '%31%32%37.0.0.1',
    '127．0．0．1',
    '127｡0｡0｡1',
    '127%E3%80%820.0.1',
    '１２７．０．０．１',
    '127.0.\t0.1',
    '127.0.0.1\n',
    '\u200b127.0.0.1',
    '192.0.0.192',
    '[::1]',
    '[::]',
    '[0:0:0:0:0:0:0:1]',
    '[::ffff:127.0.0.1]',
    '[::FFFF:7F00:1]',
    '[::127.0.0.1]',
    '[64:ff9b::127.0.0.1]',
    '[64:ff9b::a9fe:a9fe]',
    '[0:0:0:0:0:ffff:7f00:1]',
    '[::ffff:0:127.0.0.1]',
    '[64:ff9b:1::10.0.0.1]',
    '[2002:7f00:1::]',
    '[fe80::1]',
    '[fc00::1]',
    '[fd00:ec2::254]',
    '[fec0::1]',
    '[ff02::1]',
    '[2001::1]',
    '[4000::1]',
  ])('%s', (host) => {
    expect(targetFault(`http://${host}:8080/`)).toContain('leads to')
  })
})

test('a backslash ends the host as a slash does, so what follows is a path', () => {
  expect(targetFault('https://example.com\\@127.0.0.1/')).toBeNull()
  expect(targetFault('https:\\\\127.0.0.1\\@example.com/')).toContain('a loopback address')
})

describe('our own listen address', () => {
  const own = (address: string, ...interfaces: string[]): TargetRules => ({
    ...allowing('0.0.0.0/0', '::/0', '0.0.0.0', 'localhost'),
    ownListen: { address, port: 8053, interfaces },
  })

  test.for([
    ['127.0.0.1', '127.0.0.1'],
    ['127.0.0.1', 'localhost'],
    ['127.0.0.1', '2130706433'],
    ['127.0.0.1', '[::ffff:7f00:1]'],
    ['127.0.0.1', '0.0.0.0'],
    ['::1', '[::1]'],
    ['::1', '[::]'],
    ['::1', 'localhost'],
    ['10.0.0.5', '10.0.0.5'],
    ['0.0.0.0', '127.0.0.1'],
    ['0.0.0.0', '127.9.9.9'],
    ['::', '127.0.0.1'],
    ['::', '[::1]'],
  ] as const)('listening on %s, %s is refused although it is allowed', ([address, host]) => {
    expect(targetFault(`http://${host}:8053/`, own(address))).toContain('this DNSRadar itself')
  })

  test('listening on every address, those of the machine are refused', () => {
    expect(targetFault('http://192.168.7.7:8053/', own('0.0.0.0', '192.168.7.7'))).toContain('this DNSRadar itself')
    expect(targetFault('http://192.168.7.8:8053/', own('0.0.0.0', '192.168.7.7'))).toBeNull()
  })

  test.for(['[64:ff9b::203.0.113.7]', '[64:ff9b:1::203.0.113.7]', '[2002:cb00:7107::1]', '[::203.0.113.7]'])(
    'a translator does not lead back to us: %s',
    (host) => {
      for (const rules of [own('203.0.113.7'), own('0.0.0.0', '203.0.113.7'), own('::', '203.0.113.7')]) {
        expect(targetFault(`http://${host}:8053/`, rules)).toContain('this DNSRadar itself')
        expect(targetFault(`http://${host}:8054/`, rules)).toBeNull()
      }
    },
  )

  test('the same address on another port is open to the allow-list', () => {
    expect(targetFault('http://127.0.0.1:8054/', own('127.0.0.1'))).toBeNull()
  })
})

describe('addresses behind a name', () => {
  const url = new URL('https://hooks.example.com/')

  test.for([
    { answers: ['93.184.216.34'], forbidden: false },
    { answers: ['93.184.216.34', '2606:4700::1'], forbidden: false },
    { answers: ['93.184.216.34', '10.0.0.1'], forbidden: true },
    { answers: ['127.0.0.1'], forbidden: true },
    { answers: ['::ffff:10.0.0.1'], forbidden: true },
    { answers: ['2002:7f00:1::1'], forbidden: true },
    { answers: ['fe80::1%eth0'], forbidden: true },
    { answers: ['169.254.169.254'], forbidden: true },
    { answers: ['not an address'], forbidden: true },
  ])('$answers forbidden: $forbidden', ({ answers, forbidden }) => {
    expect(checkAddresses(url, answers, CLOSED) !== null).toBe(forbidden)
  })

  test('an allowed name may lead anywhere but to a metadata service', () => {
    const rules = allowing('hooks.example.com:443')
    expect(checkAddresses(url, ['10.0.0.1', 'fd00::1', '127.0.0.1'], rules)).toBeNull()
    expect(checkAddresses(url, ['169.254.169.254'], rules)).toContain('metadata')
    expect(checkAddresses(new URL('http://hooks.example.com/'), ['10.0.0.1'], rules)).not.toBeNull()
  })

  test('a localhost name may have both loopback addresses when one is open', () => {
    const local = new URL('http://localhost:3000/')
    expect(checkAddresses(local, ['::1', '127.0.0.1'], allowing('127.0.0.0/8'))).toBeNull()
    expect(checkAddresses(local, ['10.0.0.1'], allowing('127.0.0.0/8'))).not.toBeNull()
  })
})
