/**
 * Pictures of every page, to look at: in light, in dark, and as wide as a phone.
 *
 *   node test/screenshots/main.ts FOLDER [PAGE…]
 */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import type { BrowserContextOptions } from 'playwright-core'
import { openBrowser } from '../harness/browser.ts'
import { openScene } from './scene.ts'

const LOOKS: Readonly<Record<string, BrowserContextOptions>> = {
  light: { viewport: { width: 1200, height: 800 }, colorScheme: 'light' },
  dark: { viewport: { width: 1200, height: 800 }, colorScheme: 'dark' },
  phone: { viewport: { width: 390, height: 844 }, colorScheme: 'light', isMobile: true },
}

const [folder, ...only] = process.argv.slice(2)
if (folder === undefined) {
  console.error('Name a folder: node test/screenshots/main.ts FOLDER [PAGE…]')
  process.exit(2)
}
await mkdir(folder, { recursive: true })
await using scene = await openScene()
await using browser = await openBrowser()
const pages = Object.entries(scene.pages).filter(([name]) => only.length === 0 || only.includes(name))
for (const [look, options] of Object.entries(LOOKS)) {
  await using visitor = await browser.visit(scene.radar.url, options)
  const { page } = visitor
  await page.goto('/app/sign-in')
  if (only.length === 0) await page.screenshot({ path: join(folder, `sign-in-${look}.png`), fullPage: true })
  await page.fill('#key', scene.radar.key)
  await page.getByRole('button', { name: 'Sign in' }).click()
  for (const [name, address] of pages) {
    await page.goto(address)
    await page.screenshot({ path: join(folder, `${name}-${look}.png`), fullPage: true })
  }
}
