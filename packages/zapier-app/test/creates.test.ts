/** Actions against a real server: what they do and what they return. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Radar, startRadar } from '../../../test/harness/radar.ts'
import { expectPromised, WWW } from './shapes.ts'
import { AT_FIRST_LOOK, type Item, type Zapier, zapierOn } from './zapier.ts'

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

const expectAsPromised = (key: string, item: unknown): void => expectPromised('creates', key, item)

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
    expectAsPromised('create_monitor', item)
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
    expectAsPromised('create_monitors', item)
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
  expectAsPromised('update_monitor', item)
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
  expectAsPromised('check_monitor', item)
})

test('set_monitor_active disables and enables', async () => {
  const id = await monitor()
  expect(await zapier.create('set_monitor_active', { monitor: id, active: false })).toMatchObject({
    id,
    is_active: false,
  })
  const item = await zapier.create('set_monitor_active', { monitor: id, active: 'true' })
  expect(item).toMatchObject({ id, is_active: true })
  expectAsPromised('set_monitor_active', item)
})

test('update_group_monitors changes all monitors of a group and says how many there are', async () => {
  await radar.client.createMonitor({ ...WWW, group: 'all-of-us' })
  const second = await radar.client.createMonitor({ ...WWW, group: 'all-of-us' })
  const item = await zapier.create('update_group_monitors', { group: 'all-of-us', frequency: '120', active: false })
  expect(item).toMatchObject({ slug: 'all-of-us', monitors: 2, frequency: 120, is_active: false })
  expect(await radar.client.getMonitor(second.uuid)).toMatchObject({ frequency: 120, is_active: false })
  expectAsPromised('update_group_monitors', item)
})

test('accept_current_value takes what there is as expected', async () => {
  const { uuid } = await radar.client.createMonitor({ ...WWW, expected_value: ['192.0.2.77'] })
  await radar.client.checkMonitor(uuid)
  const item = await zapier.create('accept_current_value', { monitor: uuid })
  expect(item).toMatchObject({ id: uuid, expected_value: ['192.0.2.1'] })
  expectAsPromised('accept_current_value', item)
})
