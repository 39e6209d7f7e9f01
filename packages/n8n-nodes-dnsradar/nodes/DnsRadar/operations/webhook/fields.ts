/** What a webhook has beside its URL, and the body that it makes. */
import type { IDataObject, INodeProperties, INodePropertyOptions } from 'n8n-workflow'
import type { Format, Method, RecordType, State, WebhookPatch } from '../../../shared/client.ts'
import { RECORD_TYPE_OPTIONS, STATE_OPTIONS } from '../../../shared/words.ts'
import { entriesField, entriesOf } from '../../entries.ts'
import { lines } from '../../operation.ts'

export const URL_FIELD: INodeProperties = {
  displayName: 'URL',
  name: 'url',
  type: 'string',
  required: true,
  default: '',
  placeholder: 'e.g. https://hooks.example.com/dns',
}

/** `entri` is not for choosing: it belongs to that dialect. */
const FORMAT_OPTIONS: INodePropertyOptions[] = [
  { name: 'Discord', value: 'discord' },
  { name: 'DNSRadar', value: 'dnsradar' },
  { name: 'Email', value: 'email' },
  { name: 'Microsoft Teams', value: 'teams' },
  { name: 'Ntfy', value: 'ntfy' },
  { name: 'PagerDuty', value: 'pagerduty' },
  { name: 'Slack', value: 'slack' },
]

export const WEBHOOK_EXTRAS: readonly INodeProperties[] = [
  {
    displayName: 'All Groups',
    name: 'allGroups',
    type: 'boolean',
    default: true,
    description: 'Whether it is told of the monitors of all groups, those made later included',
  },
  {
    displayName: 'Events',
    name: 'events',
    type: 'string',
    default: 'record.*',
    placeholder: 'e.g. record.broken',
    description: 'Kinds of events, one per line; * at the end stands for any',
  },
  {
    displayName: 'Format',
    name: 'format',
    type: 'options',
    default: 'dnsradar',
    options: FORMAT_OPTIONS,
    description: 'What is sent; left out, the host of the URL decides',
  },
  {
    ...entriesField('Format Options', 'formatOptions', 'Option'),
    description: 'Such as routing_key for PagerDuty',
  },
  {
    displayName: 'Groups',
    name: 'groups',
    type: 'string',
    default: '',
    placeholder: 'e.g. production-dns',
    description: 'Slugs or IDs, one per line',
  },
  entriesField('Headers', 'headers', 'Header'),
  {
    displayName: 'Method',
    name: 'method',
    type: 'options',
    default: 'POST',
    options: ['DELETE', 'PATCH', 'POST', 'PUT'].map((method) => ({ name: method, value: method })),
  },
  {
    displayName: 'Monitors',
    name: 'monitors',
    type: 'string',
    default: '',
    placeholder: 'e.g. mon_01jh3x5q9zfmq8b7n2w4c6k8ra',
    description: 'IDs, one per line; none means any',
  },
  {
    displayName: 'Record Types',
    name: 'recordTypes',
    type: 'multiOptions',
    default: [],
    options: RECORD_TYPE_OPTIONS,
    description: 'Types of records; none means any',
  },
  {
    displayName: 'Secret',
    name: 'secret',
    type: 'string',
    typeOptions: { password: true },
    default: '',
    description: 'Deliveries are signed with it; generated when left out, and shown this once',
  },
  {
    displayName: 'States',
    name: 'states',
    type: 'multiOptions',
    default: [],
    options: STATE_OPTIONS,
    description: 'States that a record has come into; none means any',
  },
  {
    displayName: 'Timeout',
    name: 'timeout',
    type: 'number',
    default: 5,
    typeOptions: { minValue: 1, maxValue: 30 },
    description: 'Seconds that the receiver has to answer',
  },
]

/** Only what is given. */
export function webhookExtras(fields: IDataObject): WebhookPatch {
  const { allGroups, events, format, formatOptions, groups, headers, method } = fields
  const { monitors, recordTypes, secret, states, timeout } = fields
  return {
    ...(allGroups === undefined ? {} : { all_groups: allGroups === true }),
    ...(events === undefined ? {} : { events: lines(events) }),
    ...(format === undefined ? {} : { format: format as Format }),
    ...(formatOptions === undefined ? {} : { format_options: entriesOf(formatOptions) }),
    ...(groups === undefined ? {} : { groups: lines(groups) }),
    ...(headers === undefined ? {} : { headers: entriesOf(headers) }),
    ...(method === undefined ? {} : { method: method as Method }),
    ...(monitors === undefined ? {} : { monitors: lines(monitors) }),
    ...(recordTypes === undefined ? {} : { record_types: recordTypes as RecordType[] }),
    // Not trimmed, as an id would be: receivers sign with the very text.
    ...(secret === undefined ? {} : { secret: secret as string }),
    ...(states === undefined ? {} : { states: states as State[] }),
    ...(timeout === undefined ? {} : { timeout_seconds: Number(timeout) }),
  }
}
