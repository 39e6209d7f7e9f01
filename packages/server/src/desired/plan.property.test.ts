/** Applying is idempotent, exports are what was applied, and what others made is never touched. */
import type { NewMonitorInput, WireMonitor, WireWebhook } from '@dnsradar/client'
import { isExact } from '@dnsradar/core/delivery/objects'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { newMonitor } from '../actions/new-monitor.ts'
import type { Actual } from './actual.ts'
import type { Change } from './changes.ts'
import type { Desired } from './desired.ts'
import { exportConfiguration } from './export.ts'
import { planChanges } from './plan.ts'
import { readConfiguration } from './read.ts'

const OPTIONS = { adopt: false, sendSecrets: false }
const SINCE = '2026-01-01T00:00:00Z'

const slug = fc.constantFrom('default', 'customers', 'mail')
const name = fc.constantFrom('example.com', 'example.net')
const monitor = fc.oneof(
  fc.record({
    domain: name,
    subdomain: fc.constantFrom('www', 'api'),
    record_type: fc.constant('A'),
    match: fc.constantFrom('exact', 'includes', 'any_of', 'none_of'),
    expected_value: fc.uniqueArray(fc.constantFrom('192.0.2.1', '192.0.2.2', '192.0.2.3'), { minLength: 1 }),
    frequency: fc.constantFrom(5, 60),
    group: slug,
    is_active: fc.boolean(),
    metadata: fc.constantFrom({}, { customer: '7' }, { customer: '8', plan: 'gold' }),
  }),
  fc.record({ domain: name, record_type: fc.constantFrom('MX', 'NS'), match: fc.constantFrom('baseline', 'absent') }),
)
const webhook = fc.record(
  {
    url: fc.constantFrom('https://hooks.example.com/a', 'https://hooks.example.com/b'),
    headers: fc.constantFrom({}, { 'X-Team': 'dns' }),
    groups: fc.uniqueArray(slug, { minLength: 1 }),
    events: fc.constantFrom(['record.*'], ['record.broken', 'domain.restored']),
    monitors: fc.constantFrom([], ['a']),
  },
  { requiredKeys: ['url'] },
)
const file = fc
  .record({
    groups: fc.dictionary(fc.constantFrom('customers', 'mail'), fc.record({ name: fc.constantFrom('One', 'Two') })),
    monitors: fc
      .dictionary(fc.constantFrom('b', 'c', 'd'), monitor)
      .chain((rest) => monitor.map((a) => ({ ...rest, a }))),
    webhooks: fc.dictionary(fc.constantFrom('x', 'y'), webhook),
  })
  .map((sections) => ({ version: 1, owner: 'infra', ...sections }))

/** JSON is YAML. */
function read(contents: object): Desired {
  const { desired, faults } = readConfiguration(JSON.stringify(contents), ENV)
  expect(faults).toEqual([])
  return desired as Desired
}

/** What exports put in the place of header values. */
const ENV = { SECRET_OF_X_X_TEAM: 'dns', SECRET_OF_Y_X_TEAM: 'dns' }

function emptyServer(): Actual {
  const group = { uuid: 'grp_1', slug: 'default', name: 'Default', kind: 'native', is_default: true } as const
  return {
    groups: [{ ...group, monitors: 0, webhooks: 0, is_public: false, created: SINCE }],
    monitors: [],
    webhooks: [],
  }
}

/** What the API makes of a change. */
function after(actual: Actual, change: Change): Actual {
  switch (change.kind) {
    case 'group': {
      const others = actual.groups.filter(({ slug: other }) => other !== change.key)
      const held = actual.groups.find(({ slug: other }) => other === change.key) ?? {
        ...(actual.groups[0] as Actual['groups'][number]),
        slug: change.key,
        name: change.key,
        is_default: false,
      }
      return { ...actual, groups: [...others, { ...held, ...change.body }] }
    }
    case 'monitor': {
      const others = 'id' in change ? actual.monitors.filter(({ uuid }) => uuid !== change.id) : actual.monitors
      if (change.action === 'delete') return { ...actual, monitors: others }
      const held = 'id' in change ? actual.monitors.find(({ uuid }) => uuid === change.id) : undefined
      return {
        ...actual,
        monitors: [...others, wireMonitor({ ...held, ...change.body } as NewMonitorInput, change.key, held)],
      }
    }
    case 'webhook': {
      const others = 'id' in change ? actual.webhooks.filter(({ uuid }) => uuid !== change.id) : actual.webhooks
      if (change.action === 'delete') return { ...actual, webhooks: others }
      const held = 'id' in change ? actual.webhooks.find(({ uuid }) => uuid === change.id) : WEBHOOK
      const ids = (change.body.monitors ?? held?.monitors ?? []).map((key) => (key.includes('_') ? key : `mon_${key}`))
      const made = { ...held, uuid: `wh_${change.key}`, ...change.body, monitors: ids } as WireWebhook
      return { ...actual, webhooks: [...others, made] }
    }
  }
}

