/** Fills the lists that people choose from. */
import type { ILoadOptionsFunctions, INodeListSearchResult, INodePropertyOptions } from 'n8n-workflow'
import type { Client, ItemOf, ListName, WireMonitor } from './client.ts'
import { nodeError } from './errors.ts'
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
  return asking(this, async (client) => {
    const groups = await readAll(client, 'listGroups')
    const results = groups.map(({ name, slug, uuid }) => ({ name: `${name} (${slug})`, value: uuid }))
    return { results: matching(results, filter) }
  })
}

export async function searchWebhooks(this: ILoadOptionsFunctions, filter?: string): Promise<INodeListSearchResult> {
  return asking(this, async (client) => {
    const webhooks = await readAll(client, 'listWebhooks')
    return {
      results: matching(
        webhooks.map(({ url, uuid }) => ({ name: url, value: uuid })),
        filter,
      ),
    }
  })
}

export async function getGroups(this: ILoadOptionsFunctions): Promise<INodePropertyOptions[]> {
  return asking(this, async (client) => {
    const groups = await readAll(client, 'listGroups')
    return groups.map(({ name, slug, uuid }) => ({ name: `${name} (${slug})`, value: uuid }))
  })
}

function titleOf({ domain, subdomain, record_type, state }: WireMonitor): string {
  return `${subdomain === null ? domain : `${subdomain}.${domain}`} ${record_type} (${state})`
}

async function readAll<Name extends 'listGroups' | 'listWebhooks'>(
  client: Client,
  name: Name,
): Promise<ItemOf<Name>[]> {
  const items: ItemOf<Name>[] = []
  for await (const item of client.each(name as ListName, { limit: PAGE })) {
    items.push(item as ItemOf<Name>)
    if (items.length >= MOST_SEARCHED) break
  }
  return items
}

function matching<T extends { readonly name: string }>(results: T[], filter: string | undefined): T[] {
  const wanted = filter?.toLowerCase() ?? ''
  return results.filter(({ name }) => name.toLowerCase().includes(wanted))
}

async function asking<T>(context: ILoadOptionsFunctions, act: (client: Client) => Promise<T>): Promise<T> {
  try {
    return await act(await radarClient(context))
  } catch (error) {
    throw nodeError(context.getNode(), error)
  }
}
