/** Fields that several steps share. */
import { FREQUENCIES, type MatchMode, RECORD_TYPES, type State } from '@dnsradar/client'
import { defineInputField, type PlainInputField, type ThrottleObject } from 'zapier-platform-core'

type Failing = Exclude<State, 'UNSET' | 'VALID'>

const FAILING_LABELS: Readonly<Record<Failing, string>> = {
  MISMATCH: 'Mismatch: records are there, but not as expected',
  NOT_FOUND: 'Not found: there is no such record',
  INVALID: 'Invalid: the name servers fail',
  TIMEOUT: 'Timeout: the name servers are silent',
}

const STATE_LABELS: Readonly<Record<Exclude<State, 'UNSET'>, string>> = {
  VALID: 'Valid: as expected',
  ...FAILING_LABELS,
}

const MATCH_LABELS: Readonly<Record<MatchMode, string>> = {
  exact: 'Exact: these values and no others',
  includes: 'Flexible: at least these values',
  any_of: 'Any of: at least one of these values',
  none_of: 'None of: none of these values',
  cidr: 'Networks: addresses inside these networks',
  absent: 'Absent: no record at all',
  baseline: 'Baseline: what is there first',
}

const FREQUENCY_LABELS: Readonly<Record<string, string>> = Object.fromEntries(
  FREQUENCIES.map((minutes) => [String(minutes), minutes === 1 ? 'Every minute' : `Every ${minutes} minutes`]),
)

const GROUP_SOURCE = 'group_list.slug.name'

export const GROUP_FILTER = defineInputField({
  key: 'group',
  label: 'Group',
  type: 'string',
  dynamic: GROUP_SOURCE,
  helpText: 'Only monitors of this group. Leave it empty for all groups.',
})

export const MONITOR_FILTER = defineInputField({
  key: 'monitor',
  label: 'Monitor',
  type: 'string',
  dynamic: 'monitor_list.id.label',
  search: 'find_monitor.id',
  helpText: 'Only this monitor. Leave it empty for all monitors.',
})

export const RECORD_TYPES_FILTER = defineInputField({
  key: 'record_types',
  label: 'Record Types',
  type: 'string',
  list: true,
  choices: [...RECORD_TYPES],
  helpText: 'Only records of these types. Leave it empty for all types.',
})

export const NEW_STATES_FILTER = defineInputField({
  key: 'states',
  label: 'New States',
  type: 'string',
  list: true,
  choices: { ...STATE_LABELS },
  helpText: 'Only changes to these states. Leave it empty for all states.',
})

export const FAILURES_FILTER = defineInputField({
  key: 'states',
  label: 'Kinds of Failure',
  type: 'string',
  list: true,
  choices: { ...FAILING_LABELS },
  helpText: 'Only these kinds of failure. Leave it empty for all kinds.',
})

export const STATE_FILTER = defineInputField({
  key: 'state',
  label: 'New State',
  type: 'string',
  choices: { ...STATE_LABELS },
  helpText: 'Only changes to this state. Leave it empty for all states.',
})

export const MONITOR = defineInputField({
  key: 'monitor',
  label: 'Monitor',
  type: 'string',
  required: true,
  dynamic: 'monitor_list.id.label',
  search: 'find_monitor.id',
  helpText: 'Choose a monitor, or map the ID of one from an earlier step.',
})

/** The name of a record, in the two parts that the API has. */
export const DOMAIN = defineInputField({
  key: 'domain',
  label: 'Domain',
  type: 'string',
  required: true,
  placeholder: 'example.com',
})

export const SUBDOMAIN = defineInputField({
  key: 'subdomain',
  label: 'Subdomain',
  type: 'string',
  placeholder: 'www',
  helpText: 'The part before the domain. Leave it empty for the domain itself.',
})

export const RECORD_TYPE = defineInputField({
  key: 'record_type',
  label: 'Record Type',
  type: 'string',
  choices: [...RECORD_TYPES],
})

export const ACTIVE = defineInputField({ key: 'active', label: 'Active', type: 'boolean' })

export const FREQUENCY = defineInputField({
  key: 'frequency',
  label: 'Frequency',
  type: 'string',
  choices: { ...FREQUENCY_LABELS },
  helpText: 'How often the record is looked at. Every minute needs a plan that allows it.',
})

export const GROUP_TO_JOIN = defineInputField({
  key: 'group',
  label: 'Group',
  type: 'string',
  dynamic: GROUP_SOURCE,
  helpText: 'Choose a group, or enter the slug of a new one, such as `mail`.',
})

export const GROUP_TO_CHANGE = defineInputField({
  key: 'group',
  label: 'Group',
  type: 'string',
  required: true,
  dynamic: GROUP_SOURCE,
})

/** A Create chooses for the server; an update leaves empty what shall stay. */
export const EXPECTATION = [
  {
    key: 'expected_value',
    label: 'Expected Values',
    type: 'string',
    list: true,
    helpText: 'One value per line of this list, 1 to 10. An MX value is a priority and a host: `10 mx.example.com`.',
  },
  {
    key: 'match',
    label: 'Match',
    type: 'string',
    choices: { ...MATCH_LABELS },
    helpText: 'How found records are compared with the expected values. Absent and Baseline take no expected values.',
  },
] satisfies PlainInputField[]

/** Actions wait at Zapier rather than being refused: the server's own limit is 250 a minute and key. */
export const THROTTLE: ThrottleObject = { window: 60, limit: 250, scope: ['auth'] }
