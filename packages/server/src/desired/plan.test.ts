/** What a plan does, and what it leaves alone. */
import type { WireGroup, WireMonitor, WireWebhook } from '@dnsradar/client'
import { describe, expect, test } from 'vitest'
import { annotatePlan, planJson, planLines } from '../cli/plan-words.ts'
import type { Actual } from './actual.ts'
import { countChanges, planChanges } from './plan.ts'
import { readConfiguration } from './read.ts'

const OPTIONS = { adopt: false, sendSecrets: false }

function desired(text: string, env: Readonly<Record<string, string>> = {}) {
  const { desired: read, faults } = readConfiguration(`version: 1\nowner: infra\n${text}`, env)
  expect(faults).toEqual([])
  if (read === null) throw new Error('a file without faults is read')
  return read
}

const GROUP: WireGroup = {
  uuid: 'grp_default',
  slug: 'default',
  name: 'Default',
  kind: 'native',
  is_default: true,
  monitors: 0,
  webhooks: 0,
  is_public: false,
  created: '2026-01-01T00:00:00Z',
}

const MONITOR: WireMonitor = {
  uuid: 'mon_1',
  created: '2026-01-01T00:00:00Z',
  domain: 'example.com',
  subdomain: null,
  record_type: 'A',
  expected_value: ['192.0.2.1', '192.0.2.2'],
  current_value: null,
  is_exact_match: true,
  state: 'VALID',
  incidence_count: 0,
  last_checked: null,
  is_active: true,
  frequency: 60,
  match: 'exact',
  notify: 'immediately',
  group: 'default',
  external_id: 'a',
  metadata: { dnsradar_owner: 'infra' },
  updated: '2026-01-01T00:00:00Z',
  next_check: null,
  reasons: [],
  pending_state: null,
}

const WEBHOOK: WireWebhook = {
  uuid: 'wh_1',
  created: '2026-01-01T00:00:00Z',
  url: 'https://hooks.example.com/x',
  method: 'POST',
  headers: { 'X-DNSRadar-Managed-By': 'infra:alerts' },
  is_active: true,
  last_error: null,
  last_executed: null,
  groups: ['default'],
  all_groups: false,
  source: null,
  format: 'dnsradar',
  format_options: {},
  events: ['record.*'],
  states: [],
  record_types: [],
  monitors: [],
  timeout_seconds: 5,
  has_secret: false,
  disabled_reason: null,
  pending: 0,
  next_attempt: null,
}

function actual(parts: Partial<Actual>): Actual {
  return { groups: [GROUP], monitors: [], webhooks: [], ...parts }
}

const A = 'monitors:\n  a: { domain: example.com, record_type: A, expected_value: [192.0.2.1, 192.0.2.2] }\n'

