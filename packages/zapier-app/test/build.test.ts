/** What is pushed to Zapier is the app, in one file, with nothing of this workspace behind it. */
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import * as core from 'zapier-platform-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { buildApp } from '../scripts/build.ts'
import app from '../src/index.ts'

type Handler = (event: { readonly command: string }) => Promise<{ readonly results: unknown }>
const { createAppHandler } = core as unknown as { createAppHandler: (app: object) => Handler }

let folder: string
beforeAll(async () => {
  // Where the app's own dependency is found.
  folder = await mkdtemp(fileURLToPath(new URL('../node_modules/.built-', import.meta.url)))
  await buildApp(folder)
})
afterAll(() => rm(folder, { recursive: true }))

test('the built app has the same definition as its source', async () => {
  const built = (await import(pathToFileURL(join(folder, 'index.js')).href)) as { default: object }
  const [ours, theirs] = await Promise.all(
    [app, built.default].map(async (one) => (await createAppHandler(one)({ command: 'definition' })).results),
  )
  expect(theirs).toEqual(ours)
})

test('it imports nothing but Zapier’s core and Node’s own modules', async () => {
  const code = await readFile(join(folder, 'index.js'), 'utf8')
  const imported = [...code.matchAll(/^import .* from "(.*)";$/gm)].map(([, name]) => name)
  expect(imported).toEqual(expect.arrayContaining(['zapier-platform-core']))
  expect(imported.filter((name) => name !== 'zapier-platform-core' && !name?.startsWith('node:'))).toEqual([])
  expect(code).not.toMatch(/\brequire\(|\bimport\(/)
})

test('its package needs core alone, and no workspace', async () => {
  const text = await readFile(join(folder, 'package.json'), 'utf8')
  const { dependencies, version } = JSON.parse(text) as { dependencies: Record<string, string>; version: string }
  expect(dependencies).toEqual({ 'zapier-platform-core': core.version })
  expect(version).toBe(app.version)
  expect(text).not.toContain('workspace:')
})
