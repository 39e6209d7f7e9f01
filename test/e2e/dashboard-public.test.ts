/** What anybody sees of a public group: badges and a status page, and nothing of any other group. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { type Radar, startRadar } from '../harness/radar.ts'

let radar: Radar
beforeAll(async () => {
  radar = await startRadar({ settings: { DNSRADAR_CONFIRM: '0' } })
  const { client, dns } = radar
  dns.set('www.shop.example', 'A', ['192.0.2.1'])
  dns.set('mail.shop.example', 'A', ['192.0.2.99'])
  await client.createGroup({ slug: 'shop', name: 'Shop <b>records</b>', is_public: true })
  await client.createGroup({ slug: 'inside', name: 'Inside' })
  const shown = {
    record_type: 'A',
    group: 'shop',
    expected_value: '192.0.2.1',
    metadata: { customer: 'ACME' },
  } as const
  await client.createMonitorAndWait({ ...shown, full_domain: 'www.shop.example', external_id: 'order-7' })
  await client.createMonitorAndWait({ ...shown, full_domain: 'mail.shop.example' })
  await client.createMonitorAndWait({ ...shown, full_domain: 'paused.shop.example', is_active: false }).catch(() => {})
})
afterAll(() => radar[Symbol.asyncDispose]())

const ask = (path: string) => fetch(new URL(path, radar.url))

describe('a badge', () => {
  test('is a picture that may be embedded anywhere and kept for a minute', async () => {
    const response = await ask('/badge/shop.svg?label=DNS')
    expect(response.status).toBe(200)
    expect(Object.fromEntries(response.headers)).toMatchObject({
      'content-type': 'image/svg+xml; charset=utf-8',
      'cache-control': 'public, max-age=60',
      'cross-origin-resource-policy': 'cross-origin',
    })
    expect(await response.text()).toContain('<title>DNS: 1 of 2 failing</title>')
  })

  test('is there for shields.io, under the name of the group when no label is given', async () => {
    const response = await ask('/badge/shop.json')
    expect(response.headers.get('access-control-allow-origin')).toBe('*')
    expect(await response.json()).toEqual({
      schemaVersion: 1,
      label: 'Shop <b>records</b>',
      message: '1 of 2 failing',
      color: 'critical',
      cacheSeconds: 60,
    })
    expect(await (await ask('/badge/shop.svg')).text()).toContain('Shop &lt;b&gt;records&lt;/b&gt;: 1 of 2 failing')
  })

  test('has a label of a sensible length', async () => {
    expect((await ask(`/badge/shop.svg?label=${'x'.repeat(101)}`)).status).toBe(400)
    expect((await ask('/badge/shop.json?label=a&label=b')).status).toBe(400)
  })

  test('is found by the id of its group too', async () => {
    const { uuid } = await radar.client.getGroup('shop')
    expect((await ask(`/badge/${uuid}.json`)).status).toBe(200)
  })
})

describe('a status page', () => {
  test('names records and states, escaped, and nothing else', async () => {
    const response = await ask('/status/shop')
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8')
    const page = await response.text()
    for (const shown of ['www.shop.example', 'mail.shop.example', 'Mismatch', 'Shop &lt;b&gt;records&lt;/b&gt;']) {
      expect(page).toContain(shown)
    }
    for (const hidden of ['192.0.2', 'ACME', 'order-7', 'mon_', 'evt_', 'paused', '<b>', '<script']) {
      expect(page).not.toContain(hidden)
    }
  })

  test('lets nothing run and nothing be loaded from elsewhere', async () => {
    const policy = (await ask('/status/shop')).headers.get('content-security-policy')
    expect(policy).toContain("default-src 'none'; style-src 'self'")
    expect(policy).not.toContain('unsafe')
  })
})

const paths = ['/badge/GROUP.svg', '/badge/GROUP.json', '/status/GROUP']

describe.for(paths)('%s', (path) => {
  const of = async (group: string) => {
    const response = await ask(path.replace('GROUP', group))
    return { status: response.status, text: (await response.text()).replaceAll(/"(instance|request_id)":"[^"]*"/g, '') }
  }

  test('of a group that is not public answers as if there were none', async () => {
    const nowhere = await of('nowhere')
    expect(nowhere.status).toBe(404)
    const { uuid } = await radar.client.getGroup('inside')
    for (const group of ['inside', uuid, 'default', 'grp_01h455vb4pex5vsknk084sn02q', '%00', '..%2f', 'SHOP']) {
      expect([group, await of(group)]).toEqual([group, nowhere])
    }
  })

  test('appears when its group is made public, and goes when it no longer is', async () => {
    const group = `g${paths.indexOf(path)}`
    await radar.client.createGroup({ slug: group })
    expect((await of(group)).status).toBe(404)
    await radar.client.updateGroup(group, { is_public: true })
    expect((await of(group)).status).toBe(200)
    await radar.client.updateGroup(group, { is_public: false })
    expect((await of(group)).status).toBe(404)
  })

  test('takes nothing but GET and HEAD', async () => {
    const response = await fetch(new URL(path.replace('GROUP', 'shop'), radar.url), { method: 'POST' })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })
})

test('an address that asks too often has to wait', async () => {
  await using busy = await startRadar({ settings: { DNSRADAR_RATE_LIMIT: '3' } })
  const statuses: number[] = []
  for (let i = 0; i < 4; i += 1) statuses.push((await fetch(new URL('/badge/none.svg', busy.url))).status)
  expect(statuses).toEqual([404, 404, 404, 429])
  const page = await fetch(new URL('/status/none', busy.url))
  expect([page.status, Number(page.headers.get('retry-after')) > 0]).toEqual([429, true])
  expect(await page.text()).toContain('try again in')
})
