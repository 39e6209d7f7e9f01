/**
 * The form of a webhook, for new ones and for edits.
 *
 * Choices that are all ticked or none mean "any" to the API, and kinds that are not offered here (a pattern that a
 * program set) are kept and shown as a choice of their own.
 */
import {
  DNS_EVENT_KINDS,
  FORMATS,
  type Format,
  type Method,
  METHODS,
  type NewWebhookInput,
  RECORD_TYPES,
  type RecordType,
  type State,
  STATES,
  type WebhookPatch,
  type WireWebhook,
} from '@dnsradar/client'
import type { Form } from '../form.ts'
import { attributes, type Html, html } from '../html.ts'
import { checkbox, type Complaint, input, messageOf, select, textArea } from './forms.ts'
import { linesOf, membersIn } from './lines.ts'
import { STATE_WORDS } from './states.ts'

export const WEBHOOK_LABELS = {
  url: 'Address',
  groups: 'Groups',
  all_groups: 'All groups',
  events: 'Events',
  states: 'New states',
  record_types: 'Record types',
  monitors: 'Monitors',
  format: 'Format',
  format_options: 'Options of the format',
  method: 'Method',
  headers: 'Headers',
  timeout_seconds: 'Timeout in seconds',
  secret: 'Secret',
} as const

/** As typed. */
export interface TypedWebhook {
  readonly url: string
  readonly groups: string
  readonly all_groups: boolean
  readonly events: readonly string[]
  readonly states: readonly string[]
  readonly record_types: readonly string[]
  readonly monitors: string
  readonly format: string
  readonly format_options: string
  readonly method: string
  readonly headers: string
  readonly timeout_seconds: string
  readonly secret: string
}

export const EMPTY_WEBHOOK: TypedWebhook = {
  url: '',
  groups: '',
  all_groups: false,
  events: DNS_EVENT_KINDS,
  states: [],
  record_types: [],
  monitors: '',
  format: '',
  format_options: '',
  method: 'POST',
  headers: '',
  timeout_seconds: '',
  secret: '',
}

export function typedIn(form: Form): TypedWebhook {
  const { text, all, isOn } = form
  return {
    url: text('url'),
    groups: text('groups'),
    all_groups: isOn('all_groups'),
    events: all('events'),
    states: all('states'),
    record_types: all('record_types'),
    monitors: text('monitors'),
    format: text('format'),
    format_options: text('format_options'),
    method: text('method'),
    headers: text('headers'),
    timeout_seconds: text('timeout_seconds'),
    secret: text('secret'),
  }
}

export function typedOf(webhook: WireWebhook): TypedWebhook {
  return {
    url: webhook.url,
    groups: webhook.groups.join('\n'),
    all_groups: webhook.all_groups,
    events: webhook.events.flatMap((kind): readonly string[] => (kind === 'record.*' ? DNS_EVENT_KINDS : [kind])),
    states: webhook.states,
    record_types: webhook.record_types,
    monitors: webhook.monitors.join('\n'),
    format: webhook.format,
    format_options: linesOf(webhook.format_options, '='),
    method: webhook.method,
    headers: linesOf(webhook.headers, ': '),
    timeout_seconds: String(webhook.timeout_seconds),
    secret: '',
  }
}

/** What the API is asked to make. Empty fields are left to it. */
export function newWebhookOf(typed: TypedWebhook): NewWebhookInput {
  const { groups, format, secret, timeout_seconds: timeout, headers, format_options: options } = typed
  return {
    ...filtersOf(typed),
    url: typed.url,
    method: typed.method as Method,
    ...(typed.all_groups ? { all_groups: true } : groups === '' ? {} : { groups: wordsIn(groups) }),
    ...(format === '' ? {} : { format: format as Format }),
    ...(options === '' ? {} : { format_options: membersIn(options, '=') }),
    ...(headers === '' ? {} : { headers: membersIn(headers, ':') }),
    ...(timeout === '' ? {} : { timeout_seconds: Number(timeout) }),
    ...(secret === '' ? {} : { secret }),
  }
}

/** All that the form holds: fields that were not touched say what there is already. */
export function webhookPatchOf(typed: TypedWebhook, webhook: WireWebhook): WebhookPatch {
  const { secret: _, ...wish } = newWebhookOf(typed)
  return {
    ...wish,
    ...(typed.all_groups ? { all_groups: true } : { all_groups: false, groups: wordsIn(typed.groups) }),
    headers: membersIn(typed.headers, ':'),
    ...(typed.format === webhook.format && typed.format_options === ''
      ? {}
      : { format_options: membersIn(typed.format_options, '=') }),
  }
}

function filtersOf({ events, states, record_types: types, monitors }: TypedWebhook) {
  const hasAllDns = DNS_EVENT_KINDS.every((kind) => events.includes(kind))
  const others = events.filter((kind) => !hasAllDns || !(DNS_EVENT_KINDS as readonly string[]).includes(kind))
  return {
    events: hasAllDns ? ['record.*', ...others] : events,
    states: states as State[],
    record_types: types as RecordType[],
    monitors: wordsIn(monitors),
  }
}

