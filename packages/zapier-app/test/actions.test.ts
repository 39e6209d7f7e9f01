/** Actions, searches and dropdowns against a real server: what they do, what they return and what they refuse. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Radar, startRadar } from '../../../test/harness/radar.ts'
import { type Platform, startPlatform } from './platform.ts'
import { expectSameShape, type Fields, type Item, sampleOf, type Zapier, zapierOn } from './zapier.ts'

let radar: Radar
let zapier: Zapier
beforeAll(async () => {
  radar = await startRadar({ settings: { DNSRADAR_CONFIRM: '0', DNSRADAR_AUTHORITATIVE: 'off' } })
  zapier = zapierOn(radar)
  radar.dns.set('www.example.com', 'A', ['192.0.2.1'])
})
afterAll(() => radar[Symbol.asyncDispose]())

const NO_MONITOR = 'mon_01h455vb4pex5vsknk084sn02q'
const WWW = { domain: 'example.com', subdomain: 'www', record_type: 'A', expected_value: ['192.0.2.1'] } as const

async function monitor(): Promise<string> {
  return (await radar.client.createMonitor(WWW)).uuid
}

function expectLikeSample(kind: 'creates' | 'searches', key: string, item: unknown): void {
  expectSameShape(sampleOf(kind, key), item)
}

describe('create_monitor', () => {
  test('creates what was filled in', async () => {
    const item = await zapier.create('create_monitor', {
      ...WWW,
      match: 'includes',
      frequency: '15',
      group: 'made-by-a-zap',
      notify: 'after_success',
      external_id: 'crm-1',
    })
    expect(item).toMatchObject({
      id: expect.stringMatching(/^mon_/),
      hostname: 'www.example.com',
      match: 'includes',
      frequency: 15,
      group: 'made-by-a-zap',
      notify: 'after_success',
      external_id: 'crm-1',
      expected_text: '192.0.2.1',
    })
    expect(await radar.client.getMonitor(String(item['id']))).toMatchObject({ external_id: 'crm-1' })
    expectLikeSample('creates', 'create_monitor', item)
  })

  test('needs no more than a name, a type and values', async () => {
    const item = await zapier.create('create_monitor', {
      domain: 'example.org',
      record_type: 'MX',
      expected_value: ['10 mx.example.org'],
    })
    expect(item).toMatchObject({
      hostname: 'example.org',
      subdomain: null,
      group: 'default',
      expected_value: ['10 mx.example.org'],
    })
  })
})

describe('create_monitors', () => {
  const lines = [
    { domain: 'bulk.example', record_type: 'A', expected_value: '192.0.2.1\n192.0.2.2' },
    {
      domain: 'bulk.example',
      record_type: 'TXT',
      expected_value: 'v=DMARC1; rua=mailto:a@b.c,mailto:d@e.f',
      subdomain: '_dmarc',
    },
  ]

  test('creates one monitor of each line item', async () => {
    const item = await zapier.create('create_monitors', { monitors: lines, group: 'bulk', frequency: 60 })
    expect(item).toMatchObject({
      count: 2,
      monitors: [
        { hostname: 'bulk.example', expected_value: ['192.0.2.1', '192.0.2.2'], group: 'bulk', frequency: 60 },
        { hostname: '_dmarc.bulk.example', expected_value: ['v=DMARC1; rua=mailto:a@b.c,mailto:d@e.f'] },
      ],
    })
    expectLikeSample('creates', 'create_monitors', item)
  })

  test('keeps those that there are, if asked to', async () => {
    const fields = { monitors: lines, group: 'twice' }
    const ids = (item: Item) => (item['monitors'] as Item[]).map(({ id }) => id)
    const first = await zapier.create('create_monitors', fields)
    expect(ids(await zapier.create('create_monitors', { ...fields, ignore: true }))).toEqual(ids(first))
  })

  test('creates none when one is not acceptable, and says which', async () => {
    const bad = [lines[0], { domain: 'bulk.example', record_type: 'A', expected_value: 'no address' }]
    await expect(zapier.create('create_monitors', { monitors: bad, group: 'none' })).rejects.toThrow(/monitors\[1\]/)
    expect(await zapier.search('find_group', { group: 'none' })).toEqual([])
  })
})

test('update_monitor changes what was filled in and leaves the rest', async () => {
  const id = await monitor()
  const item = await zapier.create('update_monitor', {
    monitor: id,
    expected_value: ['192.0.2.9'],
    frequency: '30',
    active: 'no',
    group: '',
  })
  expect(item).toMatchObject({
    id,
    expected_value: ['192.0.2.9'],
    frequency: 30,
    is_active: false,
    group: 'default',
    match: 'exact',
  })
  expectLikeSample('creates', 'update_monitor', item)
})

test('check_monitor returns what was found just now', async () => {
  const id = await monitor()
  const item = await zapier.create('check_monitor', { monitor: id })
  expect(item).toMatchObject({
    id,
    state: 'VALID',
    found_text: '192.0.2.1',
    check: { state: 'VALID', values: ['192.0.2.1'] },
  })
  expectLikeSample('creates', 'check_monitor', item)
})

test('set_monitor_active disables and enables', async () => {
  const id = await monitor()
  expect(await zapier.create('set_monitor_active', { monitor: id, active: false })).toMatchObject({
    id,
    is_active: false,
  })
  const item = await zapier.create('set_monitor_active', { monitor: id, active: 'true' })
  expect(item).toMatchObject({ id, is_active: true })
  expectLikeSample('creates', 'set_monitor_active', item)
})

test('update_group_monitors changes all monitors of a group and says how many there are', async () => {
  await radar.client.createMonitor({ ...WWW, group: 'all-of-us' })
  const second = await radar.client.createMonitor({ ...WWW, group: 'all-of-us' })
  const item = await zapier.create('update_group_monitors', { group: 'all-of-us', frequency: '120', active: false })
  expect(item).toMatchObject({ slug: 'all-of-us', monitors: 2, frequency: 120, is_active: false })
  expect(await radar.client.getMonitor(second.uuid)).toMatchObject({ frequency: 120, is_active: false })
  expectLikeSample('creates', 'update_group_monitors', item)
})

test('accept_current_value takes what there is as expected', async () => {
  const { uuid } = await radar.client.createMonitor({ ...WWW, expected_value: ['192.0.2.77'] })
  await radar.client.checkMonitor(uuid)
  const item = await zapier.create('accept_current_value', { monitor: uuid })
  expect(item).toMatchObject({ id: uuid, expected_value: ['192.0.2.1'] })
  expectLikeSample('creates', 'accept_current_value', item)
})

interface Refused {
  readonly step: string
  readonly why: string
  readonly fields: Fields
  readonly says: RegExp
}

const REFUSED: readonly Refused[] = [
  { step: 'create_monitor', why: 'no domain', fields: { record_type: 'A' }, says: /Domain is empty/ },
  {
    step: 'create_monitor',
    why: 'no values',
    fields: { domain: 'example.com', record_type: 'A' },
    says: /expected_value/,
  },
  { step: 'create_monitor', why: 'another type', fields: { ...WWW, record_type: 'SRV' }, says: /record_type.*SRV/ },
  { step: 'create_monitor', why: 'no number', fields: { ...WWW, frequency: 'often' }, says: /Frequency must be/ },
  { step: 'create_monitor', why: 'another frequency', fields: { ...WWW, frequency: '7' }, says: /frequency/ },
  {
    step: 'create_monitor',
    why: 'a taken id',
    fields: { ...WWW, external_id: 'crm-1' },
    says: /external_id|external id/i,
  },
  { step: 'create_monitors', why: 'no line items', fields: { monitors: [] }, says: /Monitors is empty/ },
  { step: 'update_monitor', why: 'nothing filled in', fields: { monitor: NO_MONITOR }, says: /Nothing to update/ },
  { step: 'update_monitor', why: 'no such monitor', fields: { monitor: NO_MONITOR, frequency: 5 }, says: /no monitor/ },
  { step: 'check_monitor', why: 'no such monitor', fields: { monitor: NO_MONITOR }, says: /no monitor/ },
  { step: 'check_monitor', why: 'nothing mapped', fields: { monitor: '' }, says: /Monitor is empty/ },
  { step: 'check_monitor', why: 'dots', fields: { monitor: '..' }, says: /Monitor is not one/ },
  { step: 'check_monitor', why: 'a path', fields: { monitor: '../keys' }, says: /no monitor/ },
  {
    step: 'set_monitor_active',
    why: 'neither',
    fields: { monitor: NO_MONITOR, active: 'maybe' },
    says: /Active must be/,
  },
  {
    step: 'set_monitor_active',
    why: 'no such monitor',
    fields: { monitor: NO_MONITOR, active: true },
    says: /no monitor/,
  },
  { step: 'update_group_monitors', why: 'nothing filled in', fields: { group: 'default' }, says: /Nothing to update/ },
  { step: 'update_group_monitors', why: 'no such group', fields: { group: 'nowhere', active: true }, says: /no group/ },
  { step: 'accept_current_value', why: 'no such monitor', fields: { monitor: NO_MONITOR }, says: /no monitor/ },
]

test.for(REFUSED)('$step refuses in words: $why', async ({ step, fields, says }) => {
  const refused = { name: 'AppError', message: expect.stringMatching(says) }
  await expect(zapier.create(step, fields)).rejects.toMatchObject(refused)
})

test('a disabled monitor is not checked', async () => {
  const id = await monitor()
  await radar.client.disableMonitor(id)
  await expect(zapier.create('check_monitor', { monitor: id })).rejects.toThrow(/disabled/)
})

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
    expectLikeSample('searches', 'find_monitor', (await zapier.search('find_monitor', { domain: 'find.example' }))[0])
  })

  test('an empty subdomain is the domain itself, so that find-or-create creates what is not there', async () => {
    await monitor()
    expect(await zapier.search('find_monitor', { domain: 'example.com', subdomain: 'www' })).not.toEqual([])
    expect(await zapier.search('find_monitor', { domain: 'example.com' })).toEqual([])
  })

  test('what can be no name is refused, not missed', async () => {
    await expect(zapier.search('find_monitor', { domain: 'exa mple..com' })).rejects.toMatchObject({ name: 'AppError' })
  })
})

test('find_group finds by slug, name or id; a miss is an empty list', async () => {
  const { uuid } = await radar.client.createGroup({ slug: 'shops', name: 'Our Shops' })
  for (const group of ['shops', 'our shops', 'Our Shops', uuid]) {
    expect(await zapier.search('find_group', { group })).toMatchObject([{ id: uuid, slug: 'shops' }])
  }
  expect(await zapier.search('find_group', { group: 'shop' })).toEqual([])
  await expect(zapier.search('find_group', { group: '' })).rejects.toThrow(/Name or Slug is empty/)
  expectLikeSample('searches', 'find_group', (await zapier.search('find_group', { group: 'shops' }))[0])
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
    for (const item of all) expectLikeSample('searches', 'find_events', item)
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

  test('a time that is none is refused', async () => {
    await expect(zapier.searchPage('find_events', { since: 'soon' })).rejects.toThrow(/Since must be/)
  })
})

describe('look_up_record', () => {
  test('finds what name servers answer', async () => {
    const items = await zapier.search('look_up_record', { host: 'www.example.com', type: 'A' })
    expect(items).toMatchObject([
      { name: 'www.example.com', type: 'A', values: ['192.0.2.1'], values_text: '192.0.2.1' },
    ])
    expectLikeSample('searches', 'look_up_record', items[0])
  })

  test('a name without such records is a miss', async () => {
    expect(await zapier.search('look_up_record', { host: 'nobody.example.com', type: 'A' })).toEqual([])
  })

  test('that no server answers is an error, not a miss', async () => {
    radar.dns.behave('broken.example.com', { kind: 'rcode', rcode: 2 })
    const asked = zapier.search('look_up_record', { host: 'broken.example.com', type: 'A' })
    await expect(asked).rejects.toThrow(/No name server answered/)
  })

  test('what can be no name is refused', async () => {
    await expect(zapier.search('look_up_record', { host: '..', type: 'A' })).rejects.toMatchObject({ name: 'AppError' })
  })
})

describe('dropdowns', () => {
  let platform: Platform
  beforeAll(async () => {
    platform = await startPlatform(radar)
  })
  afterAll(() => platform[Symbol.asyncDispose]())

  test('offer all groups, page by page', async () => {
    await Promise.all(Array.from({ length: 101 }, (_, number) => radar.client.createGroup({ slug: `page-${number}` })))
    const pages = [
      await platform.dropdown('group_list', 0),
      await platform.dropdown('group_list', 1),
      await platform.dropdown('group_list', 2),
    ]
    expect(pages.map(({ length }) => length)).toEqual([100, expect.any(Number), 0])
    const slugs = pages.flat().map(({ slug }) => slug)
    expect(new Set(slugs).size).toBe(slugs.length)
    expect(slugs.filter((slug) => String(slug).startsWith('page-'))).toHaveLength(101)
  })

  test('open at the first page again, wherever they were left', async () => {
    const [first] = await platform.dropdown('group_list', 0)
    await platform.dropdown('group_list', 1)
    expect((await platform.dropdown('group_list', 0))[0]).toEqual(first)
  })

  test('name monitors by what they watch, and webhooks by their host alone', async () => {
    const id = await monitor()
    expect((await platform.dropdown('monitor_list', 0))[0]).toEqual({ id, label: 'www.example.com A' })
    const { uuid } = await radar.client.createWebhook({ url: `${radar.receiver.origin}/secret-path` })
    const choice = (await platform.dropdown('webhook_list', 0)).find((item) => item['id'] === uuid)
    expect(choice).toEqual({ id: uuid, label: `127.0.0.1:${radar.receiver.port} · default` })
  })
})
