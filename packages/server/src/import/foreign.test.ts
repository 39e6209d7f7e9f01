/** What becomes of the configurations of other programs, and what cannot become anything. */
import { describe, expect, test } from 'vitest'
import { checkReading } from './checked.ts'
import { frequencyFor } from './frequency.ts'
import { readGatus } from './gatus.ts'
import { readUptimeKuma } from './uptime-kuma.ts'

function condition(operator: string, value: string, andOr = 'and'): object {
  return { type: 'expression', variable: 'record', operator, value, andOr }
}

function kuma(...monitors: readonly object[]): string {
  const dns = { type: 'dns', name: 'x', hostname: 'example.com', dns_resolve_type: 'A', interval: 60, active: true }
  return JSON.stringify({ version: '1.23.13', monitorList: monitors.map((each) => ({ ...dns, ...each })) }, null, 2)
}

describe('Uptime Kuma', () => {
  test.for<[why: string, monitor: object, expectation: object]>([
    ['no conditions: whatever is there is the baseline', {}, { match: 'baseline' }],
    [
      'one value that has to be among them',
      { conditions: [condition('equals', '192.0.2.1')] },
      { match: 'includes', expected_value: ['192.0.2.1'] },
    ],
    [
      'conditions as Kuma keeps them',
      { conditions: JSON.stringify([condition('equals', '192.0.2.1')]) },
      { match: 'includes', expected_value: ['192.0.2.1'] },
    ],
    [
      'one value or another',
      { conditions: [condition('equals', '192.0.2.1'), condition('equals', '192.0.2.2', 'or')] },
      { match: 'any_of', expected_value: ['192.0.2.1', '192.0.2.2'] },
    ],
    [
      'a value that must not be there',
      { conditions: [condition('not_equals', '192.0.2.1')] },
      { match: 'none_of', expected_value: ['192.0.2.1'] },
    ],
    [
      'the issuer of a CAA record',
      { dns_resolve_type: 'CAA', conditions: [condition('equals', 'ca.example')] },
      { match: 'includes', expected_value: ['0 issue "ca.example"'] },
    ],
  ])('%s', ([, monitor, expectation]) => {
    const { wanted } = readUptimeKuma(kuma(monitor))
    expect(wanted[0]?.input).toMatchObject({ full_domain: 'example.com', frequency: 5, ...expectation })
  })

  test.for<[why: string, monitor: object, reason: RegExp]>([
    ['a part of a value', { conditions: [condition('contains', '192.')] }, /conditions \("contains"\)/],
    ['both of two values', { conditions: [condition('equals', 'a'), condition('equals', 'b')] }, /have no like here/],
    ['groups of conditions', { conditions: [{ type: 'group', children: [] }] }, /cannot be read/],
    ['another kind of monitor', { type: 'http' }, /only dns is about records/],
    ['a type that cannot be watched', { dns_resolve_type: 'SRV' }, /"SRV" cannot be watched/],
    ['one that wants failure', { upsideDown: true }, /upside down/],
    ['a value that can never match', { conditions: [condition('equals', 'no address')] }, /is not an IPv4 address/],
  ])('is left out with its reason: %s', ([, monitor, reason]) => {
    const { monitors, leftOut, faults } = checkReading(readUptimeKuma(kuma(monitor, { name: 'fine' })), {})
    expect(faults).toEqual([])
    expect(monitors).toHaveLength(1)
    expect(leftOut[0]).toMatchObject({ what: expect.stringContaining('x'), why: expect.stringMatching(reason) })
    expect(leftOut[0]?.place.line).toBe(4)
  })

  test('one that is paused stays so', () => {
    expect(readUptimeKuma(kuma({ active: false })).wanted[0]?.input.is_active).toBe(false)
  })

  test('the list alone, and the object by id, are read as well', () => {
    const [monitor] = JSON.parse(kuma({})).monitorList
    expect(readUptimeKuma(JSON.stringify([monitor])).wanted).toHaveLength(1)
    expect(readUptimeKuma(JSON.stringify({ 7: monitor })).wanted).toHaveLength(1)
  })

  test('broken JSON is told with its line and column, another file as what it is', () => {
    expect(readUptimeKuma('{\n  "monitorList": [,]\n}').faults[0]?.place).toEqual({ line: 2, column: 19 })
    expect(readUptimeKuma('{"a": 1}').faults[0]?.message).toContain('no backup of Uptime Kuma')
  })
})

