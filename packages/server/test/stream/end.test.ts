/** Watching live: how many streams there may be at once, and what ends one. */
import { createConnection, type Socket } from 'node:net'
import { describe, expect, test, vi } from 'vitest'
import { createTestClock } from '../../../../test/harness/clock.ts'
import { ENGINE } from '../../../../test/harness/databases.ts'
import { hashKey } from '../../src/http/auth.ts'
import { MOST_PER_KEY, MOST_PER_ORGANIZATION } from '../../src/stream/streams.ts'
import { ADMIN, type Api, expectProblem, READER, startApi } from '../api.ts'
import { A_RECORD, ids, listen, STREAMING_LOOPS } from './listening.ts'

describe('the end', () => {
  test('a heartbeat comes every 15 s, and a revoked key ends its streams and no others within seconds', async () => {
    const clock = createTestClock(Date.now())
    await using own = await startApi({}, { clock })
    const { body: key } = await own.call('POST', '/keys', { json: { name: 'short-lived', scopes: ['read'] } })
    await using stays = await listen(own, '', { key: ADMIN })
    await using goes = await listen(own, '', { key: key.key })
    if (ENGINE === 'postgres') clock.addLoops(STREAMING_LOOPS)
    for (let second = 0; second < 15; second++) await clock.advance(1_000)
    await vi.waitFor(() => expect(goes.raw()).toContain('\n\n: \n\n'))
    await own.call('DELETE', `/keys/${key.uuid}`)
    await clock.advance(5_000)
    await goes.ended
    for (let second = 0; second < 15; second++) await clock.advance(1_000)
    await vi.waitFor(() => expect(stays.raw().split(': \n\n')).toHaveLength(3))
  })

  test('a key that expires ends its streams', async () => {
    const clock = createTestClock(Date.now())
    await using own = await startApi({}, { clock })
    const hash = hashKey('sk_that_expires_soon_enough')
    const expires = clock.now() + 4_000
    await own.store.accounts.createKey(own.orgId, { hash, name: 'expiring', scopes: ['read'], expires })
    await using stream = await listen(own, '', { key: 'sk_that_expires_soon_enough' })
    await clock.advance(5_000)
    await stream.ended
    expect(stream.heard).toEqual([])
  })

  test('a process that stops ends its streams at once', async () => {
    const own = await startApi()
    await using stream = await listen(own)
    const started = performance.now()
    await own[Symbol.asyncDispose]()
    await stream.ended
    expect(performance.now() - started).toBeLessThan(2_000)
  })

  test('one stream more than a key may have is refused, and may come when another one has gone', async () => {
    await using own = await startApi()
    const streams = await Promise.all(Array.from({ length: MOST_PER_KEY }, () => listen(own)))
    const refused = await own.call('GET', '/stream', { key: READER })
    expectProblem(refused, 429, 'rate_limited')
    expect(refused.headers.get('retry-after')).toBe('15')
    await using other = await listen(own, '', { key: ADMIN })
    expect(other.heard).toEqual([])
    await streams[0]?.[Symbol.asyncDispose]()
    const again = await vi.waitFor(() => listen(own))
    await Promise.all([...streams.slice(1), again].map((stream) => stream[Symbol.asyncDispose]()))
  })

  test('so is one more than an organization may have, whoever opens it', async () => {
    await using own = await startApi()
    const keys = Array.from(
      { length: MOST_PER_ORGANIZATION / MOST_PER_KEY + 1 },
      (_, at) => `sk_one_of_many_${at}_of_us`,
    )
    for (const name of keys) {
      await own.store.accounts.createKey(own.orgId, { hash: hashKey(name), name, scopes: ['read'], expires: null })
    }
    const [last = '', ...others] = keys.toReversed()
    const opened = others.flatMap((key) => Array.from({ length: MOST_PER_KEY }, () => listen(own, '', { key })))
    const streams = await Promise.all(opened)
    expectProblem(await own.call('GET', '/stream', { key: last }), 429, 'rate_limited')
    const { uuid } = (await own.call('POST', '/monitors', { json: A_RECORD })).body
    for (const stream of streams) expect(ids(await stream.until(1))).toEqual([uuid])
    await Promise.all(streams.map((stream) => stream[Symbol.asyncDispose]()))
  })

  test('opening a stream is one read', async () => {
    await using own = await startApi({ DNSRADAR_RATE_LIMIT: '2' })
    await using first = await listen(own)
    expect(first.headers.get('x-ratelimit-remaining')).toBe('1')
    await using second = await listen(own)
    expect(second.headers.get('x-ratelimit-remaining')).toBe('0')
    expectProblem(await own.call('GET', '/stream', { key: READER }), 429, 'rate_limited')
  })

  test('a reader of history that takes nothing for 30 s is cut off, and others go on', async () => {
    const clock = createTestClock(Date.now())
    await using own = await startApi({}, { clock })
    await makeLarge(own)
    await using stuck = await openStuck(own, `mon_${'0'.repeat(26)}`)
    await using reads = await listen(own, '?types=monitor', { after: `mon_${'0'.repeat(26)}` })
    await reads.until(LARGE)
    for (let second = 0; second < 31; second++) await clock.advance(1_000)
    await vi.waitFor(async () => expect(await stuck.isOver()).toBe(true), 5_000)
    const { uuid } = (await own.call('POST', '/monitors', { json: A_RECORD })).body
    await clock.advance(1_000)
    await vi.waitFor(() => expect(reads.heard.at(-1)?.data.uuid).toBe(uuid))
  })

  test('a reader that takes nothing while much happens is cut off before it costs much memory', async () => {
    const clock = createTestClock(Date.now())
    await using own = await startApi({}, { clock })
    await using reads = await listen(own, '?types=monitor', { key: ADMIN })
    await using stuck = await openStuck(own, null)
    if (ENGINE === 'postgres') clock.addLoops(STREAMING_LOOPS)
    await makeLarge(own)
    // A burst costs the one that reads nothing, and 20 s are too short to be cut off for slowness alone.
    for (let waited = 0; waited < 20_000 && reads.heard.length < LARGE; waited += 100) await clock.advance(100)
    await reads.until(LARGE)
    await vi.waitFor(async () => expect(await stuck.isOver()).toBe(true), 5_000)
    expect(ids(reads.heard)).toEqual([...ids(reads.heard)].sort())
  })
})