describe('monitors', () => {
  test('one that is there and means the same is left as it is, however it is written', () => {
    const text =
      'monitors:\n  a: { full_domain: EXAMPLE.com., record_type: A, expected_value: [192.0.2.2, 192.0.2.1] }\n'
    expect(planChanges(desired(text), actual({ monitors: [MONITOR] }), OPTIONS)).toEqual({ changes: [], conflicts: [] })
  })

  test.for<[why: string, held: Partial<WireMonitor>, body: object]>([
    ['another expectation', { expected_value: ['192.0.2.9'] }, { expected_value: ['192.0.2.1', '192.0.2.2'] }],
    ['another frequency, back to the default', { frequency: 5 }, { frequency: 60 }],
    ['another match', { match: 'includes' }, { match: 'exact' }],
    ['another name', { subdomain: 'www' }, { domain: 'example.com', subdomain: null }],
    ['another group', { group: 'old' }, { group: 'default' }],
    [
      'metadata that somebody added',
      { metadata: { dnsradar_owner: 'infra', a: 'b' } },
      { metadata: { dnsradar_owner: 'infra' } },
    ],
    ['a pause by hand', { is_active: false }, { is_active: true }],
  ])('an update says only what differs: %s', ([, held, body]) => {
    const { changes } = planChanges(desired(A), actual({ monitors: [{ ...MONITOR, ...held }] }), OPTIONS)
    expect(changes).toMatchObject([{ kind: 'monitor', action: 'update', id: 'mon_1', body }])
    expect(Object.keys((changes[0] as { body: object }).body).toSorted()).toEqual(Object.keys(body).toSorted())
  })

  test('a baseline that was taken is no difference', () => {
    const text = 'monitors:\n  a: { domain: example.com, record_type: A, match: baseline }\n'
    expect(
      planChanges(desired(text), actual({ monitors: [{ ...MONITOR, match: 'baseline' }] }), OPTIONS).changes,
    ).toEqual([])
  })

  test('a new one carries its owner and its key', () => {
    const { changes } = planChanges(desired(A), actual({}), OPTIONS)
    expect(changes).toMatchObject([
      {
        kind: 'monitor',
        action: 'create',
        key: 'a',
        body: { external_id: 'a', metadata: { dnsradar_owner: 'infra' } },
      },
    ])
  })

  test('one that the file no longer has is deleted, one of another owner or of nobody is not', () => {
    const others = [
      { ...MONITOR, uuid: 'mon_2', external_id: 'b', metadata: { dnsradar_owner: 'other' } },
      { ...MONITOR, uuid: 'mon_3', external_id: 'c', metadata: {} },
      { ...MONITOR, uuid: 'mon_4', external_id: null, metadata: {} },
    ]
    const { changes } = planChanges(desired(''), actual({ monitors: [MONITOR, ...others] }), OPTIONS)
    expect(changes).toMatchObject([{ kind: 'monitor', action: 'delete', id: 'mon_1' }])
    expect(changes).toHaveLength(1)
  })

  test.for<[why: string, held: Partial<WireMonitor>, says: RegExp]>([
    ['the key of another owner', { metadata: { dnsradar_owner: 'other' } }, /belongs to other; choose another key/],
    [
      'a key that somebody took by hand',
      { metadata: {} },
      /external_id of a monitor that was made by hand \(mon_1\); take it over with --adopt/,
    ],
    ['the same watched by hand', { metadata: {}, external_id: null }, /watches the same; take it over with --adopt/],
  ])('stands in the way: %s', ([, held, says]) => {
    const { changes, conflicts } = planChanges(desired(A), actual({ monitors: [{ ...MONITOR, ...held }] }), OPTIONS)
    expect(changes).toEqual([])
    expect(conflicts).toMatchObject([{ place: { line: 4, column: 3 }, message: expect.stringMatching(says) }])
  })

  test('--adopt takes over what was made by hand, and nothing of another owner', () => {
    const byHand = { ...MONITOR, metadata: { a: 'b' }, external_id: null }
    const adopt = { ...OPTIONS, adopt: true }
    expect(planChanges(desired(A), actual({ monitors: [byHand] }), adopt).changes).toMatchObject([
      { action: 'adopt', id: 'mon_1', body: { external_id: 'a', metadata: { dnsradar_owner: 'infra' } } },
    ])
    const theirs = { ...MONITOR, metadata: { dnsradar_owner: 'other' } }
    expect(planChanges(desired(A), actual({ monitors: [theirs] }), adopt).conflicts).toHaveLength(1)
  })
})

describe('groups', () => {
  test('are made and changed; those that are only named are made, too', () => {
    const text =
      'groups:\n  a: { name: New }\n  b:\nmonitors:\n  m: { domain: example.com, record_type: NS, match: baseline, group: c }\n'
    const groups = [GROUP, { ...GROUP, slug: 'a', name: 'Old' }, { ...GROUP, slug: 'gone' }]
    const { changes } = planChanges(desired(text), actual({ groups }), OPTIONS)
    expect(changes).toMatchObject([
      { kind: 'group', action: 'update', id: 'a', body: { name: 'New' } },
      { kind: 'group', action: 'create', key: 'b', body: { slug: 'b' } },
      { kind: 'group', action: 'create', key: 'c', body: { slug: 'c' } },
      { kind: 'monitor', action: 'create' },
    ])
  })
})