function gatus(conditions: readonly string[], dns = 'query-name: example.com\n      query-type: A'): string {
  const list = conditions.map((each) => `      - '${each}'`).join('\n')
  return `endpoints:
  - name: x
    group: Core Services
    url: 8.8.8.8
    interval: 10m
    dns:
      ${dns}
    conditions:
${list}
`
}

describe('Gatus', () => {
  test.for<[conditions: readonly string[], expectation: object]>([
    [['[BODY] == 192.0.2.1'], { match: 'includes', expected_value: ['192.0.2.1'] }],
    [
      ['[BODY] == any(192.0.2.1, 192.0.2.2)', '[DNS_RCODE] == NOERROR'],
      { match: 'any_of', expected_value: ['192.0.2.1', '192.0.2.2'] },
    ],
    [['[BODY] != 192.0.2.1', '[BODY] != 192.0.2.2'], { match: 'none_of', expected_value: ['192.0.2.1', '192.0.2.2'] }],
    [['[DNS_RCODE] == NOERROR', '[RESPONSE_TIME] < 500'], { match: 'baseline' }],
    [['[DNS_RCODE] == NXDOMAIN'], { match: 'absent' }],
  ])('%j', ([conditions, expectation]) => {
    const { wanted, leftOut } = readGatus(gatus(conditions))
    expect(leftOut).toEqual([])
    expect(wanted[0]?.input).toEqual({
      full_domain: 'example.com',
      record_type: 'A',
      frequency: 10,
      is_active: true,
      group: 'core-services',
      ...expectation,
    })
  })

  test.for<[conditions: readonly string[], dns: string | undefined, reason: RegExp]>([
    [['[BODY] == pat(192.*)'], undefined, /pat\(192/],
    [['[BODY] == 192.0.2.1', '[BODY] != 192.0.2.2'], undefined, /together/],
    [['[CERTIFICATE_EXPIRATION] > 48h'], undefined, /no like here/],
    [['[DNS_RCODE] == SERVFAIL'], undefined, /no like here/],
    [[], 'query-name: example.com\n      query-type: SRV', /"SRV" cannot be watched/],
    [['[BODY] == 192.0.2.1'], 'query-name: https://example.com\n      query-type: A', /is not a full_domain but a URL/],
  ])('is left out with its reason: %j', ([conditions, dns, reason]) => {
    const { monitors, leftOut, faults } = checkReading(readGatus(gatus(conditions, dns)), {})
    expect({ monitors, faults }).toEqual({ monitors: [], faults: [] })
    expect(leftOut[0]?.why).toMatch(reason)
  })

  test('anchors and merge keys are followed', () => {
    const text = `base: &base
  interval: 2h
  dns: { query-name: example.com, query-type: MX }
endpoints:
  - <<: *base
    name: mail
    conditions: ['[BODY] == mx.example.com.']
  - name: site
    url: https://example.com
`
    const { wanted, leftOut } = readGatus(text)
    expect(wanted[0]?.input).toMatchObject({ record_type: 'MX', frequency: 120 })
    expect(leftOut).toEqual([{ place: { line: 8, column: 5 }, what: '"site"', why: 'it has no dns section' }])
  })

  test('broken YAML is told with its line, another file as what it is', () => {
    expect(readGatus('endpoints:\n  - name: [').faults[0]?.place.line).toBeGreaterThanOrEqual(2)
    expect(readGatus('a: 1').faults[0]?.message).toContain('no configuration of Gatus')
  })
})

test.for([
  [20, 5],
  [60, 5],
  [300, 5],
  [899, 10],
  [3_600, 60],
  [86_400, 120],
])('a look every %d s becomes one every %d min', ([seconds, minutes]) => {
  expect(frequencyFor(seconds ?? 0)).toBe(minutes)
})

test('a plan that allows no such frequency slows foreign monitors down, and nothing that was asked for here', () => {
  const { monitors } = checkReading(readUptimeKuma(kuma({})), { fastest: 60 })
  expect(monitors[0]?.input.frequency).toBe(60)
})
