/** The triggers that speak of monitors, domains and webhooks. */
import type { Client, RecordType, SystemEventKind, WireMonitor } from '@dnsradar/client'
import type { PlainInputField } from 'zapier-platform-core'
import { Fault } from '../fault.ts'
import { GROUP_FILTER, RECORD_TYPES_FILTER } from '../fields.ts'
import { type Delivery, isSystem } from '../hooks/delivery.ts'
import { hookTrigger } from '../hooks/trigger.ts'
import { given, oneOf, textOf, wordsOf } from '../input.ts'
import { MONITOR_FIELDS, monitorItem } from '../items/monitor.ts'
import { ACTIVITY_SAMPLE, DISABLED_WEBHOOK_SAMPLE, DOMAIN_SAMPLE, MONITOR_SAMPLE } from '../items/samples.ts'
import {
  ACTIVITY_FIELDS,
  type ActivityItem,
  activityItem,
  DISABLED_WEBHOOK_FIELDS,
  type DisabledWebhookItem,
  disabledWebhookItem,
  DOMAIN_FIELDS,
  domainItem,
  type Happening,
  happeningFromDelivery,
  happeningFromEvent,
  monitorOf,
} from '../items/system.ts'
import type { Input } from '../radar.ts'

/** Null when the delivery is of no such kind. */
function happeningIn(delivery: Delivery, kinds: readonly SystemEventKind[]): Happening | null {
  return isSystem(delivery) && kinds.includes(delivery.type) ? happeningFromDelivery(delivery) : null
}

async function recentHappenings(radar: Client, kinds: readonly SystemEventKind[]): Promise<Happening[]> {
  const pages = await Promise.all(kinds.map((type) => radar.listSystemEvents({ type, limit: 100 })))
  const events = pages.flatMap(({ data }) => data)
  // Ids sort by time.
  return events.toSorted((a, b) => (a.uuid < b.uuid ? 1 : -1)).map(happeningFromEvent)
}

/** The dropdown gives slugs; somebody may have mapped an id. */
async function slugOf(radar: Client, input: Input): Promise<string | undefined> {
  const group = textOf(input['group'])
  return group?.startsWith('grp_') ? (await radar.getGroup(group)).slug : group
}

export const domainRestored = hookTrigger({
  key: 'domain_restored',
  noun: 'Domain',
  label: 'Domain Fully Restored',
  description: 'Triggers when the last broken record of a domain is as expected again.',
  inputFields: [GROUP_FILTER],
  wanted: (input) => ({ events: ['domain.restored'], ...given({ groups: oneOf(input['group']) }) }),
  item: (delivery) => {
    const happening = happeningIn(delivery, ['domain.restored'])
    return happening === null ? null : domainItem(happening)
  },
  // A recorded one does not say which groups its monitors were in: what is shown may be of another group.
  recent: async (radar) => (await recentHappenings(radar, ['domain.restored'])).map(domainItem),
  outputFields: DOMAIN_FIELDS,
  sample: DOMAIN_SAMPLE,
})

export const newMonitor = hookTrigger({
  key: 'new_monitor',
  noun: 'Monitor',
  label: 'New Monitor',
  description: 'Triggers when a monitor is created.',
  inputFields: [GROUP_FILTER, RECORD_TYPES_FILTER],
  wanted: (input) => ({
    events: ['monitor.created'],
    ...given({ groups: oneOf(input['group']), record_types: wordsOf<RecordType>(input['record_types']) }),
  }),
  item: (delivery) => {
    const monitor = monitorIn(happeningIn(delivery, ['monitor.created']))
    return monitor === null ? null : monitorItem(monitor)
  },
  recent: async (radar, input) => {
    const types = wordsOf<RecordType>(input['record_types'])
    const { data } = await radar.listMonitors({
      ...given({ group: textOf(input['group']), record_type: types.length === 1 ? types[0] : undefined }),
      order_way: 'desc',
      limit: 100,
    })
    return data.filter(({ record_type }) => types.length === 0 || types.includes(record_type)).map(monitorItem)
  },
  outputFields: MONITOR_FIELDS,
  sample: MONITOR_SAMPLE,
})

function monitorIn(happening: Happening | null): WireMonitor | null {
  return happening === null ? null : monitorOf(happening)
}

const CHANGES_FILTER: PlainInputField = {
  key: 'changes',
  label: 'Changes',
  type: 'string',
  list: true,
  choices: { enabled: 'Enabled', disabled: 'Disabled' },
  helpText: 'Only these changes. Leave it empty for both.',
}

function changesOf(input: Input): SystemEventKind[] {
  const chosen = wordsOf<ActivityItem['change']>(input['changes'])
  return (chosen.length === 0 ? (['enabled', 'disabled'] as const) : chosen).map(kindOf)
}

/** The server knows other kinds of monitor events, of which it would not refuse one that was mapped here. */
function kindOf(change: ActivityItem['change']): SystemEventKind {
  if (change !== 'enabled' && change !== 'disabled') throw new Fault('Changes must be enabled, disabled or both.')
  return `monitor.${change}`
}

export const monitorPaused = hookTrigger({
  key: 'monitor_paused',
  noun: 'Monitor',
  label: 'Monitor Enabled or Disabled',
  description: 'Triggers when a monitor is enabled or disabled.',
  inputFields: [GROUP_FILTER, CHANGES_FILTER],
  wanted: (input) => ({ events: changesOf(input), ...given({ groups: oneOf(input['group']) }) }),
  item: (delivery, input) => activityIn(happeningIn(delivery, changesOf(input))),
  recent: async (radar, input) => {
    const [slug, happenings] = await Promise.all([slugOf(radar, input), recentHappenings(radar, changesOf(input))])
    const items = happenings.map(activityIn).filter((item) => item !== null)
    return items.filter(({ group }) => slug === undefined || group === slug)
  },
  outputFields: ACTIVITY_FIELDS,
  sample: ACTIVITY_SAMPLE,
})

function activityIn(happening: Happening | null): ActivityItem | null {
  const monitor = monitorIn(happening)
  return happening === null || monitor === null ? null : activityItem(happening, monitor)
}

const WEBHOOK_FILTER: PlainInputField = {
  key: 'webhook',
  label: 'Webhook',
  type: 'string',
  dynamic: 'webhook_list.id.label',
  helpText: 'Only this webhook. Leave it empty for all webhooks.',
}

/** The server does not filter these by webhook. */
function isOfWebhook(input: Input, { webhook_id }: DisabledWebhookItem): boolean {
  const asked = textOf(input['webhook'])
  return asked === undefined || asked === webhook_id
}

export const webhookDisabled = hookTrigger({
  key: 'webhook_disabled',
  noun: 'Webhook',
  label: 'Webhook Disabled',
  description: 'Triggers when a webhook is disabled because its deliveries kept failing or its receiver is gone.',
  inputFields: [WEBHOOK_FILTER],
  wanted: () => ({ events: ['webhook.disabled'] }),
  item: (delivery, input) => {
    const happening = happeningIn(delivery, ['webhook.disabled'])
    const item = happening === null ? null : disabledWebhookItem(happening)
    return item !== null && isOfWebhook(input, item) ? item : null
  },
  recent: async (radar, input) => {
    const items = (await recentHappenings(radar, ['webhook.disabled'])).map(disabledWebhookItem)
    return items.filter((item) => isOfWebhook(input, item))
  },
  outputFields: DISABLED_WEBHOOK_FIELDS,
  sample: DISABLED_WEBHOOK_SAMPLE,
})
