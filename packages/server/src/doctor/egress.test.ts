/** Whether the targets of webhooks can be reached, found out without sending them anything. */
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { parseAllowList } from '@dnsradar/core/send/guard'
import { expect, test } from 'vitest'
import { type EgressCare, examineEgress } from './egress.ts'

async function listening() {
  const bytes: Buffer[] = []
  const server = createServer((socket) => socket.on('data', (data) => bytes.push(data)))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as AddressInfo
  return { port, bytes, [Symbol.asyncDispose]: async () => void server.close() }
}

function care(urls: readonly string[], others: Partial<EgressCare> = {}): EgressCare {
  const rules = { allow: parseAllowList(['127.0.0.1']), ownListen: null, mail: true }
  const lookup = async (host: string) => [host]
  return { urls, rules, lookup, proxyUrl: null, timeoutMs: 2_000, ...others }
}

test('a target that takes a connection is in order, is tried once, and gets nothing', async () => {
  await using target = await listening()
  const url = `http://127.0.0.1:${target.port}`
  const found = await examineEgress(care([`${url}/a`, `${url}/b`, 'mailto:ops@example.com']))
  expect(found).toMatchObject([{ severity: 'ok', message: expect.stringContaining('takes connections after') }])
  expect(target.bytes).toEqual([])
})

test.for<[why: string, url: string, lookup: EgressCare['lookup'], severity: string, says: RegExp]>([
  [
    'a name that leads into a private network',
    'https://hook.example.com/',
    async () => ['10.0.0.1'],
    'fault',
    /leads to a private address/,
  ],
  ['an address that no webhook may have', 'http://10.0.0.1/', async () => [], 'fault', /private address/],
  [
    'a name that does not resolve',
    'https://hook.example.com/',
    () => Promise.reject(Object.assign(new Error('no'), { code: 'ENOTFOUND' })),
    'fault',
    /does not resolve \(ENOTFOUND\)/,
  ],
])('%s', async ([, url, lookup, severity, says]) => {
  const found = await examineEgress(care([url], { lookup }))
  expect(found).toMatchObject([{ severity, message: expect.stringMatching(says) }])
})

test('a port that nobody answers on is a warning: the receiver may be down, and that is its affair', async () => {
  const closed = await listening()
  await closed[Symbol.asyncDispose]()
  const found = await examineEgress(care([`http://127.0.0.1:${closed.port}/`]))
  expect(found).toMatchObject([
    { severity: 'warning', message: expect.stringContaining('takes no connection: ECONNREFUSED') },
  ])
})

test('behind a proxy it is the proxy that has to answer', async () => {
  await using proxy = await listening()
  const found = await examineEgress(care(['https://hook.example.com/'], { proxyUrl: `http://127.0.0.1:${proxy.port}` }))
  expect(found).toMatchObject([{ severity: 'ok', message: expect.stringContaining('The proxy') }])
})

test('no more than twenty are tried, and the others are counted', async () => {
  const urls = Array.from({ length: 23 }, (_, at) => `https://hook-${at}.example.com/`)
  const found = await examineEgress(care(urls, { lookup: async () => ['10.0.0.1'] }))
  expect(found).toHaveLength(21)
  expect(found.at(-1)?.message).toBe('3 more targets were not tried.')
})
