/**
 * Webhooks: found by the label in their headers, compared as far as a server shows them.
 *
 * What it does not show (secrets, and values that read `***`) counts as unchanged unless it is to be sent anyway.
 */
import type { WebhookPatch, WireWebhook } from '@dnsradar/client'
import type { Fault } from '../source/place.ts'
import type { Actual } from './actual.ts'
import type { Change, FieldChange, Plan, PlanOptions } from './changes.ts'
import type { Desired, DesiredWebhook } from './desired.ts'
import { asMembers, asSet, bodyOf, type Compared, differences } from './fields.ts'
import { labelOf, labelOn, OWNER_HEADER } from './ownership.ts'

export function planWebhooks(desired: Desired, actual: Actual, options: PlanOptions): Plan {
  const names = new Map(actual.monitors.flatMap(({ uuid, external_id: key }) => (key === null ? [] : [[uuid, key]])))
  const owned = new Map(
    actual.webhooks.flatMap((webhook) => {
      const label = labelOn(webhook)
      return label?.owner === desired.owner ? [[label.key, webhook]] : []
    }),
  )
  const byHand = Map.groupBy(
    actual.webhooks.filter((webhook) => labelOn(webhook) === null),
    ({ url }) => url,
  )
  const conflicts: Fault[] = []
  const changes = desired.webhooks.flatMap((wanted): readonly Change[] => {
    const held = owned.get(wanted.key)
    const compare = (webhook: WireWebhook, action: 'update' | 'adopt') =>
      update(labelOf(desired.owner, wanted.key), wanted, webhook, { action, names, sendSecrets: options.sendSecrets })
    if (held !== undefined) return compare(held, 'update')
    const same = byHand.get(wanted.url)?.shift()
    if (same === undefined) return [create(desired.owner, wanted)]
    if (options.adopt) return compare(same, 'adopt')
    const message = `A webhook that was made by hand (${same.uuid}) has the same url; take it over with --adopt, or delete it first.`
    conflicts.push({ place: wanted.place, message })
    return []
  })
  const keys = new Set(desired.webhooks.map(({ key }) => key))
  const gone = [...owned].filter(([key]) => !keys.has(key)).map(([key, webhook]) => remove(key, webhook))
  return { changes: [...changes, ...gone], conflicts }
}

/** The address without what may be a credential in it. */
function aboutOf(url: string): string {
  return URL.parse(url)?.host || url.replace(/:.*/s, ':…')
}

function headersOf(label: string, { headers }: DesiredWebhook): Readonly<Record<string, string>> {
  return asMembers({ ...headers, [OWNER_HEADER]: label })
}

function create(owner: string, wanted: DesiredWebhook): Change {
  const { key, place, secret, format, timeout_seconds, is_active, ...rest } = wanted
  const { url, method, groups, all_groups, events, states, record_types, monitors, format_options } = rest
  const body = {
    url,
    method,
    headers: headersOf(labelOf(owner, key), wanted),
    ...(all_groups && groups.length === 0 ? {} : { groups }),
    all_groups,
    events,
    states,
    record_types,
    monitors,
    ...(Object.keys(format_options).length === 0 ? {} : { format_options }),
    ...(secret === undefined ? {} : { secret }),
    ...(format === undefined ? {} : { format }),
    ...(timeout_seconds === undefined ? {} : { timeout_seconds }),
    ...(is_active === undefined ? {} : { is_active }),
  }
  return { kind: 'webhook', action: 'create', key, place, about: aboutOf(url), fields: [], body }
}

interface Comparison {
  readonly action: 'update' | 'adopt'
  /** Keys of monitors by their ids. */
  readonly names: ReadonlyMap<string, string>
  readonly sendSecrets: boolean
}

function update(
  label: string,
  wanted: DesiredWebhook,
  held: WireWebhook,
  { action, names, sendSecrets }: Comparison,
): readonly Change[] {
  const fields = differences([...compared(label, wanted, held, names), ...secrets(wanted, held, sendSecrets)])
  if (fields.length === 0) return []
  const { key, place, url } = wanted
  const activity = fields.some(({ field }) => field === 'is_active') ? wanted.is_active : undefined
  const body: WebhookPatch = {
    ...bodyOf(fields.filter(({ field }) => field !== 'is_active')),
    // With names as they were written: they were compared without their case.
    ...(fields.some(({ field }) => field === 'headers') ? { headers: headersOf(label, wanted) } : {}),
  }
  const told = fields.map(withoutSecrets)
  return [{ kind: 'webhook', action, id: held.uuid, key, place, about: aboutOf(url), fields: told, body, activity }]
}

function compared(
  label: string,
  wanted: DesiredWebhook,
  held: WireWebhook,
  names: ReadonlyMap<string, string>,
): readonly Compared[] {
  const covered = asSet(wanted.groups)
  return [
    ['url', held.url, wanted.url],
    ['method', held.method, wanted.method],
    ['headers', asMembers(lowerNames(held.headers)), lowerNames(headersOf(label, wanted))],
    ['all_groups', held.all_groups, wanted.all_groups],
    ['groups', asSet(held.groups), covered],
    ['events', asSet(held.events), asSet(wanted.events)],
    ['states', asSet(held.states), asSet(wanted.states)],
    ['record_types', asSet(held.record_types), asSet(wanted.record_types)],
    ['monitors', asSet(held.monitors.map((id) => names.get(id) ?? id)), asSet(wanted.monitors)],
    ['format', held.format, wanted.format],
    ['timeout_seconds', held.timeout_seconds, wanted.timeout_seconds],
    ['is_active', held.is_active, wanted.is_active],
  ]
}

/** Names of headers have no case. */
function lowerNames(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return asMembers(Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value])))
}

const HIDDEN = '***'

function secrets(
  { secret, format_options: wanted }: DesiredWebhook,
  { has_secret, format_options: held }: WireWebhook,
  send: boolean,
): readonly Compared[] {
  const isSent = secret !== undefined && (send || !has_secret)
  const shown = Object.fromEntries(
    Object.entries(held).map(([name, value]) => [name, value === HIDDEN && !send ? (wanted[name] ?? value) : value]),
  )
  return [
    ['secret', HIDDEN, isSent ? secret : undefined],
    ['format_options', asMembers(shown), asMembers(wanted)],
  ]
}

/** For people: values of these fields may be credentials. */
function withoutSecrets({ field, from, to }: FieldChange): FieldChange {
  const hide = (value: unknown): unknown =>
    typeof value === 'object' && value !== null
      ? Object.fromEntries(Object.keys(value).map((name) => [name, HIDDEN]))
      : HIDDEN
  if (field === 'secret') return { field, from: HIDDEN, to: HIDDEN }
  if (field === 'url') return { field, from: `${aboutOf(String(from))}/…`, to: `${aboutOf(String(to))}/…` }
  return field === 'headers' || field === 'format_options'
    ? { field, from: hide(from), to: hide(to) }
    : { field, from, to }
}

function remove(key: string, { uuid, url }: WireWebhook): Change {
  return { kind: 'webhook', action: 'delete', id: uuid, key, about: aboutOf(url), fields: [] }
}
