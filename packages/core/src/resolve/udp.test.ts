import { randomBytes } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import { expect, test, vi } from 'vitest'
import { type DnsServer, startDnsServer } from '../../../../test/harness/dns-server.ts'
import { compareReply, encodeQuery } from '../dns/query.ts'
import type { Reply } from './carrier.ts'
import type { ChannelRules } from './channel.ts'
import { createEntropy } from './entropy.ts'
import { createUdp } from './udp.ts'

function open(server: DnsServer, rules: Partial<ChannelRules> = {}) {
  const clock = { aheadMs: 0 }
  const monotonic = (): number => performance.now() + clock.aheadMs
  const deps = { entropy: createEntropy(randomBytes), monotonic }
  const carrier = createUdp({ address: '127.0.0.1', port: server.port }, deps, rules)
  return {
    clock,
    exchange: (name: string, ms = 5000): Promise<Reply> => {
      const query = encodeQuery(name, 1, { recursion: true, edns: true })
      return carrier.exchange(query, { shareMs: ms, until: monotonic() + ms })
    },
    [Symbol.asyncDispose]: () => carrier[Symbol.asyncDispose](),
  }
}

const LONG = `${'abcdefgh'.repeat(4)}.example.test`

test('queries leave from several ports, in a case of their own', async () => {
  await using server = await startDnsServer()
  await using udp = open(server)
  for (let i = 0; i < 40; i += 1) await udp.exchange(LONG)
  expect(new Set(server.queries.map(({ port }) => port)).size).toBe(4)
  expect(new Set(server.queries.map(({ name }) => name)).size).toBe(40)
})

test('at most 100 queries are in flight on each of four sockets', async () => {
  await using server = await startDnsServer()
  await using udp = open(server)
  await udp.exchange('first.test')
  server.behave('*', { kind: 'silence' })
  server.forget()
  const replies = Array.from({ length: 600 }, (_, at) => udp.exchange(`n${at}.test`, 500))
  await vi.waitFor(() => expect(server.count()).toBe(400))
  for (let turns = 0; turns < 20; turns += 1) await setImmediate()
  expect(server.count()).toBe(400)
  expect((await Promise.all(replies.slice(0, 400))).every(({ kind }) => kind === 'silence')).toBe(true)
  await Promise.all(replies)
})

test('what could not be sent in time is not called silence', async () => {
  await using server = await startDnsServer()
  await using udp = open(server)
  await udp.exchange('first.test')
  server.behave('*', { kind: 'silence' })
  const blocked = Array.from({ length: 400 }, (_, at) => udp.exchange(`n${at}.test`, 400))
  expect(await udp.exchange('late.test', 50)).toEqual({
    kind: 'unreachable',
    ours: true,
    detail: 'too many queries wait for their turn',
  })
  expect((await Promise.all(blocked)).every(({ kind }) => kind === 'silence')).toBe(true)
})

test('a socket is replaced when it is a minute old', async () => {
  await using server = await startDnsServer()
  await using udp = open(server)
  for (let i = 0; i < 8; i += 1) await udp.exchange('a.test')
  const before = new Set(server.queries.map(({ port }) => port))
  server.forget()
  udp.clock.aheadMs = 60_001
  for (let i = 0; i < 8; i += 1) await udp.exchange('a.test')
  const after = server.queries.map(({ port }) => port)
  expect(after.filter((port) => before.has(port))).toEqual([])
})

test('a socket is replaced after so many queries, and what is in flight on it still arrives', async () => {
  await using server = await startDnsServer()
  await using udp = open(server, { maxQueries: 50 })
  const replies = await Promise.all(Array.from({ length: 1000 }, () => udp.exchange('a.test')))
  expect(replies.filter(({ kind }) => kind !== 'message')).toEqual([])
  const used = new Map<number, number>()
  for (const { port } of server.queries) used.set(port, (used.get(port) ?? 0) + 1)
  expect(Math.max(...used.values())).toBe(50)
  expect(used.size).toBeGreaterThanOrEqual(20)
})

test('a server that does not repeat the case is found out by its first reply and stays usable', async () => {
  await using server = await startDnsServer()
  await using udp = open(server)
  server.behave('*', { kind: 'lower_case' })
  expect(await udp.exchange(LONG)).toMatchObject({ kind: 'message' })
  expect(await udp.exchange(LONG)).toMatchObject({ kind: 'message' })
  expect(server.queries.at(-1)?.name).toBe(LONG)
})

test('a reply in another case is passed over once the server is known to repeat it', async () => {
  await using server = await startDnsServer()
  await using udp = open(server)
  await udp.exchange(LONG)
  server.behave('*', { kind: 'lower_case' })
  expect(await udp.exchange(LONG, 50)).toMatchObject({ kind: 'garbled' })
  server.behave('*', null)
  const query = encodeQuery(LONG, 1, { recursion: true, edns: true })
  const reply = await udp.exchange(LONG)
  expect(reply.kind === 'message' && compareReply(query, reply.message)).toBe('case_differs')
})

test('a server that stops repeating the case is believed after some replies', async () => {
  await using server = await startDnsServer()
  await using udp = open(server)
  await udp.exchange(LONG)
  server.behave('*', { kind: 'lower_case' })
  await Promise.all(Array.from({ length: 16 }, () => udp.exchange(LONG, 50)))
  expect(await udp.exchange(LONG)).toMatchObject({ kind: 'message' })
})
