/** Hidden triggers that fill dropdowns, page by page. */
import type { Client, WireGroup, WireMonitor, WirePage } from '@dnsradar/client'
import { type Bundle, defineTrigger, type PlainOutputField, type ZObject } from 'zapier-platform-core'
import { hostnameOf, hostOf } from '../items/names.ts'
import { sampleFrom } from '../items/sample.ts'
import { GROUP_SAMPLE, MONITOR_SAMPLE, WEBHOOK_SAMPLE } from '../items/samples.ts'
import type { KnownWebhook } from '../items/system.ts'
import { withRadar } from '../radar.ts'

interface Choice {
  readonly id: string
  readonly label: string
}

interface Dropdown<Key extends string, Row, Item extends Choice> {
  readonly key: Key
  readonly noun: string
  readonly page: (radar: Client, query: { limit: number; after?: string }) => Promise<WirePage<Row>>
  readonly choice: (row: Row) => Item
  readonly sample: NoInfer<Item>
}

const FIELDS: PlainOutputField[] = [
  { key: 'id', label: 'ID', type: 'string', primary: true },
  { key: 'label', label: 'Label', type: 'string' },
]

function dropdown<Key extends string, Row, Item extends Choice>(definition: Dropdown<Key, Row, Item>) {
  const { key, noun, page, choice, sample } = definition
  return defineTrigger({
    key,
    noun,
    display: { label: `List of ${noun}s`, description: `Fills the dropdown of ${noun.toLowerCase()}s.`, hidden: true },
    operation: {
      type: 'polling',
      canPaginate: true,
      perform: withRadar(async (radar, _input, { z, bundle }): Promise<Item[]> => {
        const after = await cursorOf(z, bundle)
        if (after === null) return []
        const { data, has_more, after: next } = await page(radar, { limit: 100, ...after })
        await z.cursor.set(has_more ? (next ?? '') : '')
        return data.map(choice)
      }),
      outputFields: FIELDS,
      sample: sampleFrom(sample),
    },
  })
}

/** The first page has no cursor of its own: one may be left from another time. Null after the last page. */
async function cursorOf(z: ZObject, { meta }: Bundle): Promise<{ after?: string } | null> {
  if (!meta.page) return {}
  const cursor = await z.cursor.get()
  return cursor ? { after: cursor } : null
}

const groupChoice = ({ uuid, slug, name }: WireGroup) => ({ id: uuid, slug, name, label: name })

export const groupList = dropdown({
  key: 'group_list',
  noun: 'Group',
  page: (radar, query) => radar.listGroups(query),
  choice: groupChoice,
  sample: groupChoice(GROUP_SAMPLE),
})

const monitorChoice = (monitor: WireMonitor): Choice => ({
  id: monitor.uuid,
  label: `${hostnameOf(monitor)} ${monitor.record_type}`,
})

export const monitorList = dropdown({
  key: 'monitor_list',
  noun: 'Monitor',
  page: (radar, query) => radar.listMonitors({ ...query, order_way: 'desc' }),
  choice: monitorChoice,
  sample: monitorChoice(MONITOR_SAMPLE),
})

const webhookChoice = ({ uuid, url, source, groups, all_groups }: KnownWebhook): Choice => ({
  id: uuid,
  label: [hostOf(url), all_groups ? 'all groups' : groups.join(', '), source ?? ''].filter(Boolean).join(' · '),
})

export const webhookList = dropdown({
  key: 'webhook_list',
  noun: 'Webhook',
  page: (radar, query) => radar.listWebhooks(query),
  choice: webhookChoice,
  sample: webhookChoice(WEBHOOK_SAMPLE),
})
