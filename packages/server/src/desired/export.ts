/**
 * What a server has as a configuration file.
 *
 * Only what differs from the defaults is written, so that the file says what somebody decided. No secret is: header
 * values, secrets, hidden options and addresses that are credentials become references to environment variables.
 */
import type { WireGroup, WireMonitor, WireWebhook } from '@dnsradar/client'
import { Document } from 'yaml'
import type { Actual } from './actual.ts'
import { labelOn, ownerOf, ownHeaders, ownMetadata } from './ownership.ts'
import { VERSION } from './schema.ts'

export interface ExportOptions {
  readonly owner: string
  /** Leaves out what nobody owns. */
  readonly ownedOnly: boolean
}

/** Where editors find the schema. */
const SCHEMA =
  '# yaml-language-server: $schema=https://raw.githubusercontent.com/dnsradar/dnsradar/main/docs/dnsradar.schema.json'

export function exportConfiguration(actual: Actual, { owner, ownedOnly }: ExportOptions): string {
  const isWanted = (label: string | null): boolean => label === owner || (label === null && !ownedOnly)
  const monitors = actual.monitors.filter((monitor) => isWanted(ownerOf(monitor)))
  const webhooks = actual.webhooks.filter((webhook) => isWanted(labelOn(webhook)?.owner ?? null))
  const keys = monitorKeys(monitors)
  const named = webhookKeys(webhooks, owner)
  const groups = groupsOf(actual.groups, monitors, webhooks)
  const variables: string[] = []
  const document = new Document({
    version: VERSION,
    owner,
    ...section('groups', groups),
    ...section('monitors', Object.fromEntries(monitors.map((each) => [keys.get(each.uuid), monitorEntry(each)]))),
    ...section(
      'webhooks',
      Object.fromEntries(webhooks.map((each) => [named.get(each.uuid), webhookEntry(each, named, keys, variables)])),
    ),
  })
  const set = variables.length === 0 ? '' : `# Set before plan and apply: ${variables.join(', ')}\n`
  return `${SCHEMA}\n${set}${document.toString({ lineWidth: 0 })}`
}

function section(name: string, entries: object): object {
  return Object.keys(entries).length === 0 ? {} : { [name]: entries }
}

/** The external id where there is one, else one made of name and type; no two alike. */
function monitorKeys(monitors: readonly WireMonitor[]): ReadonlyMap<string, string> {
  const taken = new Set(monitors.flatMap(({ external_id }) => external_id ?? []))
  return new Map(
    monitors.map(({ uuid, external_id, domain, subdomain, record_type }) => {
      const name = [subdomain, domain].filter(Boolean).join('.')
      const made = `${name}-${record_type}`.toLowerCase().replaceAll(/[^a-z0-9._*-]+/g, '-')
      return [uuid, external_id ?? unused(made.slice(-200), taken)]
    }),
  )
}

function webhookKeys(webhooks: readonly WireWebhook[], owner: string): ReadonlyMap<string, string> {
  const labels = webhooks.map((webhook) => labelOn(webhook))
  const taken = new Set(labels.flatMap((label) => (label?.owner === owner ? [label.key] : [])))
  return new Map(
    webhooks.map(({ uuid, url }, at) => {
      const host = (URL.parse(url)?.hostname ?? '').replaceAll(/[^a-z0-9]+/g, '-').replace(/^-|-$/g, '')
      return [uuid, labels[at]?.key ?? unused((host || 'webhook').slice(0, 50), taken)]
    }),
  )
}

function unused(name: string, taken: Set<string>): string {
  let free = name
  for (let count = 2; taken.has(free); count += 1) free = `${name}-${count}`
  taken.add(free)
  return free
}

/** Those in use, and those that somebody gave a name or showed in public. */
function groupsOf(
  groups: readonly WireGroup[],
  monitors: readonly WireMonitor[],
  webhooks: readonly WireWebhook[],
): Readonly<Record<string, object>> {
  const used = new Set([...monitors.map(({ group }) => group), ...webhooks.flatMap((webhook) => webhook.groups)])
  const told = groups.filter(
    ({ slug, name, is_public, is_default }) => is_public || (!is_default && (name !== slug || used.has(slug))),
  )
  return Object.fromEntries(
    told.map(({ slug, name, is_public }) => [slug, { name, ...unless(false, 'is_public', is_public) }]),
  )
}

function unless<T>(usual: T, field: string, value: T): Readonly<Record<string, T>> {
  return value === usual ? {} : { [field]: value }
}

function unlessEmpty(field: string, value: readonly unknown[] | object): object {
  return Object.keys(value).length === 0 ? {} : { [field]: value }
}

function monitorEntry(monitor: WireMonitor): object {
  const { domain, subdomain, record_type, match, expected_value, frequency, notify, is_active, group } = monitor
  return {
    domain,
    ...unless(null, 'subdomain', subdomain),
    record_type,
    ...unless('exact', 'match', match),
    ...(match === 'baseline' || match === 'absent' ? {} : { expected_value }),
    ...unless(60, 'frequency', frequency),
    ...unless('immediately', 'notify', notify),
    ...unless(true, 'is_active', is_active),
    ...unless('default', 'group', group),
    ...unlessEmpty('metadata', ownMetadata(monitor)),
  }
}

/** Formats whose receivers know the sender by the address alone. */
const SECRET_ADDRESSES: readonly string[] = ['slack', 'discord', 'teams']
const HIDDEN = '***'

function webhookEntry(
  webhook: WireWebhook,
  named: ReadonlyMap<string, string>,
  keys: ReadonlyMap<string, string>,
  variables: string[],
): object {
  const key = named.get(webhook.uuid) ?? ''
  const reference = (field: string): { readonly env: string } => {
    const env = `SECRET_OF_${key}_${field}`.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_')
    variables.push(env)
    return { env }
  }
  const { url, method, groups, all_groups, format, format_options, events, states, record_types, monitors } = webhook
  const headers = Object.keys(ownHeaders(webhook)).map((name) => [name, reference(name)])
  const options = Object.entries(format_options).map(([name, value]) => [
    name,
    value === HIDDEN ? reference(name) : value,
  ])
  return {
    url: SECRET_ADDRESSES.includes(format) ? reference('url') : url,
    ...unless('POST', 'method', method),
    ...(webhook.has_secret ? { secret: reference('secret') } : {}),
    ...unlessEmpty('headers', Object.fromEntries(headers)),
    ...(all_groups ? { all_groups } : {}),
    ...(all_groups && groups.length === 0 ? {} : { groups }),
    format,
    ...unlessEmpty('format_options', Object.fromEntries(options)),
    ...(events.length === 1 && events[0] === 'record.*' ? {} : { events }),
    ...unlessEmpty('states', states),
    ...unlessEmpty('record_types', record_types),
    ...unlessEmpty(
      'monitors',
      monitors.map((id) => keys.get(id) ?? id),
    ),
    timeout_seconds: webhook.timeout_seconds,
    ...unless(true, 'is_active', webhook.is_active),
  }
}
