import { MATCH_RESPONSES } from '@dnsradar/client/words'
import {
  expect,
  externalId,
  frequency,
  group,
  isActive,
  match,
  metadata,
  name,
  newState,
  notify,
  occurredAfter,
  occurredBefore,
  oldState,
  state,
  type,
} from './fields.ts'
import { field, required, type Resource, row, type Row } from './operation.ts'

const ID = [['monitor', 'its mon_… id']] as const

/** What a monitor is made of besides its name and type. */
const MADE_OF = [
  expect,
  match,
  frequency,
  notify,
  { ...group, kind: 'text_or_none' as const },
  externalId,
  metadata,
  isActive,
]

const FILTERS = [
  state,
  type,
  name,
  field('domain', 'text', 'only of this domain'),
  field('registrable_domain', 'text', 'only below this registered domain'),
  match,
  isActive,
  { ...externalId, kind: 'text' as const },
  metadata,
  field('q', 'text', 'part of the name or of the external id', { flag: 'search' }),
]

export const monitors: Resource = {
  name: 'monitors',
  says: 'what is watched',
  rows: [
    row('list', 'listMonitors', 'what is watched, oldest first', {
      fields: [group, ...FILTERS],
      shows: 'monitor',
      examples: [
        ['what is broken now', 'dnsradar monitors list --state MISMATCH'],
        ['everything of one customer, as JSON', 'dnsradar monitors list --metadata customer=42 --all --json'],
      ],
    }),
    row('get', 'getMonitor', 'one monitor and its last look', { ids: ID, shows: 'monitor' }),
    row('create', 'createMonitor', 'watch a record', {
      positional: [required(name), required(type)],
      fields: MADE_OF,
      shows: 'monitor',
      examples: [
        ['a whole record', 'dnsradar monitors create www.example.com CNAME --expect proxy.example.net'],
        [
          'one SPF term among others',
          "dnsradar monitors create example.com SPF --expect 'v=spf1 include:_spf.example.net' --match includes",
        ],
        ['whatever is there now', 'dnsradar monitors create example.com MX --match baseline'],
      ],
    }),
    row('put', 'putMonitor', 'make the monitor of this external id what you say, or create it', {
      ids: [['external-id', 'your own name for it']],
      positional: [required(name), required(type)],
      fields: MADE_OF.filter((one) => one !== externalId),
      shows: 'monitor',
    }),
    row('update', 'updateMonitor', 'change what is named, leave the rest', {
      ids: ID,
      fields: [name, type, ...MADE_OF],
      shows: 'monitor',
      examples: [['look every five minutes', 'dnsradar monitors update mon_01k… --frequency 5']],
    }),
    row('delete', 'deleteMonitor', 'stop watching and forget', { ids: ID, done: 'Deleted.' }),
    row('enable', 'enableMonitor', 'look at it again', { ids: ID, shows: 'monitor' }),
    row('disable', 'disableMonitor', 'do not look at it until it is enabled', { ids: ID, shows: 'monitor' }),
    row('check', 'checkMonitor', 'look now, and say what was found', { ids: ID, shows: 'monitor' }),
    row('accept', 'acceptMonitor', 'take what is there now as right', { ids: ID, shows: 'monitor' }),
    row('events', 'listMonitorEvents', 'what happened to one monitor, newest first', {
      ids: ID,
      fields: [occurredAfter, occurredBefore, oldState, newState],
      shows: 'event',
    }),
  ],
}

export const groups: Resource = {
  name: 'groups',
  says: 'monitors and webhooks that belong together',
  rows: [
    row('list', 'listGroups', 'all of them', { shows: 'group' }),
    row('get', 'getGroup', 'one group', { ids: [['group', 'slug or id']], shows: 'group' }),
    row('create', 'createGroup', 'make a group', {
      positional: [required(field('slug', 'text', 'short name, such as customer-42'))],
      fields: [
        field('name', 'text', 'what it is called'),
        field('is_public', 'yes_or_no', 'whether its badge and status page are for everybody', { flag: 'public' }),
      ],
      shows: 'group',
    }),
    row('update', 'updateGroup', 'change what is named, leave the rest', {
      ids: [['group', 'slug or id']],
      fields: [
        field('slug', 'text', 'short name'),
        field('name', 'text', 'what it is called'),
        field('is_public', 'yes_or_no', 'whether its badge and status page are for everybody', { flag: 'public' }),
      ],
      shows: 'group',
    }),
    row('delete', 'deleteGroup', 'take an empty group away', { ids: [['group', 'slug or id']], done: 'Deleted.' }),
    row('monitors', 'listGroupMonitors', 'what is watched in one group', {
      ids: [['group', 'slug or id']],
      fields: FILTERS,
      shows: 'monitor',
    }),
    row('update-monitors', 'updateGroupMonitors', 'change all monitors of a group', {
      ids: [['group', 'slug or id']],
      fields: [frequency, isActive],
      examples: [['a pause for all of them', 'dnsradar groups update-monitors customer-42 --active no']],
    }),
  ],
}

export const events: Resource = {
  name: 'events',
  says: 'what happened to records',
  rows: [
    row('list', 'listEvents', 'newest first', {
      fields: [
        occurredAfter,
        occurredBefore,
        oldState,
        newState,
        group,
        type,
        field('monitor', 'text', 'only of this monitor'),
      ],
      shows: 'event',
      examples: [['since this morning', 'dnsradar events list --since 2030-01-31T06:00:00Z --all']],
    }),
    row('get', 'getEvent', 'one event with its reasons', { ids: [['event', 'its evt_… id']], shows: 'event' }),
  ],
}

export const dryRun: Row = row('', 'match', 'would these records satisfy that expectation? Nothing is made', {
  positional: [required(type)],
  fields: [
    expect,
    match,
    required(field('observed', 'list', 'what a name server would answer')),
    field('response', 'text', 'an answer without records', { choices: MATCH_RESPONSES }),
  ],
})

export const summary: Row = row('', 'summary', 'how many monitors are in which state', { fields: [group] })
