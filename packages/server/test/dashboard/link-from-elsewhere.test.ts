/** A link in a chat or a mail leads to the page, although browsers keep our cookie back when they come from there. */
import { expect, test } from 'vitest'
import { openBrowser } from '../../../../test/harness/browser.ts'
import { signIn } from '../../../../test/harness/dashboard.ts'
import { startRadar } from '../../../../test/harness/radar.ts'

test('whoever is signed in and follows a link from another site arrives at the page, and others at the way in', async () => {
  await using radar = await startRadar()
  await using browser = await openBrowser()
  const { uuid } = await radar.client.createMonitor({
    full_domain: 'www.example.com',
    record_type: 'A',
    expected_value: '192.0.2.1',
  })
  const path = `/app/monitors/${uuid}`
  const body = `<!DOCTYPE html><title>Chat</title><a href="${radar.url}${path}">alert</a>`
  radar.receiver.answer({ status: 200, headers: { 'Content-Type': 'text/html' }, body })
  // Another name of this machine is another site; another port would not be.
  const chat = radar.receiver.url.replace('127.0.0.1', 'localhost')

  for (const [visitor, heading, arrives] of [
    [await signIn(browser, radar), /www\.example\.com/, path],
    [await browser.visit(radar.url), 'Sign in', `/app/sign-in?next=${encodeURIComponent(path)}`],
  ] as const) {
    const { page } = visitor
    await page.goto(chat)
    await page.getByRole('link', { name: 'alert' }).click()
    await page.getByRole('heading', { level: 1, name: heading }).waitFor()
    expect(page.url()).toBe(radar.url + arrives)
    await visitor.context.close()
  }
})
