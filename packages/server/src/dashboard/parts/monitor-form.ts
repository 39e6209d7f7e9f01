/**
 * The form of a monitor, for new ones and for edits.
 *
 * Texts go to the API as they were typed, and what it says is shown beside the fields. Of an edit only what differs
 * from the monitor is sent: a value that cannot be typed, such as a TXT record with a line break, stays as it is.
 */
import {
  FREQUENCIES,
  MATCH_MODES,
  type MatchMode,
  type MonitorPatch,
  type NewMonitorInput,
  NOTIFY_MODES,
  type NotifyMode,
  RECORD_TYPES,
  type RecordType,
  type WireMonitor,
} from '@dnsradar/client'
import type { Form } from '../form.ts'
import { attributes, type Html, html } from '../html.ts'
import { type Complaint, input, select, textArea } from './forms.ts'
import { linesIn, linesOf, membersIn } from './lines.ts'
import { every, MATCH_WORDS, type ModeWords, nameOf, NOTIFY_WORDS } from './monitors.ts'

/** As typed. */
export interface TypedMonitor {
  readonly full_domain: string
  readonly record_type: string
  readonly match: string
  readonly expected_value: string
  readonly frequency: string
  readonly notify: string
  readonly group: string
  readonly external_id: string
  readonly metadata: string
}

export const MONITOR_LABELS: Readonly<Record<keyof TypedMonitor, string>> = {
  full_domain: 'Name',
  record_type: 'Type',
  match: 'Expect',
  expected_value: 'Values',
  frequency: 'Check',
  notify: 'Tell',
  group: 'Group',
  external_id: 'External id',
  metadata: 'Metadata',
}

export const EMPTY_MONITOR: TypedMonitor = {
  full_domain: '',
  record_type: 'A',
  match: 'exact',
  expected_value: '',
  frequency: '',
  notify: 'immediately',
  group: '',
  external_id: '',
  metadata: '',
}

export function typedIn(form: Form): TypedMonitor {
  const names = Object.keys(MONITOR_LABELS) as (keyof TypedMonitor)[]
  return Object.fromEntries(names.map((name) => [name, form.text(name)])) as unknown as TypedMonitor
}

export function typedOf(monitor: WireMonitor): TypedMonitor {
  return {
    full_domain: nameOf(monitor),
    record_type: monitor.record_type,
    match: monitor.match,
    expected_value: monitor.expected_value.join('\n'),
    frequency: String(monitor.frequency),
    notify: monitor.notify,
    group: monitor.group,
    external_id: monitor.external_id ?? '',
    metadata: linesOf(monitor.metadata, '='),
  }
}

/** What the API is asked to make. Empty fields are left to it. */
export function newMonitorOf(typed: TypedMonitor): NewMonitorInput {
  const { full_domain, record_type, match, notify, frequency, group, external_id, metadata } = typed
  return {
    full_domain,
    record_type: record_type as RecordType,
    ...(match === '' ? {} : { match: match as MatchMode }),
    ...(notify === '' ? {} : { notify: notify as NotifyMode }),
    ...expectedIn(typed),
    ...(frequency === '' ? {} : { frequency: Number(frequency) }),
    ...(group === '' ? {} : { group }),
    ...(external_id === '' ? {} : { external_id }),
    ...(metadata === '' ? {} : { metadata: membersIn(metadata, '=') }),
  }
}

/** Empty when nothing was changed. */
export function patchOf(typed: TypedMonitor, monitor: WireMonitor): MonitorPatch {
  const before = typedOf(monitor)
  const is = (name: keyof TypedMonitor): boolean => linesIn(typed[name]).join('\n') !== linesIn(before[name]).join('\n')
  return {
    ...(is('full_domain') ? { full_domain: typed.full_domain } : {}),
    ...(is('record_type') ? { record_type: typed.record_type as RecordType } : {}),
    ...(is('match') ? { match: typed.match as MatchMode } : {}),
    ...(is('expected_value') || is('match') ? expectedIn(typed) : {}),
    ...(is('frequency') ? { frequency: Number(typed.frequency) } : {}),
    ...(is('notify') ? { notify: typed.notify as NotifyMode } : {}),
    ...(is('group') ? { group: typed.group === '' ? null : typed.group } : {}),
    ...(is('external_id') ? { external_id: typed.external_id === '' ? null : typed.external_id } : {}),
    ...(is('metadata') ? { metadata: membersIn(typed.metadata, '=') } : {}),
  }
}

/** Modes that take no values are sent none, whatever was left in the field. */
function expectedIn({ match, expected_value }: TypedMonitor): Pick<NewMonitorInput, 'expected_value'> {
  return match === 'absent' || match === 'baseline' ? {} : { expected_value: linesIn(expected_value) }
}

export interface FormContext {
  readonly problem: Complaint
  /** The fastest frequency that the plan allows, in minutes. */
  readonly fastest: number
  /** Slugs to choose from; others make a group. */
  readonly groups: readonly string[]
}

/** The fields that decide how a record is judged: a preview needs no others. */
export function recordFields(typed: TypedMonitor, { problem }: Pick<FormContext, 'problem'>): Html {
  const at = <Name extends keyof TypedMonitor>(name: Name) => ({
    name,
    label: MONITOR_LABELS[name],
    value: typed[name],
    problem,
  })
  return html`<div class="pair">${input({ ...at('full_domain'), required: true, placeholder: 'www.example.com', hint: 'The whole name, or an IP address for PTR.' })}
${select({ ...at('record_type'), options: RECORD_TYPES.map((type) => ({ value: type, label: type })), hint: 'SPF and DMARC are TXT records judged by what they mean.' })}</div>
${select({ ...at('match'), options: options(MATCH_MODES, MATCH_WORDS) })}
${textArea({ ...at('expected_value'), rows: 3, hint: 'One on each line. None for “no record at all” and “whatever is there first”.' })}`
}

export function otherFields(typed: TypedMonitor, { problem, fastest, groups }: FormContext): Html {
  const at = <Name extends keyof TypedMonitor>(name: Name) => ({
    name,
    label: MONITOR_LABELS[name],
    value: typed[name],
    problem,
  })
  const frequencies = FREQUENCIES.filter((minutes) => minutes >= fastest).map((minutes) => ({
    value: String(minutes),
    label: every(minutes),
  }))
  return html`<div class="columns">
${select({ ...at('frequency'), options: typed.frequency === '' ? [{ value: '', label: 'as often as usual' }, ...frequencies] : frequencies })}
${select({ ...at('notify'), options: NOTIFY_MODES.map((mode) => ({ value: mode, label: NOTIFY_WORDS[mode].label })) })}
${input({ ...at('group'), list: 'groups', hint: 'A new name makes a new group; empty is the default group.' })}
<datalist id="groups">${groups.map((slug) => html`<option ${attributes({ value: slug })}></option>`)}</datalist>
${input({ ...at('external_id'), hint: 'What your own system calls it, if it does.' })}
</div>
${textArea({ ...at('metadata'), rows: 2, hint: 'name=value, one on each line. Webhooks for n8n and Zapier receive it.' })}`
}

function options<Mode extends string>(modes: readonly Mode[], words: Readonly<Record<Mode, ModeWords>>) {
  return modes.map((mode) => ({ value: mode, label: `${words[mode].label}: ${words[mode].says}` }))
}
