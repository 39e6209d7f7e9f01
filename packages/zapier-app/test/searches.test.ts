/** Searches against a real server: hits, misses and what is refused. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Radar, startRadar } from '../../../test/harness/radar.ts'
import { expectPromised, WWW } from './shapes.ts'
import { AT_FIRST_LOOK, type Fields, type Item, type Zapier, zapierOn } from './zapier.ts'

let radar: Radar
let zapier: Zapier
beforeAll(async () => {
  radar = await startRadar(AT_FIRST_LOOK)
  zapier = zapierOn(radar)
  radar.dns.set('www.example.com', 'A', ['192.0.2.1'])
})
afterAll(() => radar[Symbol.asyncDispose]())

async function monitor(): Promise<string> {
  return (await radar.client.createMonitor(WWW)).uuid
}

const expectAsPromised = (key: string, item: unknown): void => expectPromised('searches', key, item)

describe('find_monitor', () => {
  test('finds by name, type and group, the newest first', async () => {
    const made = []
    for (const record_type of ['A', 'AAAA', 'A'] as const) {
      const expected_value = record_type === 'A' ? ['192.0.2.1'] : ['2001:db8::1']
      made.push(
        await radar.client.createMonitor({ domain: 'find.example', record_type, expected_value, group: 'find' }),
      )
    }
    const ids = async (fields: Fields) => (await zapier.search('find_monitor', fields)).map(({ id }) => id)
    const [first, second, third] = made.map(({ uuid }) => uuid)
    expect(await ids({ domain: 'find.example' })).toEqual([third, second, first])
    expect(await ids({ domain: 'find.example', record_type: 'AAAA', group: 'find' })).toEqual([second])
    expect(await ids({ domain: 'find.example', group: 'default' })).toEqual([])
    expectAsPromised('find_monitor', (await zapier.search('find_monitor', { domain: 'find.example' }))[0])
  })

  test('an empty subdomain is the domain itself, so that find-or-create creates what is not there', async () => {
    await monitor()
    expect(await zapier.search('find_monitor', { domain: 'example.com', subdomain: 'www' })).not.toEqual([])
    expect(await zapier.search('find_monitor', { domain: 'example.com' })).toEqual([])
  })

  test.for([
    { domain: 'policy.example', record_type: 'DMARC', expected_value: ['v=DMARC1; p=none'] },
    { domain: '_dmarc.policy.example', record_type: 'DMARC', expected_value: ['v=DMARC1; p=none'] },
    { domain: 'policy.example', record_type: 'SPF', expected_value: ['v=spf1 -all'] },
    { domain: '192.0.2.7', record_type: 'PTR', expected_value: ['host.example'] },
    { domain: 'Policy.Example.', subdomain: 'WWW', record_type: 'A', expected_value: ['192.0.2.1'] },
    { domain: 'münchen.example', record_type: 'A', expected_value: ['192.0.2.1'] },
  ])('finds by the fields that it was created from: $record_type of $domain', async (fields) => {
    const { id } = await zapier.create('create_monitor', fields)
    expect((await zapier.search('find_monitor', fields)).map((item) => item['id'])).toContain(id)
  })
})

test('find_group finds by slug, name or id; a miss is an empty list', async () => {
  const { uuid } = await radar.client.createGroup({ slug: 'shops', name: 'Our Shops' })
  for (const group of ['shops', 'our shops', 'Our Shops', uuid]) {
    expect(await zapier.search('find_group', { group })).toMatchObject([{ id: uuid, slug: 'shops' }])
  }
  expect(await zapier.search('find_group', { group: 'shop' })).toEqual([])
  expectAsPromised('find_group', (await zapier.search('find_group', { group: 'shops' }))[0])
})

describe('find_events', () => {
  let id: string
  beforeAll(async () => {
    radar.dns.set('events.example', 'A', ['192.0.2.1'])
    id = (
      await radar.client.createMonitor({ domain: 'events.example', record_type: 'A', expected_value: ['192.0.2.1'] })
    ).uuid
    await radar.client.checkMonitor(id)
    for (let turn = 1; turn <= 12; turn += 1) {
      radar.dns.set('events.example', 'A', [turn % 2 === 0 ? '192.0.2.1' : '192.0.2.2'])
      await radar.client.checkMonitor(id)
    }
  })

  test('goes through the history page by page, the newest first, each once', async () => {
    const first = await zapier.searchPage('find_events', { monitor: id })
    const second = await zapier.searchPage('find_events', { monitor: id }, first.paging_token ?? '')
    const all = [...first.results, ...second.results]
    expect(second.paging_token).toBeNull()
    expect(new Set(all.map((item) => item['id'])).size).toBe(12)
    expect(all.map((item) => item['id'])).toEqual(
      all
        .map((item) => String(item['id']))
        .toSorted()
        .toReversed(),
    )
    for (const item of all) expectAsPromised('find_events', item)
  })

  test('finds changes to one state, and none after now', async () => {
    const { results } = await zapier.searchPage('find_events', {
      monitor: id,
      state: 'VALID',
      since: '2020-01-01T00:00:00Z',
    })
    expect(results.map((item) => item['is_broken'])).toEqual(Array(6).fill(false))
    const future = { monitor: id, since: '2999-01-01' }
    expect(await zapier.searchPage('find_events', future)).toEqual({ results: [], paging_token: null })
  })

  test('tells of a restored record since when it had been broken', async () => {
    const { results } = await zapier.searchPage('find_events', { monitor: id })
    const [restored, broken] = results as [Item, Item]
    expect(restored).toMatchObject({ kind: 'record.restored', broken_since: broken['created'] })
  })

  test('an event of a monitor that was deleted is still found', async () => {
    const { uuid } = await radar.client.createMonitor({ ...WWW, expected_value: ['192.0.2.77'] })
    await radar.client.checkMonitor(uuid)
    await radar.client.deleteMonitor(uuid)
    const { results } = await zapier.searchPage('find_events', { monitor: uuid })
    expect(results).toMatchObject([{ event: { monitor_uuid: uuid }, metadata: {} }])
  })
})

describe('look_up_record', () => {
  test('finds what name servers answer', async () => {
    const items = await zapier.search('look_up_record', { host: 'www.example.com', type: 'A' })
    expect(items).toMatchObject([
      { name: 'www.example.com', type: 'A', values: ['192.0.2.1'], values_text: '192.0.2.1' },
    ])
    expectAsPromised('look_up_record', items[0])
  })

  test('a name without such records is a miss', async () => {
    expect(await zapier.search('look_up_record', { host: 'nobody.example.com', type: 'A' })).toEqual([])
  })
})
