/** Webhooks in a browser: what was sent with every attempt, once more, and with which secret. */
import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Browsing, openBrowser } from '../harness/browser.ts'
import { signIn } from '../harness/dashboard.ts'
import { flip } from '../harness/flip.ts'
import { type Radar, startRadar } from '../harness/radar.ts'

let browser: Browsing
beforeAll(async () => {
  browser = await openBrowser()
})
afterAll(() => browser[Symbol.asyncDispose]())

const openRadar = (): Promise<Radar> => startRadar({ settings: { DNSRADAR_CONFIRM: '0' } })

test('a webhook is added, its secret is shown once, and a test shows in its log as it happens', async () => {
  await using radar = await openRadar()
  await using visitor = await signIn(browser, radar)
  const { page } = visitor
  await page.goto('/app/webhooks')
  await page.getByRole('link', { name: 'New webhook' }).first().click()
  await page.getByLabel('Address').fill(radar.receiver.url)
  await page.getByRole('button', { name: 'Add the webhook' }).click()
  const secret = (await page.locator('#new-secret').textContent()) ?? ''
  expect(secret).toMatch(/^whsec_/)
  await page.getByRole('link', { name: 'Go on to the webhook' }).click()
  expect(await page.content()).not.toContain(secret)

  await page.getByRole('button', { name: 'Send a test' }).click()
  await page.getByRole('cell', { name: 'Delivered' }).waitFor()
  const { raw, headers } = await radar.receiver.next()
  const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${raw.toString()}`
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64')
  expect(headers['webhook-signature']).toBe(`v1,${createHmac('sha256', key).update(signed).digest('base64')}`)
})

test('a delivery shows every attempt with what came back, and is sent again', async () => {
  await using radar = await openRadar()
  radar.receiver.answer({ status: 503, body: '<b>down</b> for maintenance' }, 1)
  const { uuid } = await radar.client.createWebhook({ url: radar.receiver.url })
  await flip(radar, 2)
  await radar.receiver.waitFor(1)
  await using visitor = await signIn(browser, radar)
  const { page } = visitor
  await page.goto(`/app/webhooks/${uuid}`)
  await page.getByText('The last attempt failed').waitFor()
  const deliveries = page.locator('#deliveries tbody a')
  await deliveries.last().click()
  await page.getByRole('heading', { name: 'Attempt 1 503' }).waitFor()
  expect(await page.locator('.attempts pre').first().textContent()).toBe('<b>down</b> for maintenance')

  await page.getByRole('button', { name: 'Try again now' }).click()
  await page.getByRole('heading', { name: 'Attempt 2 200' }).waitFor()
  // The same request may be tried by hand only twice a minute, and the page says so.
  await page.getByRole('button', { name: 'Send it again' }).click()
  await page.getByText('try again in').waitFor()

  await page.goto(`/app/webhooks/${uuid}`)
  await deliveries.first().click()
  await page.getByRole('button', { name: 'Send it again' }).click()
  await page.getByRole('heading', { level: 1, name: /^Resend of/ }).waitFor()
  await page.getByRole('heading', { name: 'Attempt 1 200' }).waitFor()
  expect(radar.receiver.requests).toHaveLength(4)
})

test('a secret is rotated: the new one is shown once, and both sign for a while', async () => {
  await using radar = await openRadar()
  const { uuid, signing_secret: old } = await radar.client.createWebhook({ url: radar.receiver.url })
  await using visitor = await signIn(browser, radar)
  const { page } = visitor
  await page.goto(`/app/webhooks/${uuid}`)
  await page.getByRole('link', { name: 'Rotate the secret' }).click()
  await page.getByRole('button', { name: 'Make a new secret' }).click()
  const secret = await page.locator('#new-secret').textContent()
  expect(secret).toMatch(/^whsec_/)
  expect(secret).not.toBe(old)
  await radar.client.testWebhook(uuid)
  const { headers } = await radar.receiver.next()
  expect(String(headers['webhook-signature']).split(' ')).toHaveLength(2)
})

test('the log is filtered by what became of deliveries and by the answer', async () => {
  await using radar = await openRadar()
  const { uuid } = await radar.client.createWebhook({ url: radar.receiver.url })
  radar.receiver.answer(404, 1)
  await radar.client.testWebhook(uuid)
  await radar.receiver.waitFor(1)
  await radar.client.testWebhook(uuid)
  await radar.receiver.waitFor(2)
  await using visitor = await signIn(browser, radar)
  const { page } = visitor
  await page.goto(`/app/webhooks/${uuid}`)
  const rows = page.locator('#deliveries tbody tr')
  expect(await rows.count()).toBe(2)
  // A choice is enough: nothing has to be pressed.
  await page.getByLabel('Status').selectOption('FAILED')
  await page.waitForURL(/status=FAILED/)
  expect(await rows.count()).toBe(1)
  await page.getByLabel('Answer').fill('4xx')
  await page.getByRole('button', { name: 'Filter' }).click()
  await page.getByRole('cell', { name: '404' }).waitFor()
  await page.getByLabel('Answer').fill('everything')
  await page.getByRole('button', { name: 'Filter' }).click()
  await page.getByText('use a status such as 404').first().waitFor()
})

test('what a receiver missed while it was disabled is recovered', async () => {
  await using radar = await openRadar()
  const { uuid } = await radar.client.createWebhook({ url: radar.receiver.url })
  await using visitor = await signIn(browser, radar)
  const { page } = visitor
  await page.goto(`/app/webhooks/${uuid}`)
  await page.getByRole('button', { name: 'Disable' }).click()
  await page.getByText('The webhook is disabled').waitFor()
  await flip(radar, 2)
  await page.getByRole('button', { name: 'Enable' }).click()
  await page.getByRole('button', { name: 'Send again what failed or was missed' }).click()
  await page.getByText('2 deliveries will be sent again, in order.').waitFor()
  expect(await radar.receiver.waitFor(2)).toHaveLength(2)
})

test('an edit changes what was touched and keeps everything else', async () => {
  await using radar = await openRadar()
  const { signing_secret: _, ...before } = await radar.client.createWebhook({
    url: radar.receiver.url,
    groups: ['shop'],
    headers: { 'X-Team': 'dns' },
    events: ['record.broken', 'domain.*'],
    states: ['MISMATCH'],
  })
  await using visitor = await signIn(browser, radar)
  const { page } = visitor
  await page.goto(`/app/webhooks/${before.uuid}/edit`)
  await page.getByText('Filters, format, headers and more').click()
  await page.getByLabel('Timeout in seconds').fill('31')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.locator('#timeout_seconds-error').waitFor({ state: 'attached' })
  await page.getByLabel('Timeout in seconds').fill('20')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved.').waitFor()
  expect(await radar.client.getWebhook(before.uuid)).toEqual({ ...before, timeout_seconds: 20 })
})

test('a webhook is deleted only after it was asked for twice', async () => {
  await using radar = await openRadar()
  const { uuid } = await radar.client.createWebhook({ url: radar.receiver.url })
  await using visitor = await signIn(browser, radar)
  const { page } = visitor
  await page.goto(`/app/webhooks/${uuid}`)
  await page.getByRole('link', { name: 'Delete' }).click()
  await radar.client.getWebhook(uuid)
  await page.getByRole('button', { name: 'Delete the webhook' }).click()
  await page.getByRole('heading', { name: 'No webhooks yet' }).waitFor()
  await expect(radar.client.getWebhook(uuid)).rejects.toMatchObject({ status: 404 })
})

test('a session ends with its key', async () => {
  await using radar = await openRadar()
  const { key, uuid } = await radar.client.createKey({ name: 'visitor', scopes: ['admin'] })
  await using visitor = await signIn(browser, { ...radar, key })
  const { page } = visitor
  await page.goto('/app/keys')
  await radar.client.deleteKey(uuid)
  await page.goto('/app/webhooks')
  await page.getByLabel('API key').waitFor()
  expect(new URL(page.url()).pathname).toBe('/app/sign-in')
})

test('a key is made, shown once and revoked', async () => {
  await using radar = await openRadar()
  await using visitor = await signIn(browser, radar)
  const { page } = visitor
  await page.goto('/app/keys/new')
  await page.getByLabel('Name').fill('n8n')
  await page.getByRole('radio', { name: /^read/ }).check()
  await page.getByRole('button', { name: 'Make the key' }).click()
  const key = (await page.locator('#new-key').textContent()) ?? ''
  const asked = () => fetch(new URL('/me', radar.url), { headers: { 'X-API-Key': key } })
  expect((await asked()).status).toBe(200)
  await page.getByRole('link', { name: 'Done' }).click()
  expect(await page.content()).not.toContain(key)
  await page.getByRole('link', { name: 'Revoke n8n' }).click()
  await page.getByRole('button', { name: 'Revoke the key' }).click()
  await page.getByText('The key was revoked.').waitFor()
  expect((await asked()).status).toBe(401)
})

test('a group gets a public badge and a status page, with what to paste into a README', async () => {
  await using radar = await openRadar()
  await using visitor = await signIn(browser, radar)
  const { page } = visitor
  await page.goto('/app/groups/new')
  await page.getByLabel('Slug').fill('Not a slug')
  await page.getByRole('button', { name: 'Make the group' }).click()
  await page.locator('#slug-error').waitFor()
  await page.getByLabel('Slug').fill('shop')
  await page.getByRole('button', { name: 'Make the group' }).click()
  await page.getByRole('button', { name: 'Make it public' }).click()
  const markdown = (await page.locator('#badge-markdown').textContent()) ?? ''
  const [, svg = '', status = ''] = /^\[!\[shop\]\((.+)\)\]\((.+)\)$/.exec(markdown) ?? []
  expect((await fetch(svg)).headers.get('content-type')).toContain('image/svg+xml')
  await page.goto(new URL(status).pathname)
  await page.getByRole('heading', { level: 1, name: 'shop' }).waitFor()
})
