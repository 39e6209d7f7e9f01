/** The receivers that the dashboard offers are whole programs, and they do what it says. */
import { spawn } from 'node:child_process'
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createRequire } from 'node:module'
import { expect, test, vi } from 'vitest'
import { EXPRESS } from '../../packages/server/src/dashboard/parts/snippets.ts'
import { freePort } from '../harness/free-port.ts'
import { startRadar } from '../harness/radar.ts'

const fromServer = createRequire(new URL('../../packages/server/package.json', import.meta.url))

/** Copied from the page into a file, as anybody would. */
async function runExpress(environment: Readonly<Record<string, string>>): Promise<AsyncDisposable> {
  const folder = await mkdtemp(join(tmpdir(), 'dnsradar-receiver-'))
  await mkdir(join(folder, 'node_modules'))
  await symlink(dirname(fromServer.resolve('express/package.json')), join(folder, 'node_modules', 'express'))
  await writeFile(join(folder, 'receiver.mjs'), EXPRESS)
  const child = spawn(process.execPath, ['receiver.mjs'], {
    cwd: folder,
    env: { ...process.env, ...environment },
    stdio: 'ignore',
  })
  return {
    async [Symbol.asyncDispose]() {
      const ended = new Promise((resolve) => child.once('exit', resolve))
      if (child.kill()) await ended
      await rm(folder, { recursive: true, force: true })
    },
  }
}

test('the one for Express takes real deliveries and refuses everything else', async () => {
  const port = await freePort()
  await using radar = await startRadar()
  const url = `http://127.0.0.1:${port}/dnsradar`
  const { uuid, signing_secret: secret } = await radar.client.createWebhook({ url })
  await using _receiver = await runExpress({ PORT: String(port), DNSRADAR_WEBHOOK_SECRET: secret })
  const forged = { 'webhook-id': 'req_1', 'webhook-timestamp': String(Math.floor(Date.now() / 1000)) }
  const send = (headers: Readonly<Record<string, string>>) =>
    fetch(url, { method: 'POST', headers: { 'content-type': 'application/json', ...headers }, body: '{}' })
  await vi.waitFor(async () => expect((await send({})).status).toBe(401), { timeout: 20_000, interval: 100 })
  expect((await send({ ...forged, 'webhook-signature': 'v1,AAAA' })).status).toBe(401)
  const { uuid: request } = await radar.client.testWebhook(uuid)
  await vi.waitFor(
    async () =>
      expect(await radar.client.getRequest(uuid, request)).toMatchObject({ status: 'DELIVERED', status_code: 204 }),
    { timeout: 20_000, interval: 100 },
  )
})
