/** What the histories have in common: events and webhook requests are paged, ordered and cut by time alike. */
import type { WireMonitor, WirePage, WireWebhook } from '@dnsradar/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { expectProblem } from '../api.ts'
import { type Delivering, startDelivering } from '../delivering.ts'

const ROWS = 50

let history: Delivering
let monitor: WireMonitor
let webhook: WireWebhook

beforeAll(async () => {
  history = await startDelivering()
  webhook = await history.webhook()
  monitor = await history.valid('paged')
  for (let row = 0; row < ROWS; row += 1) {
    // Some rows are made at the very end of a second, where rounding would move them into the next.
    if (row === 10) await history.clock.advance(999)
    if (row === 20) await history.clock.advance(1)
    await addRow()
  }
  await history.delivered(webhook.uuid)
})
afterAll(() => history[Symbol.asyncDispose]())

/** One event of the monitor and its request, a second after those before. */
async function addRow(): Promise<void> {
  const rows = history.receiver.requests.length
  await history.become(monitor, rows % 2 === 0 ? 'MISMATCH' : 'VALID')
  await history.receiver.waitFor(rows + 1)
}

interface List {
  readonly list: string
  readonly path: () => string
  readonly time: 'occurred' | 'created'
  readonly foreignCursor: string
}

interface Row {
  readonly uuid: string
  readonly occurred?: string
  readonly created?: string
}

const lists: readonly List[] = [
  {
    list: 'events',
    path: () => `/monitors/${monitor.uuid}/events`,
    time: 'occurred',
    foreignCursor: 'req_01h455vb4pex5vsknk084sn02q',
  },
  {
    list: 'requests',
    path: () => `/webhooks/${webhook.uuid}/requests`,
    time: 'created',
    foreignCursor: 'evt_01h455vb4pex5vsknk084sn02q',
  },
]

