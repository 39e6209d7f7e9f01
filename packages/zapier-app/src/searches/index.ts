/** What can be found: monitors, groups, recorded changes, and what name servers answer right now. */
import type { Client, JudgedState, RecordType, WireAnswer } from '@dnsradar/client'
import { Fault } from '../fault.ts'
import { DOMAIN, GROUP_FILTER, MONITOR_FILTER, RECORD_TYPE, STATE_FILTER, SUBDOMAIN } from '../fields.ts'
import { given, requiredText, textOf, timeOf, wordOf } from '../input.ts'
import { CHANGE_FIELDS, type ChangeItem } from '../items/change.ts'
import { GROUP_FIELDS, type GroupItem, groupItem } from '../items/group.ts'
import { LOOKUP_FIELDS, type LookupItem, lookupItem } from '../items/lookup.ts'
import { MONITOR_FIELDS, monitorItem } from '../items/monitor.ts'
import { hostnameOf } from '../items/names.ts'
import { CHANGE_SAMPLE, GROUP_SAMPLE, LOOKUP_SAMPLE, MONITOR_SAMPLE } from '../items/samples.ts'
import { type Input, withRadar } from '../radar.ts'
import { changesOf } from '../triggers/recent-changes.ts'
import { type Found, search } from './definition.ts'

export const findMonitor = search({
  key: 'find_monitor',
  noun: 'Monitor',
  label: 'Find Monitor',
  description: 'Finds a monitor by the name of the record that it watches.',
  inputFields: [
    DOMAIN,
    SUBDOMAIN,
    { ...RECORD_TYPE, helpText: 'Leave it empty for any type.' },
    { ...GROUP_FILTER, helpText: 'Leave it empty for any group.' },
  ],
  perform: withRadar(async (radar, input) => {
    const { data } = await radar.listMonitors({
      full_domain: nameIn(input),
      ...given({ record_type: wordOf<RecordType>(input['record_type']), group: textOf(input['group']) }),
      order_way: 'desc',
      limit: 100,
    })
    return data.map(monitorItem)
  }),
  outputFields: MONITOR_FIELDS,
  sample: MONITOR_SAMPLE,
})

/**
 * The name that a monitor created from the same fields has, or find-or-create would create one each time: without a
 * subdomain the server puts a DMARC monitor at `_dmarc`.
 */
function nameIn(input: Input): string {
  const domain = requiredText(input['domain'], 'Domain')
  const isDmarc = textOf(input['record_type']) === 'DMARC' && !domain.toLowerCase().startsWith('_dmarc.')
  return hostnameOf({ domain, subdomain: textOf(input['subdomain']) ?? (isDmarc ? '_dmarc' : null) })
}

export const findGroup = search({
  key: 'find_group',
  noun: 'Group',
  label: 'Find Group',
  description: 'Finds a group by its name, slug or ID.',
  inputFields: [
    {
      key: 'group',
      label: 'Name or Slug',
      type: 'string',
      required: true,
      helpText: 'Upper and lower case do not matter.',
    },
  ],
  perform: withRadar((radar, input) => groupsNamed(radar, requiredText(input['group'], 'Name or Slug'))),
  outputFields: GROUP_FIELDS,
  sample: GROUP_SAMPLE,
})

async function groupsNamed(radar: Client, asked: string): Promise<GroupItem[]> {
  const wanted = asked.toLowerCase()
  const found: GroupItem[] = []
  for await (const group of radar.each('listGroups', { limit: 100 })) {
    if ([group.slug, group.uuid, group.name.toLowerCase()].includes(wanted)) found.push(groupItem(group))
  }
  return found
}

/** Each change costs a few requests of the 250 a minute. */
const PAGE = 10

export const findEvents = search({
  key: 'find_events',
  noun: 'DNS Change',
  label: 'Find DNS Changes',
  description: 'Finds recorded changes of DNS records, the newest first.',
  inputFields: [
    MONITOR_FILTER,
    GROUP_FILTER,
    STATE_FILTER,
    { key: 'since', label: 'Since', type: 'datetime', helpText: 'Only changes from this time on.' },
  ],
  canPaginate: true,
  perform: withRadar(async (radar, input, { bundle }): Promise<Found<ChangeItem>> => {
    const page = await radar.listEvents({
      ...given({
        monitor: textOf(input['monitor']),
        group: textOf(input['group']),
        new_state: wordOf<JudgedState>(input['state']),
        occurred_after: timeOf(input['since'], 'Since'),
        after: textOf(bundle.meta.paging_token),
      }),
      limit: PAGE,
    })
    return { results: await changesOf(radar, page.data), paging_token: page.has_more ? page.after : null }
  }),
  outputFields: CHANGE_FIELDS,
  sample: CHANGE_SAMPLE,
})

export const lookUpRecord = search({
  key: 'look_up_record',
  noun: 'DNS Record',
  label: 'Look Up DNS Record',
  description: 'Finds what name servers answer for a name right now, without a monitor.',
  inputFields: [
    { key: 'host', label: 'Hostname', type: 'string', required: true, placeholder: 'www.example.com' },
    { ...RECORD_TYPE, key: 'type', required: true },
  ],
  perform: withRadar(async (radar, input): Promise<LookupItem[]> => {
    const name = requiredText(input['host'], 'Hostname')
    const answer = await radar.lookup({ name, type: requiredText(input['type'], 'Record Type') as RecordType })
    refuseSilence(answer.answers)
    const item = lookupItem(answer)
    return item.values.length === 0 ? [] : [item]
  }),
  outputFields: LOOKUP_FIELDS,
  sample: LOOKUP_SAMPLE,
})

/** That no server could be asked is not the same as that there is no record. */
function refuseSilence(answers: readonly WireAnswer[]): void {
  const errors = answers.map(({ error }) => error)
  if (!errors.includes(null)) throw new Fault(`No name server answered: ${errors[0] ?? 'there is none to ask'}.`)
}
