/** What the trigger's panel offers. */
import type { INodeProperties } from 'n8n-workflow'
import { MONITOR_ID_LOCATOR } from '../shared/locators.ts'
import { RECORD_TYPE_OPTIONS, STATE_OPTIONS } from '../shared/words.ts'

export const TRIGGER_PROPERTIES: INodeProperties[] = [
  {
    displayName: 'Trigger On',
    name: 'events',
    type: 'multiOptions',
    required: true,
    default: ['record.*'],
    description: 'What starts the workflow',
    options: [
      {
        name: 'Any Change of a Record',
        value: 'record.*',
        description: 'It goes bad, changes while bad, or recovers',
      },
      {
        name: 'Domain Recovers',
        value: 'domain.restored',
        description: 'The last broken monitor of a registered domain is valid again',
      },
      { name: 'Monitor Created', value: 'monitor.created', description: 'A monitor was created through the API' },
      { name: 'Monitor Deleted', value: 'monitor.deleted', description: 'A monitor was deleted through the API' },
      { name: 'Monitor Disabled', value: 'monitor.disabled', description: 'A monitor was disabled through the API' },
      { name: 'Monitor Enabled', value: 'monitor.enabled', description: 'A monitor was enabled through the API' },
      {
        name: 'Record Changes While Bad',
        value: 'record.changed',
        description: 'A bad record has another value, or is bad in another way',
      },
      {
        name: 'Record Goes Bad',
        value: 'record.broken',
        description: 'A record leaves the valid state, or is bad when first checked',
      },
      { name: 'Record Recovers', value: 'record.restored', description: 'A record is valid again' },
      {
        name: 'Resolver Outage',
        value: 'resolver.outage',
        description: 'A DNS resolver of the server fails; sent to its default organization',
      },
      {
        name: 'Resolver Recovered',
        value: 'resolver.recovered',
        description: 'A DNS resolver of the server works again; sent to its default organization',
      },
      {
        name: 'Webhook Disabled',
        value: 'webhook.disabled',
        description: 'Deliveries to another webhook failed too often, so it was disabled',
      },
      { name: 'Webhook Recovered', value: 'webhook.recovered', description: 'Another webhook was enabled again' },
    ],
  },
  {
    displayName: 'Monitors',
    name: 'scope',
    type: 'options',
    noDataExpression: true,
    default: 'all',
    options: [
      { name: 'All', value: 'all', description: 'Those created later included' },
      { name: 'Of Selected Groups', value: 'groups' },
      { name: 'Selected', value: 'monitors' },
    ],
  },
  {
    displayName: 'Group Names or IDs',
    name: 'groups',
    type: 'multiOptions',
    required: true,
    default: [],
    typeOptions: { loadOptionsMethod: 'getGroups' },
    displayOptions: { show: { scope: ['groups'] } },
    description:
      'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
  },
  {
    displayName: 'Selected Monitors',
    name: 'monitors',
    type: 'fixedCollection',
    required: true,
    default: { values: [{}] },
    placeholder: 'Add Monitor',
    typeOptions: { multipleValues: true },
    displayOptions: { show: { scope: ['monitors'] } },
    options: [{ displayName: 'Monitor', name: 'values', values: [MONITOR_ID_LOCATOR] }],
  },
  {
    displayName: 'Filters',
    name: 'filters',
    type: 'collection',
    default: {},
    placeholder: 'Add Filter',
    description: 'They hold for records; an event that is not of a record passes them',
    options: [
      {
        displayName: 'Domain',
        name: 'domain',
        type: 'string',
        default: '',
        placeholder: 'e.g. *.example.com',
        description: 'Full name of the record; * stands for any characters',
      },
      {
        displayName: 'New States',
        name: 'states',
        type: 'multiOptions',
        default: [],
        options: STATE_OPTIONS,
        description: 'States that the record is in now; none means any',
      },
      {
        displayName: 'Record Types',
        name: 'recordTypes',
        type: 'multiOptions',
        default: [],
        options: RECORD_TYPE_OPTIONS,
        description: 'Types of records; none means any',
      },
    ],
  },
  {
    displayName: 'Output',
    name: 'output',
    type: 'options',
    noDataExpression: true,
    default: 'delivered',
    options: [
      {
        name: 'As Delivered',
        value: 'delivered',
        description: 'The delivery as it came, with the event and its context on a level of their own',
      },
      {
        name: 'Flat',
        value: 'flat',
        description: 'All of it on one level, with added and removed values, is_recovery and is_test',
      },
      { name: 'Simplified', value: 'simplified', description: 'What a message or a condition needs' },
    ],
  },
  {
    displayName: 'Options',
    name: 'options',
    type: 'collection',
    default: {},
    placeholder: 'Add Option',
    options: [
      {
        displayName: 'Fetch Test Event',
        name: 'fetchSample',
        type: 'boolean',
        default: true,
        description: 'Whether to ask DNSRadar for a sample when listening for a test event, so that data shows at once',
      },
      {
        displayName: 'Include Headers',
        name: 'includeHeaders',
        type: 'boolean',
        default: false,
        description: 'Whether to add the headers of the delivery to the output',
      },
      {
        displayName: 'Replay Window',
        name: 'replayWindow',
        type: 'number',
        default: 300,
        typeOptions: { minValue: 30, maxValue: 3600 },
        description: 'Seconds that the time of a delivery may lie from the clock of n8n; older ones are refused',
      },
      {
        displayName: 'Test Deliveries',
        name: 'testDeliveries',
        type: 'options',
        default: 'listening',
        description: 'What happens with the samples that a test of the webhook sends',
        options: [
          { name: 'Always Run', value: 'always' },
          { name: 'Never Run', value: 'never' },
          { name: 'Run While Listening', value: 'listening' },
        ],
      },
    ],
  },
]
