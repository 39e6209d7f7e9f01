import { randomBytes } from 'node:crypto'
import fc from 'fast-check'
import { expect, test, vi } from 'vitest'
import { type DnsServer, startDnsServer } from '../../../../test/harness/dns-server.ts'
import { encodeQuery } from '../dns/query.ts'
import type { Reply } from './carrier.ts'
import { createEntropy } from './entropy.ts'
import { createFrameReader, createTcp } from './stream.ts'

function framed(messages: readonly Uint8Array[]): Buffer {
  return Buffer.concat(
    messages.flatMap((message) => [Buffer.from([message.length >> 8, message.length & 0xff]), message]),
  )
}

test('messages come out whole however the stream is cut', () => {
  const messages = fc.array(fc.uint8Array({ maxLength: 300 }), { maxLength: 5 })
  fc.assert(
    fc.property(messages, fc.array(fc.nat(2000)), (sent, cuts) => {
      const stream = framed(sent)
      const got: Buffer[] = []
      const read = createFrameReader((message) => got.push(Buffer.from(message)))
      const edges = [0, ...cuts.map((cut) => cut % (stream.length + 1)).sort((a, b) => a - b), stream.length]
      for (let i = 1; i < edges.length; i += 1) read(stream.subarray(edges[i - 1], edges[i]))
      expect(got).toEqual(sent.map((message) => Buffer.from(message)))
    }),
  )
})

test('64 kB sent octet by octet are read in one pass', () => {
  const message = Buffer.alloc(65_535, 7)
  const stream = framed([message, message])
  const got: number[] = []
  const read = createFrameReader((one) => got.push(one.length))
  const started = performance.now()
  for (let at = 0; at < stream.length; at += 1) read(stream.subarray(at, at + 1))
  expect(got).toEqual([65_535, 65_535])
  expect(performance.now() - started).toBeLessThan(1000)
})

function open(server: DnsServer) {
  const monotonic = (): number => performance.now()
  const deps = { entropy: createEntropy(randomBytes), monotonic }
  const carrier = createTcp({ address: '127.0.0.1', port: server.port }, deps)
  return {
    exchange: (name: string, ms = 5000): Promise<Reply> => {
      const query = encodeQuery(name, 1, { recursion: true, edns: true })
      return carrier.exchange(query, { shareMs: ms, until: monotonic() + ms })
    },
    [Symbol.asyncDispose]: () => carrier[Symbol.asyncDispose](),
  }
}

function connections(server: DnsServer): number {
  return new Set(server.queries.map(({ port }) => port)).size
}

test('a hundred queries share one connection, the next ones open another', async () => {
  await using server = await startDnsServer()
  await using tcp = open(server)
  server.behave('*', { kind: 'silence' })
  const replies = Array.from({ length: 500 }, (_, at) => tcp.exchange(`n${at}.test`, 500))
  await vi.waitFor(() => expect(server.count()).toBe(400))
  expect(connections(server)).toBe(4)
  await Promise.all(replies)
})

test('one after the other they need one connection only', async () => {
  await using server = await startDnsServer()
  await using tcp = open(server)
  for (let at = 0; at < 20; at += 1) expect(await tcp.exchange(`n${at}.test`)).toMatchObject({ kind: 'message' })
  expect(connections(server)).toBe(1)
})

test('what was in flight on a connection that worked and died is sent again, once', async () => {
  await using server = await startDnsServer()
  await using tcp = open(server)
  await tcp.exchange('warm.test')
  server.behave('slow.test', { kind: 'delayed', ms: 100 })
  server.behave('bad.test', { kind: 'close' })
  const closed = { kind: 'closed', detail: 'the server closed the connection without an answer' }
  expect(await Promise.all([tcp.exchange('slow.test'), tcp.exchange('bad.test')])).toEqual([closed, closed])
  expect([server.count({ name: 'slow.test' }), server.count({ name: 'bad.test' })]).toEqual([2, 2])
  expect(await tcp.exchange('after.test')).toMatchObject({ kind: 'message' })
})

test('a connection that is stuck in the middle of a message is given up', async () => {
  await using server = await startDnsServer()
  await using tcp = open(server)
  server.behave('stuck.test', { kind: 'dribble', everyMs: 60_000 })
  expect(await tcp.exchange('stuck.test', 50)).toEqual({ kind: 'silence' })
  expect(await tcp.exchange('after.test')).toMatchObject({ kind: 'message' })
  expect(connections(server)).toBe(2)
})
