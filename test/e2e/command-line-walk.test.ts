/** The five minutes of docs/command-line.md, as a newcomer types them: a shell, and the commands of the document. */
import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFile } from 'node:fs/promises'
import type { Readable } from 'node:stream'
import { verifyWebhook } from '@dnsradar/client'
import { expect, test } from 'vitest'
import { spawnRadar, surround } from '../harness/radar.ts'

const REPOSITORY = new URL('../../', import.meta.url).pathname

test('a newcomer comes from nothing to a signed delivery with the lines of the document', async () => {
  await using around = await surround({ settings: { DNSRADAR_CONFIRM: '0' } })
  const { dns, receiver, key } = around
  dns.set('example.com', 'MX', ['10 mx.example.net'])
  dns.set('example.com', 'TXT', ['v=spf1 include:_spf.example.net -all'])
  dns.set('www.example.com', 'CNAME', ['proxy.example.net'])
  dns.set('proxy.example.net', 'A', ['198.51.100.7'])
  await using radar = await spawnRadar(around.settings)
  const settings = {
    DNSRADAR_URL: radar.url,
    DNSRADAR_RESOLVERS: dns.address,
    DNSRADAR_AUTHORITATIVE: 'off',
    DNSRADAR_TOKEN: key,
  }
  const [before = '', listen = ''] = (await walk())
    .replace('sk_…', key)
    .replace('http://127.0.0.1:3000/hook', receiver.url)
    .split(/^(?=dnsradar listen )/m)

  const first = inShell(before, settings)
  const [code] = await once(first.child, 'close')
  expect({ code, stderr: first.stderr }).toMatchObject({ code: 0 })
  expect(first.stdout).toContain('plan=unlimited')
  expect(first.stdout).toMatch(/^VALID +www\.example\.com CNAME/m)
  expect(first.stdout).toMatch(/^mon_\w{26} +VALID +www\.example\.com +CNAME +proxy\.example\.net$/m)
  const monitor = /^(mon_\w{26}) +NOT_FOUND +shop\.example\.com +CNAME/m.exec(first.stdout)?.[1] ?? ''
  expect(first.stdout).toMatch(/^evt_\w{26} .* shop\.example\.com +CNAME +UNSET +NOT_FOUND/m)

  const second = inShell(listen, settings)
  await second.says(/^Listening/m)
  dns.set('shop.example.com', 'CNAME', ['proxy.example.net'])
  await radar.client.checkMonitor(monitor)
  expect(await verifyWebhook(await receiver.next(), { secret: 's3cret' })).toMatchObject({ ok: true })
  expect(await once(second.child, 'close')).toEqual([0, null])
})

/** What stands in the document's blocks that are marked so. */
async function walk(): Promise<string> {
  const document = await readFile(`${REPOSITORY}docs/command-line.md`, 'utf8')
  return [...document.matchAll(/^```sh walk\n(.*?)^```$/gms)].map(([, commands]) => commands).join('')
}

interface Shell {
  readonly child: ChildProcessByStdio<null, Readable, Readable>
  readonly stdout: string
  readonly stderr: string
  /** Resolves once stderr matches. */
  says(pattern: RegExp): Promise<void>
}

/** `dnsradar` as it is found in a shell where it is installed; the first line that fails ends it. */
function inShell(script: string, settings: Readonly<Record<string, string>>): Shell {
  const main = `${REPOSITORY}packages/server/src/main.ts`
  const env = { PATH: process.env['PATH'] ?? '', ...settings }
  const child = spawn('bash', ['-euc', `dnsradar() { "${process.execPath}" "${main}" "$@"; }\n${script}`], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const heard = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (text: string) => (heard[name] += text))
  }
  return {
    child,
    get stdout() {
      return heard.stdout
    },
    get stderr() {
      return heard.stderr
    },
    async says(pattern) {
      while (!pattern.test(heard.stderr)) await once(child.stderr, 'data')
    },
  }
}