describe.for(lists)('the history of $list', ({ path, time, foreignCursor }) => {
  const page = (query: string) => history.get<WirePage<Row>>(`${path()}?${query}`)
  const uuids = ({ data }: Pick<WirePage<Row>, 'data'>) => data.map(({ uuid }) => uuid)
  const all = async () => (await page('limit=100')).data
  const secondOf = (row: Row | undefined) => Date.parse(row?.[time] ?? '') / 1000

  /** Pages from `first` to where no more are, along `after` or `before`. */
  async function walk(edge: 'after' | 'before', query: string, first: WirePage<Row>): Promise<WirePage<Row>[]> {
    const pages = [first]
    for (let at = first; at[edge] !== null; ) {
      // Of the first page it may speak of the other direction.
      if (at !== first) expect(at.has_more).toBe(true)
      at = await page(`${query}&${edge}=${at[edge]}`)
      pages.push(at)
    }
    return pages
  }

  test('is an envelope around its newest rows', async () => {
    const first = await history.get<WirePage<Row>>(path())
    expect(Object.keys(first).toSorted()).toEqual(['after', 'before', 'data', 'has_more', 'limit'])
    expect(first).toMatchObject({ limit: 20, before: null, has_more: true, after: first.data[19]?.uuid })
    expect(uuids(first)).toEqual(uuids({ data: await all() }).slice(0, 20))
  })

  test('shows 20 rows, or as many as asked for from 1 to 100', async () => {
    for (const [query, rows] of [
      ['', 20],
      ['limit=1', 1],
      ['limit=7', 7],
      ['limit=100', (await all()).length],
    ] as const) {
      expect([query, (await page(query)).data.length]).toEqual([query, rows])
    }
    for (const limit of ['0', '101', 'abc', '-1', '1.5', '']) {
      expectProblem(await history.api.call('GET', `${path()}?limit=${limit}`), 400, 'invalid_query', { limit: /./ })
    }
  })

  test.for(['asc', 'desc'])('is walked to its end without gaps or repeats, %s', async (way) => {
    const query = `limit=7&order_by=${time}&order_way=${way}`
    const pages = await walk('after', query, await page(query))
    const rows = uuids({ data: await all() })
    expect(pages.flatMap(uuids)).toEqual(way === 'desc' ? rows : rows.toReversed())
    expect(pages.length).toBe(Math.ceil(rows.length / 7))
    expect(pages.at(-1)).toMatchObject({ after: null, has_more: false })
    for (const { before, after, data } of pages.slice(1, -1)) {
      expect({ before, after }).toEqual({ before: data[0]?.uuid, after: data.at(-1)?.uuid })
    }
  })

  test.for(['asc', 'desc'])('is walked back the way it was walked forward, %s', async (way) => {
    const query = `limit=7&order_way=${way}`
    const [first, second, third] = await walk('after', query, await page(query))
    if (first === undefined || second === undefined || third === undefined) throw new Error('there are three pages')
    const [, back, start] = await walk('before', query, third)
    expect(back).toMatchObject({ data: second.data, has_more: true, before: second.before, after: second.after })
    expect(start).toMatchObject({ data: first.data, has_more: false, before: null, after: first.after })
  })

  test('ends exactly when its last page is full', async () => {
    const rows = await all()
    const half = `limit=${rows.length / 2}`
    const second = await page(`${half}&after=${(await page(half)).after}`)
    expect(second).toMatchObject({ after: null, has_more: false })
    expect(second.data).toHaveLength(rows.length / 2)
    const beyond = await page(`after=${rows.at(-1)?.uuid}`)
    expect(beyond).toMatchObject({ data: [], after: null, has_more: false })
  })

  test('repeats and skips nothing when rows arrive between two pages', async () => {
    const before = uuids({ data: await all() })
    const first = await page('limit=20')
    await addRow()
    const second = await page(`limit=20&after=${first.after}`)
    await addRow()
    const third = await page(`limit=20&after=${second.after}`)
    expect([first, second, third].flatMap(uuids)).toEqual(before)
    const news = await page(`before=${first.data[0]?.uuid}`)
    expect(uuids(news)).toEqual(uuids({ data: await all() }).slice(0, 2))
    expect(news).toMatchObject({ has_more: false, before: null, after: news.data[1]?.uuid })
  })

  test('shows rows that arrive at the end of the walk when it is read from the oldest', async () => {
    const query = `limit=30&order_way=asc`
    const first = await page(query)
    await addRow()
    const rest = await page(`${query}&after=${first.after}`)
    await addRow()
    const news = await page(`${query}&after=${rest.data.at(-1)?.uuid}`)
    expect(rest).toMatchObject({ after: null, has_more: false })
    expect([first, rest, news].flatMap(uuids)).toEqual(uuids({ data: await all() }).toReversed())
  })

  test('is ordered by time both ways, and newest first unless told otherwise', async () => {
    const ordered = async (query: string) => (await page(`limit=100&${query}`)).data.map(secondOf)
    const falling = await ordered(`order_by=${time}&order_way=desc`)
    expect(falling).toEqual(falling.toSorted((a, b) => b - a))
    expect(new Set(falling).size).toBeGreaterThanOrEqual(ROWS)
    expect(await ordered(`order_by=${time}&order_way=asc`)).toEqual(falling.toReversed())
    expect(await ordered('')).toEqual(falling)
    expect(await ordered(`order_by=${time}`)).toEqual(falling)
  })

  test.for(['order_by=uuid', 'order_by=', 'order_by=state', 'order_way=up', 'order_way=DESC', 'order_way='])(
    'has no order that is asked for with ?%s',
    async (query) => {
      const field = { [query.split('=')[0] ?? '']: /./ }
      expectProblem(await history.api.call('GET', `${path()}?${query}`), 400, 'invalid_query', field)
    },
  )

  test('is cut by time to the second: from a time on, before a time, and between two', async () => {
    const rows = await all()
    for (const at of [0, 1, 25, 35, 39, rows.length - 1]) {
      const second = secondOf(rows[at])
      const cut = async (query: string) => uuids(await page(`limit=100&${query}`))
      const kept = (keep: (second: number) => boolean) => uuids({ data: rows.filter((row) => keep(secondOf(row))) })
      const [from, until] = [`${time}_after`, `${time}_before`]
      expect(await cut(`${from}=${second}`)).toEqual(kept((other) => other >= second))
      expect(await cut(`${from}=${second + 1}`)).toEqual(kept((other) => other > second))
      expect(await cut(`${until}=${second}`)).toEqual(kept((other) => other < second))
      expect(await cut(`${until}=${second + 1}`)).toEqual(kept((other) => other <= second))
      expect(await cut(`${from}=${second}&${until}=${second + 1}`)).toEqual(kept((other) => other === second))
      expect(await cut(`${from}=${second}&${until}=${second + 10}&order_way=asc`)).toEqual(
        kept((other) => other >= second && other < second + 10).toReversed(),
      )
      expect(await cut(`${from}=${second}&${until}=${second}`)).toEqual([])
    }
  })

  test('is paged within a span of time and never beyond it', async () => {
    const rows = await all()
    const query = `limit=4&${time}_after=${secondOf(rows[20])}&${time}_before=${secondOf(rows[7])}`
    const pages = await walk('after', query, await page(query))
    expect(pages.flatMap(uuids)).toEqual(uuids({ data: rows.slice(8, 21) }))
    expect(pages.map(({ data }) => data.length)).toEqual([4, 4, 4, 1])
    const last = pages.at(-1)
    if (last === undefined) throw new Error('there are pages')
    const back = await walk('before', query, last)
    expect(uuids(back.at(-1) ?? { data: [] })).toEqual(uuids({ data: rows.slice(8, 12) }))
  })

  test.for(['2030-01-01T00:00:00Z', 'now', '-1', '1.5', '1e9', ''])('has no time %j', async (text) => {
    for (const edge of [`${time}_after`, `${time}_before`]) {
      const reply = await history.api.call('GET', `${path()}?${edge}=${encodeURIComponent(text)}`)
      expectProblem(reply, 400, 'invalid_query', { [edge]: /./ })
    }
  })

  test('refuses cursors of other lists, and two cursors at once', async () => {
    const [row] = await all()
    for (const query of [`after=${foreignCursor}`, `before=${foreignCursor}`, 'after=x', 'before=']) {
      expectProblem(await history.api.call('GET', `${path()}?${query}`), 400, 'invalid_cursor')
    }
    const both = `after=${row?.uuid}&before=${row?.uuid}`
    expectProblem(await history.api.call('GET', `${path()}?${both}`), 400, 'invalid_cursor')
  })
})
