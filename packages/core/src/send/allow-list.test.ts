import { describe, expect, test } from 'vitest'
import { allowing, targetFault } from '../../test/targets.ts'
import { parseAllowList } from './allow-list.ts'

describe('the allow-list', () => {
  test.for([
    ['10.20.0.0/16', 'http://10.20.30.40/'],
    ['10.20.30.40', 'http://10.20.30.40:9000/'],
    ['10.20.30.40:9000', 'http://10.20.30.40:9000/'],
    ['127.0.0.0/8', 'http://2130706433/'],
    ['127.0.0.1', 'http://[::ffff:127.0.0.1]/'],
    ['127.0.0.1', 'http://localhost/'],
    ['::1', 'http://localhost:3000/'],
    ['127.0.0.1:3000', 'http://api.localhost:3000/'],
    ['localhost', 'http://localhost:3000/'],
    ['localhost:3000', 'http://LOCALHOST.:3000/'],
    ['n8n', 'http://n8n:5678/hook'],
    ['n8n.corp.internal:5678', 'http://n8n.corp.internal:5678/'],
    ['[::1]:8080', 'http://[::1]:8080/'],
    ['fd00::/8', 'http://[fd12::1]/'],
    ['0x7f.1', 'http://127.0.0.1/'],
    ['169.254.169.254', 'http://169.254.169.254/'],
    ['n8n:443', 'https://n8n/'],
  ] as const)('%s opens %s', ([entry, url]) => {
    expect(targetFault(url, allowing(entry))).toBeNull()
  })

  test.for([
    ['10.20.0.0/16', 'http://10.21.0.1/'],
    ['10.20.30.40:9000', 'http://10.20.30.40:9001/'],
    ['n8n:5678', 'http://n8n:5679/'],
    ['n8n:443', 'http://n8n/'],
    ['n8n', 'http://n8n.local/'],
    ['localhost', 'http://127.0.0.1/'],
    ['169.254.0.0/16', 'http://169.254.169.254/'],
    ['0.0.0.0/0', 'http://168.63.129.16/'],
    ['fd00::/8', 'http://[fd00:ec2::254]/'],
    ['0.0.0.0/0', 'http://[::1]/'],
  ] as const)('%s does not open %s', ([entry, url]) => {
    expect(targetFault(url, allowing(entry))).not.toBeNull()
  })

  test('skips empty entries and outer spaces', () => {
    expect(parseAllowList(['', '  ', ' 10.0.0.0/8 '])).toEqual(parseAllowList(['10.0.0.0/8']))
  })

  test('names every entry that cannot be read', () => {
    const bad = [
      '10.0.0.0/40',
      'http://n8n',
      '*.corp',
      'n8n:0',
      'n8n:70000',
      'a b',
      'n8n/path',
      'user@host',
      '[::1',
      '::1]:80',
      'n8n:x',
    ]
    expect(() => parseAllowList(['ok.example', ...bad])).toThrow(
      expect.objectContaining({
        code: 'invalid_field',
        message: expect.stringContaining(bad.map((b) => JSON.stringify(b)).join(', ')),
      }),
    )
  })

  test('the refusal says which entry would open the target', () => {
    expect(targetFault('https://10.0.0.5/')).toBe(
      'leads to a private address; use a public address, or let the operator add 10.0.0.5:443 to DNSRADAR_WEBHOOK_ALLOW',
    )
    expect(targetFault('http://[fd00::5]:81/')).toContain('[fd00::5]:81')
    const advised = /add (\S+) to/.exec(targetFault('http://n8n:5678/') ?? '')?.[1] ?? ''
    expect(targetFault('http://n8n:5678/', allowing(advised))).toBeNull()
  })
})
