/**
 * What holds for every page of the dashboard: axe-core finds nothing serious, in light and in dark; nothing is wider
 * than a phone; and the browser has nothing to complain of, so no script or style stands in a page (see `visit`).
 */
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import type { AxeResults } from 'axe-core'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { PAGES } from '../../packages/server/src/dashboard/pages/index.ts'
import { type Browsing, openBrowser, type Page, type Visitor } from '../harness/browser.ts'
import { signIn } from '../harness/dashboard.ts'
import { type Radar, startRadar } from '../harness/radar.ts'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

const LOOKS = {
  light: { viewport: { width: 1200, height: 800 }, colorScheme: 'light' },
  'dark, on a phone': { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
} as const

/** A name with no place to break, as they are. */
const LONG = `${'a-very-long-label-of-a-name-'.repeat(2)}x.long.example`

let browser: Browsing
let radar: Radar
/** From a parameter of the page table, by what the path begins with, to what it stands for. */
let names: Readonly<Record<string, string>>
const visitors = new Map<string, Visitor>()

beforeAll(async () => {
  browser = await openBrowser()
  radar = await startRadar({ settings: { DNSRADAR_CONFIRM: '0' } })
  const { client, dns, receiver } = radar
  receiver.answer({ status: 500, body: 'x'.repeat(500) })
  dns.set(LONG, 'TXT', [`v=spf1 ${'include:_spf.provider.example '.repeat(8)}-all`])
  const { uuid: webhook } = await client.createWebhook({ url: `${receiver.url}?${'q'.repeat(120)}`, all_groups: true })
  await client.createGroup({ slug: 'shop', name: 'Shop', is_public: true })
  const wish = { full_domain: LONG, record_type: 'SPF', group: 'shop' } as const
  const { uuid: monitor } = await client.createMonitorAndWait({ ...wish, expected_value: 'v=spf1 -all' })
  await receiver.waitFor(1)
  const request = (await client.listRequests(webhook)).data[0]?.uuid ?? ''
  const key = (await client.createKey({ name: 'Program', scopes: ['read'] })).uuid
  names = { monitors: monitor, webhooks: webhook, groups: 'shop', keys: key, request }
  for (const [look, options] of Object.entries(LOOKS)) visitors.set(look, await signIn(browser, radar, options))
})
afterAll(async () => {
  for (const visitor of visitors.values()) await visitor[Symbol.asyncDispose]()
  await browser[Symbol.asyncDispose]()
  await radar[Symbol.asyncDispose]()
})

const paths = [
  ...new Set(PAGES.filter(({ method }) => method === 'GET').map(({ path }) => `/app${path === '/' ? '' : path}`)),
  '/app/nowhere',
  '/status/:group',
]

function addressOf(path: string): string {
  const kind = path.split('/')[2] ?? ''
  return path.replaceAll(/:(\w+)/g, (_, name: string) => names[name] ?? names[name === 'group' ? 'groups' : kind] ?? '')
}

async function seriousFindings(page: Page): Promise<string[]> {
  // Run by the debugger: the page's policy lets no script in, and has to stay as it is.
  await page.evaluate(AXE)
  const { violations } = await page.evaluate(() =>
    (globalThis as unknown as { axe: { run(): Promise<AxeResults> } }).axe.run(),
  )
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html).join(' ')}`)
}

describe.for(Object.keys(LOOKS))('%s', (look) => {
  test.for(paths)('%s can be read by everybody', async (path) => {
    const visitor = visitors.get(look)
    if (visitor === undefined) throw new Error(`nobody looks at it ${look}`)
    const { page } = visitor
    await page.goto(addressOf(path))
    expect(await page.getByRole('heading', { level: 1 }).count()).toBe(1)
    expect(await seriousFindings(page)).toEqual([])
    // 390 px: nothing has to be pushed sideways to be read.
    expect(await page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth')).toBe(0)
    expect(visitor.faults).toEqual([])
  })
})

test('on a phone the navigation shows where one is, however long it is', async () => {
  const visitor = visitors.get('dark, on a phone')
  if (visitor === undefined) throw new Error('nobody looks at it on a phone')
  const { page } = visitor
  await page.goto('/app')
  for (const name of ['Audit', 'Keys', 'Overview']) {
    await page.getByRole('navigation').getByRole('link', { name, exact: true }).click()
    await page.getByRole('heading', { level: 1, name }).waitFor()
    const box = await page.locator('nav [aria-current]').boundingBox()
    expect(box?.x).toBeGreaterThanOrEqual(0)
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThanOrEqual(390)
  }
})

test('pages let nothing run and nothing be loaded from elsewhere', async () => {
  const response = await fetch(new URL('/app/sign-in', radar.url))
  const policy = response.headers.get('content-security-policy') ?? ''
  expect(policy).toContain("default-src 'none'")
  expect(policy).toContain("script-src 'self'")
  expect(policy).toContain("style-src 'self'")
  expect(policy).not.toMatch(/unsafe|\*/)
})
