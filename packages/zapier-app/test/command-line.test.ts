/** Zapier's command line takes the built app: what an operator runs before and while pushing, without a network. */
import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, realpath, rm, stat, symlink } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type Radar, startRadar } from '../../../test/harness/radar.ts'
import { buildApp } from '../scripts/build.ts'
import app from '../src/index.ts'

const installed = fileURLToPath(new URL('../node_modules/', import.meta.url))
const guard = fileURLToPath(new URL('loopback-only.ts', import.meta.url))

let home: string
let dist: string
let radar: Radar
beforeAll(async () => {
  radar = await startRadar()
  home = await mkdtemp(join(tmpdir(), 'dnsradar-zapier-'))
  dist = await buildApp(join(home, 'dist'))
  await mkdir(join(dist, 'node_modules'))
  // In the place of `npm install`.
  const core = 'zapier-platform-core'
  await symlink(await realpath(join(installed, core)), join(dist, 'node_modules', core), 'dir')
})
afterAll(async () => {
  await radar[Symbol.asyncDispose]()
  await rm(home, { recursive: true })
})

async function zapier(...args: readonly string[]): Promise<string> {
  const command = [join(installed, 'zapier-platform-cli/src/bin/run'), ...args]
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    TMPDIR: home,
    NODE_OPTIONS: `--import ${guard}`,
    DISABLE_ZAPIER_ANALYTICS: '1',
    authData_server_url: radar.url,
    authData_api_key: radar.key,
  }
  const { stdout, stderr } = await promisify(execFile)(process.execPath, command, { cwd: dist, env })
  return stdout + stderr
}

test('validate finds nothing wrong', async () => {
  expect(JSON.parse(await zapier('validate', '--without-style', '--format', 'json'))).toEqual([])
})

test('describe lists every step', async () => {
  const described = await zapier('describe')
  for (const { display } of [app.triggers, app.creates, app.searches].flatMap((steps) => Object.values(steps))) {
    expect(described).toContain(` ${display.label} `)
  }
})

test('build makes the archive that is uploaded, and starts what is in it', async () => {
  expect(await zapier('build', '--skip-dep-install', '--skip-validation')).toContain('Build complete!')
  expect((await stat(join(dist, 'build/build.zip'))).size).toBeLessThan(2_000_000)
})

test('invoke tests a connection and runs a search, but no trigger: that has no delivery', async () => {
  expect(await zapier('invoke', 'auth', 'test')).toContain('"organization"')
  const input = ['--non-interactive', '--inputData', '{"domain": "example.com"}']
  expect(await zapier('invoke', 'search', 'find_monitor', ...input)).toContain('[]')
  const refused = zapier('invoke', 'trigger', 'dns_change', '--non-interactive')
  await expect(refused).rejects.toThrow(/not signed by the server/)
})

test('all of this without a connection to another machine: one that is tried is refused', async () => {
  const tried = promisify(execFile)(process.execPath, ['--import', guard, '-e', "fetch('http://192.0.2.1/')"])
  await expect(tried).rejects.toThrow('a connection to 192.0.2.1 was asked for')
})