function wordsIn(text: string): string[] {
  return text.split(/[\s,]+/).filter((word) => word !== '')
}

/** **The table** of what can be listened to. */
const EVENT_CHOICES: readonly Choice[] = [
  { value: 'record.broken', label: 'A record breaks' },
  { value: 'record.changed', label: 'A broken record changes' },
  { value: 'record.restored', label: 'A record is valid again' },
  { value: 'domain.*', label: 'A whole domain is valid again' },
  { value: 'monitor.*', label: 'Monitors are made, paused, resumed, deleted' },
  { value: 'webhook.*', label: 'Other webhooks are disabled or recover' },
  { value: 'resolver.*', label: 'Resolvers fail or recover' },
]

interface Choice {
  readonly value: string
  readonly label: string
}

/** `existing`: the fields of one that there is; its secret is changed by rotating it. */
export function webhookFields(typed: TypedWebhook, problem: Complaint, existing: boolean): Html {
  const at = <Name extends keyof TypedWebhook>(name: Name) => ({ name, label: WEBHOOK_LABELS[name], problem })
  return html`${input({ ...at('url'), value: typed.url, type: 'url', required: true, placeholder: 'https://hooks.example.com/dns', hint: 'Where deliveries go. Slack, Discord and Teams are recognized by their address.' })}
${input({ ...at('groups'), value: typed.groups.replaceAll('\n', ', '), hint: existing ? 'Slugs with commas.' : 'Slugs with commas; empty means the default group.' })}
${checkbox({ ...at('all_groups'), label: 'All groups, also those to come', checked: typed.all_groups })}
${choices('events', [...EVENT_CHOICES, ...otherChoices(typed.events)], typed.events, problem)}
<details class="more" id="more" ${attributes({ open: concernsFolded(problem) })}><summary>Filters, format, headers and more</summary>
${choices('states', stateChoices(), typed.states, problem, 'None ticked means any.')}
${choices(
  'record_types',
  RECORD_TYPES.map((type) => ({ value: type, label: type })),
  typed.record_types,
  problem,
  'None ticked means any.',
)}
${textArea({ ...at('monitors'), value: typed.monitors, rows: 2, hint: 'Ids of the only monitors to hear of, one on each line; empty means all.' })}
<div class="columns">
${select({ ...at('format'), value: typed.format, options: [...(existing ? [] : [{ value: '', label: 'by the address' }]), ...FORMATS.filter((format) => format !== 'entri').map((format) => ({ value: format, label: format }))] })}
${select({ ...at('method'), value: typed.method, options: METHODS.map((method) => ({ value: method, label: method })) })}
${input({ ...at('timeout_seconds'), value: typed.timeout_seconds, type: 'number', placeholder: '5', hint: '1 to 30.' })}
${!existing && input({ ...at('secret'), value: typed.secret, type: 'password', hint: 'Signs deliveries; one is made for you when you leave this empty.' })}
</div>
${textArea({ ...at('headers'), value: typed.headers, rows: 2, hint: 'Name: value, one on each line.' })}
${textArea({ ...at('format_options'), value: typed.format_options, rows: 2, hint: 'name=value, one on each line, such as routing_key=… for PagerDuty.' })}
</details>`
}

/** What is wrong with a field must not be hidden with it. */
function concernsFolded(problem: Complaint): boolean {
  return FOLDED.some((name) => messageOf(problem, name) !== null)
}

const FOLDED = [
  'states',
  'record_types',
  'monitors',
  'format',
  'method',
  'timeout_seconds',
  'secret',
  'headers',
  'format_options',
] as const satisfies readonly (keyof TypedWebhook)[]

function stateChoices(): readonly Choice[] {
  return STATES.filter((state) => state !== 'UNSET').map((state) => ({ value: state, label: STATE_WORDS[state].label }))
}

function otherChoices(events: readonly string[]): readonly Choice[] {
  const offered = EVENT_CHOICES.map(({ value }) => value)
  return events.filter((kind) => !offered.includes(kind)).map((kind) => ({ value: kind, label: kind }))
}

function choices(
  name: 'events' | 'states' | 'record_types',
  list: readonly Choice[],
  chosen: readonly string[],
  problem: Complaint,
  hint?: string,
): Html {
  const wrong = messageOf(problem, name)
  return html`<fieldset id="${name}"><legend>${WEBHOOK_LABELS[name]}</legend><div class="choices">${list.map(
    ({ value, label }) =>
      html`<label><input ${attributes({ type: 'checkbox', name, value, checked: chosen.includes(value) })}> ${label}</label>`,
  )}</div>${hint !== undefined && html`<p class="hint">${hint}</p>`}${wrong !== null && html`<p class="error">${wrong}</p>`}</fieldset>`
}
