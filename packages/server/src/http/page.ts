/**
 * Lists: `{limit, after, before, has_more, data}` with ids as cursors.
 *
 * A cursor positions by the time in it, so it stays good when its row is gone. `after` and `before` of the answer are
 * the page's edges towards which rows remain.
 */
import type { WirePage } from '@dnsradar/client'
import type { IdPrefix, Page, PageRequest, TimeRange } from '@dnsradar/core'
import * as z from 'zod'
import { id, once, whole } from '../schemas/fields.ts'

const DEFAULT_LIMIT = 20
const MAX_LIMIT = 100

export interface ListOrder {
  readonly prefix: IdPrefix
  readonly way: 'asc' | 'desc'
  readonly orderBy: string
}

/** Catalogues read from the oldest, histories from the newest. */
export const catalogue = (prefix: IdPrefix): ListOrder => ({ prefix, way: 'asc', orderBy: 'created' })
export const history = (prefix: IdPrefix, orderBy = 'created'): ListOrder => ({ prefix, way: 'desc', orderBy })

export function listQuery<F extends z.ZodRawShape>(order: ListOrder, filters: F) {
  return z
    .strictObject({
      limit: whole(1, MAX_LIMIT)
        .optional()
        .meta({ override: { default: DEFAULT_LIMIT } }),
      after: once(id(order.prefix)).optional(),
      before: once(id(order.prefix)).optional(),
      order_by: once(z.literal(order.orderBy)).optional(),
      order_way: once(z.enum(['asc', 'desc']))
        .optional()
        .meta({ override: { default: order.way } }),
      ...filters,
    })
    .refine(
      (query) => !('after' in query && 'before' in query && query.after !== undefined && query.before !== undefined),
      {
        path: ['before'],
        error: 'cannot stand beside after; page in one direction at a time',
      },
    )
}

interface Paging {
  readonly limit?: number | undefined
  readonly after?: string | undefined
  readonly before?: string | undefined
  readonly order_way?: 'asc' | 'desc' | undefined
}

export function pageRequest(order: ListOrder, query: Paging): PageRequest {
  return {
    limit: query.limit ?? DEFAULT_LIMIT,
    way: query.order_way ?? order.way,
    after: query.after ?? null,
    before: query.before ?? null,
  }
}

/** Objects that are not the documents' own are called by `id`. */
type Identified = { readonly uuid: string } | { readonly id: string }

export function presentPage<T, W extends Identified>(
  page: Page<T>,
  asked: PageRequest,
  present: (item: T) => W,
): WirePage<W> {
  const data = page.items.map(present)
  return {
    limit: asked.limit,
    after: page.hasNext ? cursorOf(data.at(-1)) : null,
    before: page.hasPrevious ? cursorOf(data[0]) : null,
    has_more: asked.before === null ? page.hasNext : page.hasPrevious,
    data,
  }
}

function cursorOf(object: Identified | undefined): string | null {
  if (object === undefined) return null
  return 'uuid' in object ? object.uuid : object.id
}

/** Leaves out what was not asked for: a filter of the store has no undefined members. */
export function given<T extends object>(values: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never
}

/** Undefined when neither end was given, so that the filter stays away. */
export function timeRange(from: number | undefined, until: number | undefined): TimeRange | undefined {
  return from === undefined && until === undefined ? undefined : given({ from, until })
}

/** RFC 8288, relative to the request so that it holds behind any proxy; null for what is no page or the only one. */
export function linksOf(url: string, body: unknown): string | null {
  if (typeof body !== 'object' || body === null || !('has_more' in body)) return null
  const { after, before } = body as WirePage<unknown>
  const [path = '', ...rest] = url.split('?')
  const query = rest.join('?')
  const links = [
    ...(after === null ? [] : [linkTo(path, query, 'after', after, 'next')]),
    ...(before === null ? [] : [linkTo(path, query, 'before', before, 'prev')]),
  ]
  return links.length === 0 ? null : links.join(', ')
}

function linkTo(path: string, query: string, edge: 'after' | 'before', cursor: string, rel: string): string {
  const parameters = new URLSearchParams(query)
  parameters.delete('after')
  parameters.delete('before')
  parameters.set(edge, cursor)
  return `<${path}?${parameters.toString()}>; rel="${rel}"`
}
