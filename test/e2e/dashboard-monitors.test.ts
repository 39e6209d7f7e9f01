/** A record is watched from a browser: by mouse, by keyboard alone, and without scripts. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browsing, openBrowser, type Page } from '../harness/browser.ts'
import { signIn } from '../harness/dashboard.ts'
import { type Radar, startRadar } from '../harness/radar.ts'

let browser: Browsing
let radar: Radar
beforeAll(async () => {
  browser = await openBrowser()
  radar = await startRadar({ settings: { DNSRADAR_CONFIRM: '0' } })
})
afterAll(async () => {
  await browser[Symbol.asyncDispose]()
  await radar[Symbol.asyncDispose]()
})

/** The monitor of the page; the DNS is looked at again by the API, as a program or the clock would. */
async function checkNow(page: Page): Promise<void> {
  await radar.client.checkMonitor(new URL(page.url()).pathname.split('/').at(-1) ?? '')
}

const state = (page: Page, label: string) => page.getByRole('heading', { level: 1 }).getByText(label, { exact: true })

test('somebody without a good key is told so, and what was asked for comes after the right one', async () => {
  await using visitor = await browser.visit(radar.url)
  const { page } = visitor
  await page.goto('/app/groups')
  await page.fill('#key', `sk_${'0'.repeat(40)}`)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByText('The API key is not known').first().waitFor()
  await page.fill('#key', radar.key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await page.getByRole('heading', { level: 1, name: 'Groups' }).waitFor()
  expect(new URL(page.url()).pathname).toBe('/app/groups')
})

test('a record that is watched turns red and green again on the page as the zone changes, and shows what changed', async () => {
  await using visitor = await signIn(browser, radar)
  const { page } = visitor
  radar.dns.set('live.example', 'TXT', ['v=spf1 include:_spf.a.example -all'])
  await page.getByRole('link', { name: 'Watch a record' }).first().click()
  await page.getByLabel('Name').fill('live.example')
  await page.getByLabel('Type').selectOption('TXT')
  await page.getByRole('button', { name: 'Expect what is there now' }).click()
  await page.getByRole('button', { name: 'Watch this record' }).click()
  await state(page, 'Valid').waitFor()

  radar.dns.set('live.example', 'TXT', ['v=spf1 include:_spf.b.example -all'])
  await checkNow(page)
  await state(page, 'Mismatch').waitFor()
  const changed = page.locator('#events ~ * , section[aria-labelledby=events]').locator('.diff li.changed').first()
  await changed.waitFor()
  expect(await changed.locator('del').textContent()).toBe('include:_spf.a.example')
  expect(await changed.locator('ins').textContent()).toBe('include:_spf.b.example')

  radar.dns.set('live.example', 'TXT', ['v=spf1 include:_spf.a.example -all'])
  await checkNow(page)
  await state(page, 'Valid').waitFor()
})

test('a list is filtered, and the filter stands in the address', async () => {
  radar.dns.set('shop.filter.example', 'A', ['192.0.2.1'])
  const shop = { full_domain: 'shop.filter.example', record_type: 'A', expected_value: '192.0.2.1' } as const
  await radar.client.createMonitorAndWait(shop)
  await radar.client.createMonitorAndWait({ ...shop, full_domain: 'gone.filter.example' })
  await using visitor = await signIn(browser, radar)
  const { page } = visitor
  await page.goto('/app/monitors')
  await page.getByLabel('Search').fill('filter.example')
  await page.getByLabel('State').selectOption('NOT_FOUND')
  await page.getByRole('button', { name: 'Filter' }).click()
  await page.getByRole('link', { name: 'gone.filter.example' }).waitFor()
  expect(await page.getByRole('link', { name: 'shop.filter.example' }).count()).toBe(0)
  expect(new URL(page.url()).searchParams.get('state')).toBe('NOT_FOUND')
  await page.getByLabel('Search').fill('nothing-like-this')
  await page.getByRole('button', { name: 'Filter' }).click()
  await page.getByRole('link', { name: 'Show all monitors' }).waitFor()
})

/** Of a field its label, of anything else its text. */
const FOCUSED = `(() => {
  const element = document.activeElement
  return (element?.labels?.[0]?.textContent ?? element?.textContent ?? '').trim()
})()`

/** Presses Tab until the element that `name` describes has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses += 1) {
    if ((await page.evaluate(FOCUSED)) === name) return
    await page.keyboard.press('Tab')
  }
  throw new Error(`Tab never came to ${name}`)
}

test('everything can be done with the keyboard alone', async () => {
  radar.dns.set('keys.example', 'A', ['192.0.2.7'])
  await using visitor = await browser.visit(radar.url)
  const { page } = visitor
  await page.goto('/app')
  await tabTo(page, 'API key')
  await page.keyboard.type(radar.key)
  await page.keyboard.press('Enter')
  await page.waitForURL('**/app')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  expect(await page.evaluate('document.activeElement?.id')).toBe('content')
  await page.goto('/app/monitors/new')
  await tabTo(page, 'Name')
  await page.keyboard.type('keys.example')
  await page.keyboard.press('Enter')
  // Enter presses the first button: the name is looked up.
  await page.getByText('192.0.2.7').first().waitFor()
  await tabTo(page, 'Expect what is there now')
  await page.keyboard.press('Enter')
  await page.getByText('It would be').waitFor()
  await tabTo(page, 'Watch this record')
  await page.keyboard.press('Enter')
  await state(page, 'Valid').waitFor()
})

