/** Configuration files: what they mean, and where each fault in one is told. */
import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { faultLine } from '../source/place.ts'
import { readConfiguration } from './read.ts'

const ENV = { TOKEN: 't0ken', SECRET: 'a-webhook-secret' }

const WHOLE = `version: 1
owner: infra
defaults:
  frequency: 30
groups:
  customers: { name: Customers, is_public: true }
  empty:
monitors:
  shop-mx:
    domain: example.com
    record_type: MX
    expected_value: 10 mail.example.com
    group: customers
  www:
    full_domain: www.example.com
    record_type: A
    match: any_of
    expected_value: [192.0.2.1, 192.0.2.2]
    frequency: 5
webhooks:
  alerts:
    url: https://hooks.example.com/x
    secret: { env: SECRET }
    headers: { Authorization: { env: TOKEN }, X-Plain: text }
    groups: [customers]
    monitors: [shop-mx]
`

test('a whole file: defaults filled in, references resolved, every object with its place', () => {
  const { desired, faults } = readConfiguration(WHOLE, ENV)
  expect(faults).toEqual([])
  expect(desired).toMatchObject({
    owner: 'infra',
    groups: [{ key: 'customers', name: 'Customers', is_public: true, place: { line: 6, column: 3 } }, { key: 'empty' }],
    monitors: [
      {
        key: 'shop-mx',
        place: { line: 9, column: 3 },
        monitor: {
          ownerName: 'example.com',
          intervalMinutes: 30,
          expected: ['10 mail.example.com'],
          group: 'customers',
        },
      },
      { key: 'www', monitor: { domain: 'example.com', subdomain: 'www', match: 'any_of', intervalMinutes: 5 } },
    ],
    webhooks: [
      {
        key: 'alerts',
        method: 'POST',
        secret: 'a-webhook-secret',
        headers: { Authorization: 't0ken', 'X-Plain': 'text' },
        events: ['record.*'],
        all_groups: false,
      },
    ],
  })
})

test('a file that names no owner has the default one', () => {
  expect(readConfiguration('version: 1', {}).desired?.owner).toBe('configuration')
})

describe('a fault is told with its line and column', () => {
  const monitor = (text: string): string => `version: 1\nmonitors:\n  a:\n${text.replaceAll(/^/gm, '    ')}\n`
  const webhook = (text: string): string => `version: 1\nwebhooks:\n  a:\n${text.replaceAll(/^/gm, '    ')}\n`
  const A = 'domain: example.com\nrecord_type: A\nexpected_value: 192.0.2.1'

  test.for<[why: string, text: string, told: string]>([
    ['no configuration at all', 'hello', '1:1: This is no configuration'],
    ['another version', 'version: 2', '1:10: version is not accepted; this program reads version: 1'],
    [
      'an unknown section',
      'version: 1\nmonitor: {}',
      '2:1: monitor is not known here; known are version, owner, defaults, groups, monitors, webhooks. Did you mean monitors?',
    ],
    ['an unknown key of a monitor', monitor(`${A}\nfrequncy: 5`), '7:5: frequncy is not known here'],
    ['a hint for it', monitor(`${A}\nfrequncy: 5`), 'Did you mean frequency?'],
    [
      'a value of another kind',
      monitor(`${A}\nis_active: sometimes`),
      '7:16: is_active "sometimes" is not accepted; give true or false',
    ],
    [
      'a type that is none',
      monitor('domain: example.com\nrecord_type: SRV'),
      '5:18: record_type "SRV" is not accepted',
    ],
    [
      'a value that can never match',
      monitor('domain: example.com\nrecord_type: A\nexpected_value: [192.0.2.1, x]'),
      '6:33: "x" is not an IPv4 address',
    ],
    ['a frequency that is not offered', monitor(`${A}\nfrequency: 7`), '7:16: frequency 7 is not offered'],
    ['what is missing', monitor('domain: example.com'), '4:5: record_type is required'],
    ['a key that is none', 'version: 1\nmonitors:\n  a/b: {}', '3:3: The key "a/b" is not accepted'],
    ['a section that is a list', 'version: 1\nmonitors: []', '2:11: monitors a list is not accepted'],
    [
      'a group by its id',
      monitor(`${A}\ngroup: grp_01h455vb4pex5vsknk084sn02q`),
      '7:12: group names a group by its id',
    ],
    ['our own label', monitor(`${A}\nmetadata: { dnsradar_owner: me }`), '7:17: dnsradar_owner is set by this program'],
    [
      'metadata that leaves no room for the label',
      monitor(`${A}\nmetadata: { a: ${'x'.repeat(2000)} }`),
      '7:15: metadata is larger than 2048 bytes',
    ],
    ['the same key twice', 'version: 1\nmonitors:\n  a: {}\n  a: {}', '4:3: The key "a" stands twice in one object'],
    ['a tab for a blank', 'version: 1\nmonitors:\n\ta: {}', '3:1: Tabs are not allowed as indentation'],
    [
      'a variable that is not set',
      webhook('url: { env: NOWHERE }'),
      '4:10: The environment variable NOWHERE is not set',
    ],
    [
      'a secret in the file',
      webhook('url: https://a.example\nsecret: hunter2hunter2'),
      '5:13: secret "hunter2hunter2" is not accepted',
    ],
    [
      'an unknown monitor',
      webhook('url: https://a.example\nmonitors: [shop]'),
      '5:16: "shop" is no monitor of this file',
    ],
    [
      'an event that there is none of',
      webhook('url: https://a.example\nevents: [record.broke]'),
      '5:14: events "record.broke" covers no event',
    ],
  ])('%s', ([, text, told]) => {
    const { desired, faults } = readConfiguration(text, ENV)
    expect(desired).toBeNull()
    expect(faults.map((fault) => faultLine('f.yaml', fault)).join('\n')).toContain(told)
  })

  test('all of them together', () => {
    const text = `version: 1\nmonitors:\n  a: { domain: example.com, record_type: A, expected_value: x }\n  b: { typ: A }\n`
    expect(readConfiguration(text, {}).faults.map(({ place }) => place.line)).toEqual([3, 4, 4])
  })

  test('an alias that grows without end is refused', () => {
    const lines = Array.from({ length: 12 }, (_, at) => `a${at + 1}: &a${at + 1} [${`*a${at},`.repeat(9)}]`)
    const { faults } = readConfiguration(`a0: &a0 x\n${lines.join('\n')}\n`, {})
    expect(faults[0]?.message).toMatch(/alias/i)
  })
})

test('the example of the manual has no fault', async () => {
  const manual = await readFile(new URL('../../../../docs/configuration.md', import.meta.url), 'utf8')
  const example = /```yaml\n([^]*?)```/.exec(manual)?.[1] ?? ''
  const { desired, faults } = readConfiguration(example, { ALERTS_SECRET: 'x', ALERTS_TOKEN: 'y' })
  expect(faults).toEqual([])
  expect(desired?.monitors.map(({ key }) => key)).toEqual(['shop-mx', 'shop-www'])
})
