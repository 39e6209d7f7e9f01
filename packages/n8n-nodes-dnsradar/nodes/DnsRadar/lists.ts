/** Reading a list to its end or to a limit, and the fields that say which. */
import type { IDataObject, INodeProperties } from 'n8n-workflow'
import type { ItemOf, ListName } from '../shared/client.ts'
import { type Call, collection, isSet, number } from './operation.ts'
import { unixSeconds } from './times.ts'

const PAGE = 100

export const LIST_FIELDS: readonly INodeProperties[] = [
  {
    displayName: 'Return All',
    name: 'returnAll',
    type: 'boolean',
    default: false,
    description: 'Whether to return all results or only up to a given limit',
  },
  {
    displayName: 'Limit',
    name: 'limit',
    type: 'number',
    default: 50,
    typeOptions: { minValue: 1 },
    displayOptions: { show: { returnAll: [false] } },
    description: 'Max number of results to return',
  },
]

/** Two filters that bound the time `name`, such as `created`: from it on, and before it. */
export function timeFields(title: string, name: string): INodeProperties[] {
  return [
    { displayName: `${title} After`, name: `${name}_after`, type: 'dateTime', default: '' },
    { displayName: `${title} Before`, name: `${name}_before`, type: 'dateTime', default: '' },
  ]
}

/** The filters that were added, times in Unix seconds. */
export function filtersOf(call: Call): IDataObject {
  const zone = call.context.getTimezone()
  const inSeconds = ([name, value]: [string, unknown]) =>
    /_(after|before)$/.test(name) ? [name, unixSeconds(value, zone)] : [name, value]
  return Object.fromEntries(Object.entries(collection(call, 'filters')).map(inSeconds)) as IDataObject
}

/** `segments` stand in the path of the list, as the id of the webhook whose requests are listed does. */
export async function collect<Name extends ListName>(
  call: Call,
  name: Name,
  segments: readonly string[],
  query: object,
): Promise<ItemOf<Name>[]> {
  const most = isSet(call, 'returnAll') ? Number.POSITIVE_INFINITY : Math.max(1, Math.floor(number(call, 'limit', 50)))
  const each = call.client.each as (name: ListName, ...args: unknown[]) => AsyncGenerator<ItemOf<Name>>
  const items: ItemOf<Name>[] = []
  for await (const item of each(name, ...segments, { ...query, limit: Math.min(PAGE, most) })) {
    items.push(item)
    if (items.length >= most) break
  }
  return items
}