describe('webhooks', () => {
  const text = 'webhooks:\n  alerts: { url: "https://hooks.example.com/x" }\n'

  test('one that is there and says the same is left as it is', () => {
    expect(planChanges(desired(text), actual({ webhooks: [WEBHOOK] }), OPTIONS)).toEqual({ changes: [], conflicts: [] })
  })

  test('one that gave up stays so, unless the file says that it is active', () => {
    const webhooks = [{ ...WEBHOOK, is_active: false }]
    expect(planChanges(desired(text), actual({ webhooks }), OPTIONS).changes).toEqual([])
    const active = text.replace(' }', ', is_active: true }')
    expect(planChanges(desired(active), actual({ webhooks }), OPTIONS).changes).toMatchObject([
      { body: {}, activity: true },
    ])
  })

  test('a secret is sent when there is none, and again only when asked; a plan never shows it', () => {
    const secret = text.replace(' }', ', secret: { env: S } }')
    const read = desired(secret, { S: 'very-secret' })
    const plans = [
      planChanges(read, actual({ webhooks: [WEBHOOK] }), OPTIONS),
      planChanges(read, actual({ webhooks: [{ ...WEBHOOK, has_secret: true }] }), OPTIONS),
      planChanges(read, actual({ webhooks: [{ ...WEBHOOK, has_secret: true }] }), { ...OPTIONS, sendSecrets: true }),
    ]
    expect(plans.map(({ changes }) => changes.map((change) => ('body' in change ? change.body : null)))).toEqual([
      [{ secret: 'very-secret' }],
      [],
      [{ secret: 'very-secret' }],
    ])
    const told = plans.map((plan) => JSON.stringify([planLines(plan), planJson(plan), annotatePlan('f', plan)])).join()
    expect(told).not.toContain('very-secret')
  })

  test('header values are compared and not shown', () => {
    const headers = text.replace(' }', ', headers: { Authorization: { env: S } } }')
    const plan = planChanges(desired(headers, { S: 'Bearer very-secret' }), actual({ webhooks: [WEBHOOK] }), OPTIONS)
    expect(plan.changes).toMatchObject([
      {
        action: 'update',
        body: { headers: { Authorization: 'Bearer very-secret', 'X-DNSRadar-Managed-By': 'infra:alerts' } },
      },
    ])
    expect(JSON.stringify(planLines(plan))).not.toContain('very-secret')
  })

  test('monitors are named by key, and a webhook that names some comes after they are made', () => {
    const named = `${A}${text.replace(' }', ', monitors: [a] }')}`
    expect(planChanges(desired(named), actual({}), OPTIONS).changes.map(({ kind }) => kind)).toEqual([
      'monitor',
      'webhook',
    ])
    const held = actual({ monitors: [MONITOR], webhooks: [{ ...WEBHOOK, monitors: ['mon_1'] }] })
    expect(planChanges(desired(named), held, OPTIONS).changes).toEqual([])
  })

  test('a monitor that is to be looked at again comes after the webhook that names it', () => {
    const named = `${A}${text.replace(' }', ', monitors: [a] }')}`
    const held = actual({ monitors: [{ ...MONITOR, is_active: false }] })
    expect(planChanges(desired(named), held, OPTIONS).changes.map(({ kind, action }) => `${action} ${kind}`)).toEqual([
      'create webhook',
      'update monitor',
    ])
  })

  test('one made by hand with the same url stands in the way until it is adopted; others are left alone', () => {
    const webhooks = [{ ...WEBHOOK, headers: {} }]
    expect(planChanges(desired(text), actual({ webhooks }), OPTIONS).conflicts).toHaveLength(1)
    expect(planChanges(desired(text), actual({ webhooks }), { ...OPTIONS, adopt: true }).changes).toMatchObject([
      { action: 'adopt' },
    ])
    expect(planChanges(desired(''), actual({ webhooks }), OPTIONS).changes).toEqual([])
    expect(planChanges(desired(''), actual({ webhooks: [WEBHOOK] }), OPTIONS).changes).toMatchObject([
      { action: 'delete' },
    ])
  })
})

describe('a plan in words', () => {
  const held = { ...MONITOR, frequency: 5, metadata: { dnsradar_owner: 'infra' } }
  const gone = { ...MONITOR, uuid: 'mon_2', external_id: 'b\u001b[2J', metadata: { dnsradar_owner: 'infra' } }
  const plan = planChanges(desired(A), actual({ monitors: [held, gone] }), OPTIONS)

  test('each change with its fields; control codes are shown and not obeyed', () => {
    expect(planLines(plan).map(({ text }) => text)).toEqual([
      '~ update monitor a (example.com A)',
      '    frequency: 5 -> 60',
      '- delete monitor b\\u001b[2J (example.com A)',
    ])
    expect(countChanges(plan)).toBe('1 to update, 1 to delete')
  })

  test('annotations of GitHub stand at the lines of the file, and no text ends one early', () => {
    expect(annotatePlan('conf/a,b.yaml', plan)).toEqual([
      '::notice file=conf/a%2Cb.yaml,line=4,col=3::update monitor a (example.com A)%0Afrequency: 5 -> 60',
      '::warning file=conf/a%2Cb.yaml::delete monitor b\u001b[2J (example.com A)',
    ])
  })

  test('JSON has every change with its line', () => {
    expect(planJson(plan)).toMatchObject({
      changes: [
        {
          action: 'update',
          kind: 'monitor',
          uuid: 'mon_1',
          line: 4,
          fields: [{ field: 'frequency', from: 5, to: 60 }],
        },
        { action: 'delete', line: null },
      ],
      conflicts: [],
    })
  })
})
