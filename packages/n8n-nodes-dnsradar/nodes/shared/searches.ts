/** Fills the lists that people choose from. */
import type { ILoadOptionsFunctions, INodeListSearchResult, INodePropertyOptions } from 'n8n-workflow'
import type { Client, WireMonitor } from './client.ts'
import { reporting } from './errors.ts'
import { hostname } from './text.ts'
import { radarClient } from './transport.ts'

const PAGE = 100
/** Lists that the server cannot search are read to their end, up to this many. */
const MOST_SEARCHED = 1000

export async function searchMonitors(
  this: ILoadOptionsFunctions,
  filter?: string,
  paginationToken?: string,
): Promise<INodeListSearchResult> {
  return asking(this, async (client) => {
    const { data, after, has_more } = await client.listMonitors({
      limit: PAGE,
      ...(filter ? { q: filter } : {}),
      ...(paginationToken ? { after: paginationToken } : {}),
    })
    const results = data.map((monitor) => ({ name: titleOf(monitor), value: monitor.uuid }))
    return { results, ...(has_more && after !== null ? { paginationToken: after } : {}) }
  })
}

export async function searchGroups(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
  return { results: matching(await groupChoices(this), filter) }
}

export async function searchWebhooks(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
  return asking(this, async (client) => {
    const webhooks = await readAll(client.each('listWebhooks', { limit: PAGE }))
    const choices = webhooks.map(({ url, uuid }) => ({ name: url, value: uuid }))
    return { results: matching(choices, filter) }
  })
}

export async function getGroups(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
  return groupChoices(this)
}

interface Choice {
  readonly name: string
  readonly value: string
}

async function groupChoices(context: ILoadOptionsFunctions): Promise<Choice[]> {
  return asking(context, async (client) => {
    const groups = await readAll(client.each('listGroups', { limit: PAGE }))
    return groups.map(({ name, slug, uuid }) => ({ name: `${name} (${slug})`, value: uuid }))
  })
}

function titleOf(monitor: WireMonitor): string {
  return `${hostname(monitor)} ${monitor.record_type} (${monitor.state})`
}

async function readAll<T>(list: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = []
  for await (const item of list) {
    items.push(item)
    if (items.length >= MOST_SEARCHED) break
  }
  return items
}

function matching(choices: Choice[], filter = ''): Choice[] {
  const wanted = filter.toLowerCase()
  return choices.filter(({ name }) => name.toLowerCase().includes(wanted))
}

async function asking<T>(context: ILoadOptionsFunctions, act: (client: Client) => Promise<T>): Promise<T> {
  return reporting(context, async () => act(await radarClient(context)))
}