const LARGE = 6_000

/** 15 MB of monitors: more than the two ends of a socket hold. */
async function makeLarge(own: Api): Promise<void> {
  const metadata = Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, 'x'.repeat(450)]))
  const monitors = Array.from({ length: 1000 }, (_, at) => ({ ...A_RECORD, subdomain: `n${at}`, metadata }))
  for (let made = 0; made < LARGE; made += 1000) await own.call('POST', '/monitors/bulk', { json: { monitors } })
}

/** Reads nothing until it is asked whether the server has cut it off. */
async function openStuck(api: Api, after: string | null): Promise<AsyncDisposable & { isOver(): Promise<boolean> }> {
  const { hostname, port } = new URL(api.address)
  const socket: Socket = createConnection(Number(port), hostname)
  socket.on('error', () => {})
  await new Promise<void>((resolve) => socket.once('connect', resolve))
  socket.pause()
  socket.write(
    `GET /stream?types=monitor HTTP/1.1\r\nHost: x\r\nX-API-Key: ${ADMIN}\r\n${after === null ? '' : `Last-Event-ID: ${after}\r\n`}\r\n`,
  )
  let isClosed = false
  socket.once('close', () => (isClosed = true))
  return {
    async isOver() {
      // Only who reads learns of the end.
      socket.resume()
      return isClosed
    },
    async [Symbol.asyncDispose]() {
      socket.destroy()
    },
  }
}
