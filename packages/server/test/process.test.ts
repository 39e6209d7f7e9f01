/** The running product in this process: its clock, and how it stops. */
import { networkInterfaces } from 'node:os'
import { expect, test } from 'vitest'
import { createTestClock } from '../../../test/harness/clock.ts'
import { startDnsServer } from '../../../test/harness/dns-server.ts'
import { hashKey } from '../src/http/auth.ts'
import { A_MONITOR, expectProblem, startApi } from './api.ts'

test('times on the wire are the clock’s', async () => {
  const clock = createTestClock(Date.UTC(2030, 0, 1, 12, 0, 0))
  await using api = await startApi({}, { clock })
  const { body } = await api.call('POST', '/monitors', { json: { ...A_MONITOR, is_active: false } })
  expect(body).toMatchObject({ created: '2030-01-01T12:00:00Z', updated: '2030-01-01T12:00:00Z' })
})

test('a key stops working at the moment it expires', async () => {
  const start = Date.UTC(2030, 0, 1)
  const clock = createTestClock(start)
  await using api = await startApi({}, { clock })
  const key = 'sk_for_an_hour_only'
  const hash = hashKey(key)
  await api.store.accounts.createKey(api.orgId, { hash, name: 'hour', scopes: ['read'], expires: start + 3_600_000 })
  await clock.advance(3_599_999)
  expect((await api.call('GET', '/me', { key })).status).toBe(200)
  await clock.advance(1)
  expectProblem(await api.call('GET', '/me', { key }), 401, 'expired_key')
})

test('a check under way is called off with 503 when the process stops', async () => {
  await using dns = await startDnsServer()
  dns.behave('*', { kind: 'silence' })
  const api = await startApi({ DNSRADAR_RESOLVERS: dns.address, DNSRADAR_DNS_TIMEOUT: '60s' })
  const { uuid } = (await api.call('POST', '/monitors', { json: A_MONITOR })).body
  const checking = api.call('POST', `/monitors/${uuid}/check`)
  await expect.poll(() => dns.count()).toBeGreaterThan(0)
  const started = Date.now()
  await api[Symbol.asyncDispose]()
  expectProblem(await checking, 503, 'not_ready')
  expect(Date.now() - started).toBeLessThan(2_000)
})

test('an upstream that is gone and back again is a warning each, not one per monitor', async () => {
  await using stack = new AsyncDisposableStack()
  const { address, port } = await closedServer()
  const warnings: [message: string, fields: object][] = []
  const log = {
    debug() {},
    info() {},
    warn: (fields: object, message: string) => void warnings.push([message, fields]),
  }
  const overrides = { log: { ...log, error() {} } }
  const api = stack.use(await startApi({ DNSRADAR_RESOLVERS: address, DNSRADAR_DNS_TIMEOUT: '2s' }, overrides))
  const told = () => warnings.filter(([, fields]) => 'share' in fields)
  const { uuid } = (await api.call('POST', '/monitors', { json: A_MONITOR })).body
  const fields = { server: address, since: expect.stringMatching(/^\d{4}-.*Z$/), share: 1 }
  for (let looks = 0; looks < 3; looks += 1) await api.call('POST', `/monitors/${uuid}/check`)
  expect(told()).toEqual([['a DNS upstream fails, so nothing is concluded from it', fields]])

  stack.use(await startDnsServer(port))
  await api.call('POST', `/monitors/${uuid}/check`)
  const [, recovered] = told()
  expect(recovered).toEqual(['a DNS upstream has recovered', { ...fields, share: expect.any(Number) }])
})

/** The address of a name server that has just been stopped. */
async function closedServer(): Promise<{ address: string; port: number }> {
  await using dns = await startDnsServer()
  return { address: dns.address, port: dns.port }
}

test('a server on every address is no target of its own webhooks by any of them', async () => {
  await using api = await startApi({ HOST: '0.0.0.0', DNSRADAR_WEBHOOK_ALLOW: '0.0.0.0/0,::/0,localhost' })
  const { port } = new URL(api.address)
  const own = Object.values(networkInterfaces()).flatMap((entries) => (entries ?? []).map(({ address }) => address))
  const hosts = own.map((address) => (address.includes(':') ? `[${address}]` : address))
  for (const host of ['127.0.0.1', '0.0.0.0', 'localhost', ...hosts]) {
    const reply = await api.call('POST', '/webhooks', { json: { url: `http://${host}:${port}/` } })
    expect([host, reply.status, reply.body.code]).toEqual([host, 400, 'blocked_target'])
    expect(reply.body.detail).toMatch(/of this DNSRadar itself/)
  }
})

test('a stopped server is gone, and stopping it again changes nothing', async () => {
  const api = await startApi()
  await Promise.all([api[Symbol.asyncDispose](), api[Symbol.asyncDispose]()])
  await api[Symbol.asyncDispose]()
  await expect(fetch(`${api.address}/healthz`)).rejects.toThrow('fetch failed')
})

test('a database that does not answer makes the process unready, not unhealthy', async () => {
  await using api = await startApi()
  await api.store[Symbol.asyncDispose]()
  expectProblem(await api.call('GET', '/readyz', { key: null }), 503, 'not_ready')
  expect((await api.call('GET', '/healthz', { key: null })).status).toBe(200)
  expectProblem(await api.call('GET', '/monitors'), 500, 'internal')
})
