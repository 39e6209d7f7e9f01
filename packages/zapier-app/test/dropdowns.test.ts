/** Hidden triggers that fill dropdowns, page by page, with the cursors that Zapier keeps for them. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Radar, startRadar } from '../../../test/harness/radar.ts'
import { type Platform, startPlatform } from './platform.ts'
import { AT_FIRST_LOOK, sampleOf } from './zapier.ts'

let radar: Radar
let platform: Platform
beforeAll(async () => {
  radar = await startRadar(AT_FIRST_LOOK)
  platform = await startPlatform(radar)
})
afterAll(async () => {
  await platform[Symbol.asyncDispose]()
  await radar[Symbol.asyncDispose]()
})

const MANY = Array.from({ length: 101 }, (_, number) => number)

/** More than one page of each. */
const LISTS = [
  {
    list: 'group_list',
    fill: async () => {
      const made = await Promise.all(MANY.map((number) => radar.client.createGroup({ slug: `page-${number}` })))
      return made.map(({ uuid }) => uuid)
    },
  },
  {
    list: 'monitor_list',
    fill: async () => {
      const monitors = MANY.map(
        (number) => ({ domain: `page${number}.example`, match: 'absent', record_type: 'A' }) as const,
      )
      return (await radar.client.createMonitors({ monitors })).data.map(({ uuid }) => uuid)
    },
  },
  {
    list: 'webhook_list',
    fill: async () => {
      const urls = MANY.map((number) => `${radar.receiver.origin}/page/${number}`)
      const made = await Promise.all(urls.map((url) => radar.client.createWebhook({ url, source: 'n8n' })))
      return made.map(({ uuid }) => uuid)
    },
  },
] as const

describe.for(LISTS)('$list', ({ list, fill }) => {
  let made: readonly string[]
  beforeAll(async () => {
    made = await fill()
  })

  test('offers all there is, page by page, each once', async () => {
    const pages = [await platform.dropdown(list, 0), await platform.dropdown(list, 1), await platform.dropdown(list, 2)]
    expect(pages.map(({ length }) => length)).toEqual([100, expect.any(Number), 0])
    const ids = pages.flat().map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
    expect(ids).toEqual(expect.arrayContaining([...made]))
  })

  test('opens at its first page again, wherever it was left', async () => {
    const [first] = await platform.dropdown(list, 0)
    await platform.dropdown(list, 1)
    expect((await platform.dropdown(list, 0))[0]).toEqual(first)
  })

  test('offers choices with the members of its sample', async () => {
    const [first] = await platform.dropdown(list, 0)
    expect(Object.keys(first ?? {})).toEqual(Object.keys(sampleOf('triggers', list)))
  })
})

test('a group is offered under its name and taken by its slug', async () => {
  const { uuid } = await radar.client.createGroup({ slug: 'shops', name: 'Our Shops' })
  const pages = [await platform.dropdown('group_list', 0), await platform.dropdown('group_list', 1)]
  expect(pages.flat()).toContainEqual({ id: uuid, slug: 'shops', name: 'Our Shops', label: 'Our Shops' })
})

test('a monitor is named by what it watches, the newest first', async () => {
  const input = { domain: 'example.com', subdomain: 'www', record_type: 'A', expected_value: ['192.0.2.1'] } as const
  const { uuid } = await radar.client.createMonitor(input)
  expect((await platform.dropdown('monitor_list', 0))[0]).toEqual({ id: uuid, label: 'www.example.com A' })
})

test('a webhook is named by its host, without the path that may be all that protects it', async () => {
  const { uuid } = await radar.client.createWebhook({ url: `${radar.receiver.origin}/secret-path` })
  const pages = [await platform.dropdown('webhook_list', 0), await platform.dropdown('webhook_list', 1)]
  const choice = pages.flat().find(({ id }) => id === uuid)
  expect(choice).toEqual({ id: uuid, label: `127.0.0.1:${radar.receiver.port} · default` })
})
