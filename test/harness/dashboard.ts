/** A person at the dashboard: signed in, in a browser of the test's. */
import type { BrowserContextOptions } from 'playwright-core'
import type { Browsing, Visitor } from './browser.ts'
import type { Radar } from './radar.ts'

export async function signIn(
  browser: Browsing,
  radar: Pick<Radar, 'url' | 'key'>,
  options: BrowserContextOptions = {},
): Promise<Visitor> {
  const visitor = await browser.visit(radar.url, options)
  await visitor.page.goto('/app/sign-in')
  await visitor.page.fill('#key', radar.key)
  await visitor.page.getByRole('button', { name: 'Sign in' }).click()
  await visitor.page.waitForURL((url) => url.pathname === '/app')
  return visitor
}
