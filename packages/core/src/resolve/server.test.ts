import { randomBytes } from 'node:crypto'
import { expect, test } from 'vitest'
import { type DnsServer, startDnsServer } from '../../../../test/harness/dns-server.ts'
import { WWW } from '../../test/resolvers.ts'
import { systemClock } from '../clock.ts'
import { createEntropy } from './entropy.ts'
import { createRateLimit } from './rate.ts'
import { openServer, type Server, type ServerDeps } from './server.ts'
import { parseUpstream } from './upstream.ts'

function open(server: DnsServer, change: Partial<ServerDeps> = {}): Server {
  return openServer(parseUpstream(server.address), {
    clock: systemClock,
    entropy: createEntropy(randomBytes),
    limit: createRateLimit(Number.POSITIVE_INFINITY),
    ca: null,
    role: 'upstream',
    ...change,
  })
}

function within(ms: number) {
  return { shareMs: ms, until: systemClock.monotonic() + ms }
}

test('a query waits for its turn under the rate limit', async () => {
  await using server = await startDnsServer()
  await using asked = open(server, { limit: createRateLimit(20) })
  for (let i = 0; i < 20; i += 1) await asked.ask(WWW, 'usual', within(5000))
  const started = performance.now()
  for (let i = 0; i < 4; i += 1) expect(await asked.ask(WWW, 'usual', within(5000))).toMatchObject({ kind: 'nxdomain' })
  expect(performance.now() - started).toBeGreaterThan(50)
})

test('a query whose turn would come too late is not sent, and says so', async () => {
  await using server = await startDnsServer()
  await using asked = open(server, { limit: createRateLimit(1) })
  await asked.ask(WWW, 'usual', within(5000))
  expect(await asked.ask(WWW, 'usual', within(100))).toMatchObject({
    kind: 'unreachable',
    detail: expect.stringContaining('rate limit'),
  })
  expect(server.count()).toBe(1)
})

test('an authoritative server is asked without recursion and named as such', async () => {
  await using server = await startDnsServer()
  await using asked = open(server, { role: 'authoritative' })
  server.set('www.example.test', 'A', ['192.0.2.1'])
  expect(await asked.ask(WWW, 'usual', within(5000))).toMatchObject({
    kind: 'rrset',
    evidence: { role: 'authoritative' },
  })
  expect(server.queries).toMatchObject([{ recursionDesired: false, edns: true }])
})

test('the TCP lane of a UDP server is its own port over TCP', async () => {
  await using server = await startDnsServer()
  await using asked = open(server)
  await asked.ask(WWW, 'tcp', within(5000))
  expect(server.queries).toMatchObject([{ transport: 'tcp' }])
})