const WEBHOOK: Partial<WireWebhook> = {
  created: SINCE,
  method: 'POST',
  is_active: true,
  source: null,
  format: 'dnsradar',
  format_options: {},
  timeout_seconds: 5,
  has_secret: false,
}

function wireMonitor(body: NewMonitorInput, key: string, held: WireMonitor | undefined): WireMonitor {
  const { domain, subdomain, record_type, match, frequency, notify, is_active, group, external_id, metadata } = body
  const asked = { domain, subdomain, record_type, match, frequency, notify, is_active, group, external_id, metadata }
  const takesNone = match === 'baseline' || match === 'absent'
  const expected = takesNone ? {} : { expected_value: [body.expected_value ?? []].flat() }
  const made = newMonitor({ ...asked, ...expected }, 'unlimited')
  return {
    uuid: held?.uuid ?? `mon_${key}`,
    created: SINCE,
    updated: SINCE,
    domain: made.domain,
    subdomain: made.subdomain,
    record_type: made.type,
    expected_value: made.match === 'baseline' ? ['taken.example'] : made.expected,
    current_value: null,
    is_exact_match: isExact(made.match),
    state: 'UNSET',
    incidence_count: 0,
    last_checked: null,
    is_active: made.isActive,
    frequency: made.intervalMinutes,
    match: made.match,
    notify: made.notify,
    group: made.group ?? 'default',
    external_id: made.externalId,
    metadata: made.metadata,
    next_check: null,
    reasons: [],
    pending_state: null,
  }
}

function applied(actual: Actual, desired: Desired): Actual {
  const { changes, conflicts } = planChanges(desired, actual, OPTIONS)
  expect(conflicts).toEqual([])
  return changes.reduce(after, actual)
}

test('a plan of what was just applied is empty, whatever was there before', () => {
  fc.assert(
    fc.property(file, file, (before, now) => {
      const server = applied(applied(emptyServer(), read(before)), read(now))
      expect(planChanges(read(now), server, OPTIONS)).toEqual({ changes: [], conflicts: [] })
    }),
  )
})

test('a plan of an export is empty, and an empty server becomes the same by it', () => {
  fc.assert(
    fc.property(file, (contents) => {
      const server = applied(emptyServer(), read(contents))
      const text = exportConfiguration(server, { owner: 'infra', ownedOnly: true })
      const { desired, faults } = readConfiguration(text, ENV)
      expect(faults).toEqual([])
      if (desired === null) return
      expect(planChanges(desired, server, OPTIONS)).toEqual({ changes: [], conflicts: [] })
      const other = applied(emptyServer(), desired)
      expect(exportConfiguration(other, { owner: 'infra', ownedOnly: true })).toBe(text)
    }),
  )
})

test('what another owner has, or nobody, is in no change', () => {
  fc.assert(
    fc.property(file, file, (theirs, ours) => {
      const prefixed = Object.fromEntries(
        Object.entries(theirs.monitors).map(([key, value]) => [`their-${key}`, value]),
      )
      const foreign = read({ ...theirs, owner: 'other', monitors: prefixed, webhooks: {} })
      const server = applied(emptyServer(), foreign)
      const { changes } = planChanges(read(ours), server, { ...OPTIONS, adopt: true })
      const ids = new Set(server.monitors.map(({ uuid }) => uuid))
      expect(changes.filter((change) => change.kind === 'monitor' && 'id' in change && ids.has(change.id))).toEqual([])
    }),
  )
})