test('without scripts records are read, watched and checked', async () => {
  radar.dns.set('plain.example', 'A', ['192.0.2.8'])
  await using visitor = await signIn(browser, radar, { javaScriptEnabled: false })
  const { page } = visitor
  await page.goto('/app/monitors/new?name=plain.example')
  await page.getByRole('textbox', { name: 'Values' }).fill('192.0.2.9')
  await page.getByRole('button', { name: 'Preview' }).click()
  await page.getByText('It would be').waitFor()
  await page.getByRole('button', { name: 'Watch this record' }).click()
  await page.waitForURL(/\/app\/monitors\/mon_/)
  await page.getByRole('button', { name: 'Check now' }).click()
  await state(page, 'Mismatch').waitFor()
  await page.getByRole('button', { name: 'Accept current value' }).click()
  await state(page, 'Valid').waitFor()
  const { data } = await radar.client.listMonitors({ full_domain: 'plain.example' })
  expect(data.map(({ expected_value: expected }) => expected)).toEqual([['192.0.2.8']])
})

test('a form that is refused keeps what was typed and says what is wrong beside the field', async () => {
  await using visitor = await signIn(browser, radar)
  const { page } = visitor
  await page.goto('/app/monitors/new')
  await page.getByLabel('Name').fill('www.example.com')
  await page.getByRole('textbox', { name: 'Values' }).fill('not an address')
  await page.getByRole('button', { name: 'Watch this record' }).click()
  const values = page.getByRole('textbox', { name: 'Values' })
  await page.locator('#expected_value-error').waitFor()
  expect(await values.getAttribute('aria-invalid')).toBe('true')
  expect([await values.inputValue(), await page.getByLabel('Name').inputValue()]).toEqual([
    'not an address',
    'www.example.com',
  ])
})

test('what stands in a record is text, whatever it looks like', async () => {
  const hostile = '"><img src=x onerror=alert(1)><script>alert(2)</script>&lt;b&gt;'
  radar.dns.set('hostile.example', 'TXT', [hostile])
  const watched = { full_domain: 'hostile.example', record_type: 'TXT', expected_value: 'v=other' } as const
  const { uuid } = await radar.client.createMonitorAndWait({ ...watched, metadata: { '<i>': '<u>' } })
  await using visitor = await signIn(browser, radar)
  const { page } = visitor
  page.on('dialog', () => expect.unreachable('markup of a record ran'))
  for (const address of [`/app/monitors/${uuid}`, '/app', '/app/monitors', `/app/monitors/${uuid}/edit`]) {
    await page.goto(address)
    expect(await page.locator('main img, main script, main b, main i, main u').count()).toBe(0)
  }
  await page.goto(`/app/monitors/${uuid}`)
  await page.getByText(hostile, { exact: true }).first().waitFor()
})
