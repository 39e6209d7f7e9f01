/** What a webhook has beside its URL, and the body that it makes. */
import type { IDataObject, INodeProperties } from 'n8n-workflow'
import type { RecordType, State, WebhookPatch } from '../../../shared/client.ts'
import { RECORD_TYPE_OPTIONS, STATE_OPTIONS } from '../../../shared/words.ts'
import { entriesOf } from '../../monitor-fields.ts'
import { lines } from '../../operation.ts'
import { asText } from '../../../shared/text.ts'

export const URL_FIELD: INodeProperties = {
  displayName: 'URL',
  name: 'url',
  type: 'string',
  required: true,
  default: '',
  placeholder: 'e.g. https://hooks.example.com/dns',
}

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
    displayName: 'Groups',
    name: 'groups',
    type: 'string',
    default: '',
    placeholder: 'e.g. production-dns',
    description: 'Slugs or IDs, one per line',
  },
  {
    displayName: 'Headers',
    name: 'headers',
    type: 'fixedCollection',
    default: {},
    placeholder: 'Add Header',
    typeOptions: { multipleValues: true },
    options: [
      {
        displayName: 'Header',
        name: 'values',
        values: [
          { displayName: 'Name', name: 'key', type: 'string', default: '' },
          { displayName: 'Value', name: 'value', type: 'string', default: '' },
        ],
      },
    ],
  },
  {
    displayName: 'Method',
    name: 'method',
    type: 'options',
    default: 'POST',
    options: ['DELETE', 'PATCH', 'POST', 'PUT'].map((method) => ({ name: method, value: method })),
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
    description: 'Deliveries are signed with it; generated when left out, and shown once in the raw answer',
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
  const { allGroups, events, groups, headers, method, recordTypes, secret, states, timeout } = fields
  return {
    ...(allGroups === undefined ? {} : { all_groups: allGroups === true }),
    ...(events === undefined ? {} : { events: lines(events) }),
    ...(groups === undefined ? {} : { groups: lines(groups) }),
    ...(headers === undefined ? {} : { headers: entriesOf(headers) }),
    ...(method === undefined ? {} : { method: method as 'POST' }),
    ...(recordTypes === undefined ? {} : { record_types: recordTypes as RecordType[] }),
    ...(secret === undefined ? {} : { secret: asText(secret) }),
    ...(states === undefined ? {} : { states: states as State[] }),
    ...(timeout === undefined ? {} : { timeout_seconds: Number(timeout) }),
  }
}
