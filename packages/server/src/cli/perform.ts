/** One operation of the API: what was typed in, what the server answers out. */
import { type Client, ENDPOINTS, type ListName } from '@dnsradar/client'
import type { Context } from './context.ts'
import { usage } from './failure.ts'
import { inputOf } from './input.ts'
import { type Output, printJson } from './output.ts'
import { openClient } from './remote.ts'
import { isList, type Row, takesSeveral } from './resources/operation.ts'
import { showList, showOne } from './show.ts'

export interface Typed {
  /** Ids, then what stands as arguments. */
  readonly words: readonly unknown[]
  readonly options: Readonly<Record<string, unknown>>
}

export async function perform(context: Context, row: Row, { words, options }: Typed): Promise<number> {
  const { output } = context
  const ids = words.slice(0, row.ids.length)
  const input = inputOf(row, words.slice(row.ids.length), options)
  const client = openClient(context)
  const json = options['json'] === true
  if (isList(row)) return list({ output, client, row, json }, ids as string[], input, pageOf(options))
  const several = takesSeveral(row) ? (ids[0] as string[]).map((id) => [id]) : [ids]
  const answers = []
  for (const one of several) {
    const answer = await call(client, row, options)(...one, ...(hasInput(row) ? [input] : []))
    answers.push(answer)
    if (!json) showOne(output, row, answer)
  }
  if (json) printJson(output, answers.length === 1 ? answers[0] : answers)
  return 0
}

type Anything = (...args: unknown[]) => Promise<unknown>

function call(client: Client, { operation }: Row, { wait }: Typed['options']): Anything {
  return client[operation === 'createMonitor' && wait === true ? 'createMonitorAndWait' : operation] as Anything
}

function hasInput({ operation }: Row): boolean {
  return ENDPOINTS[operation].input.in !== 'nothing'
}

interface Listing {
  readonly output: Output
  readonly client: Client
  readonly row: Row
  readonly json: boolean
}

interface Page {
  readonly limit: number
  readonly query: Readonly<Record<string, string>>
}

/** What a server gives at once. */
const MOST_AT_ONCE = 100

async function list(
  { output, client, row, json }: Listing,
  ids: readonly string[],
  filters: object,
  { limit, query }: Page,
): Promise<number> {
  const asked = { ...filters, ...query, limit: Math.min(limit, MOST_AT_ONCE) }
  const items: { readonly uuid: string }[] = []
  let hasMore = false
  for await (const item of client.each(row.operation as ListName, ...([...ids, asked] as never))) {
    hasMore = items.length === limit
    if (hasMore) break
    items.push(item as { uuid: string })
  }
  if (json) printJson(output, items)
  else showList(output, row, items)
  if (hasMore)
    output.err(`There is more: --all shows everything, --after ${items.at(-1)?.uuid ?? '…'} goes on from here.`)
  return 0
}

function pageOf({ limit, all, after, order }: Typed['options']): Page {
  const most = Number(limit)
  if (!Number.isInteger(most) || most < 1)
    throw usage(`--limit ${String(limit)} is not accepted; use a number from 1 on, or --all.`)
  const query = {
    ...(typeof after === 'string' ? { after } : {}),
    ...(typeof order === 'string' ? { order_way: order } : {}),
  }
  return { limit: all === true ? Number.POSITIVE_INFINITY : most, query }
}
