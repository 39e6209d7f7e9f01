/** The cache on each of its storages. Its promise is small: what is kept is found until its time is over, or is lost. */
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { openCache } from '../src/index.ts'
import { SILENT } from './fixtures.ts'
import { type PostgresServer, startPostgres } from './postgres-server.ts'

const HOUR_MS = 3_600_000

let server: PostgresServer
let folder: string

beforeAll(async () => {
  server = await startPostgres()
  folder = await mkdtemp(join(tmpdir(), 'dnsradar-cache-'))
  await server.query('postgres', 'create database cache')
})

afterAll(async () => {
  await server[Symbol.asyncDispose]()
  await rm(folder, { recursive: true, force: true })
})

const storages: readonly { name: string; url: () => string; isKept: boolean }[] = [
  { name: 'memory', url: () => 'sqlite::memory:', isKept: false },
  { name: 'a file', url: () => `sqlite:${join(folder, 'cache.db')}`, isKept: true },
  { name: 'PostgreSQL', url: () => server.url('cache'), isKept: true },
]

describe.for(storages)('on $name', ({ url, isKept }) => {
  const open = (space: string) => openCache({ url: url(), space, log: SILENT })

  test('what is kept is found as it was, and after it was taken away it is not', async () => {
    await using cache = open('one')
    const value = { text: 'a "quoted" \u2028 text', list: [1, null, true], '': {} }
    await cache.set('name', value, HOUR_MS)
    expect(await cache.get('name')).toEqual(value)
    await cache.set('name', 'another', HOUR_MS)
    expect(await cache.get('name')).toBe('another')
    await cache.delete('name')
    await cache.delete('name')
    expect(await cache.get('name')).toBeUndefined()
  })

  test('what is kept is not found when its time is over', async () => {
    await using cache = open('two')
    await cache.set('name', 1, 20)
    await expect.poll(() => cache.get('name')).toBeUndefined()
  })

  test('two spaces never meet', async () => {
    await using cache = open('three')
    await using other = open('four')
    await cache.set('name', 1, HOUR_MS)
    expect(await other.get('name')).toBeUndefined()
  })

  test(`what is kept ${isKept ? 'outlives' : 'ends with'} the process`, async () => {
    const first = open('five')
    await first.set('name', 1, HOUR_MS)
    await first[Symbol.asyncDispose]()
    await using second = open('five')
    expect(await second.get('name')).toBe(isKept ? 1 : undefined)
  })
})

test('a cache that nobody uses makes no file', async () => {
  const path = join(folder, 'unused.db')
  await openCache({ url: `sqlite:${path}`, space: 'x', log: SILENT })[Symbol.asyncDispose]()
  expect(existsSync(path)).toBe(false)
})

test('a cache that could not be opened is tried again by the next use', async () => {
  const place = join(folder, 'later')
  await using cache = openCache({ url: `sqlite:${join(place, 'cache.db')}`, space: 'x', log: SILENT })
  await expect(cache.get('name')).rejects.toThrow()
  await mkdir(place)
  await cache.set('name', 1, HOUR_MS)
  expect(await cache.get('name')).toBe(1)
})

test('connections to PostgreSQL that break are replaced, and end nothing', async () => {
  await using cache = openCache({ url: server.url('cache'), space: 'x', log: SILENT })
  await cache.set('name', 1, HOUR_MS)
  const ours = `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'dnsradar cache' and datname = 'cache'`
  expect((await server.query('postgres', ours)).length).toBeGreaterThan(0)
  await expect.poll(() => cache.get('name').catch((error: Error) => error.message)).toBe(1)
})

test('of two caches of one process on the same database each lives for itself', async () => {
  await using left = openCache({ url: server.url('cache'), space: 'x', log: SILENT })
  {
    await using right = openCache({ url: server.url('cache'), space: 'x', log: SILENT })
    await right.set('name', 2, HOUR_MS)
  }
  expect(await left.get('name')).toBe(2)
})
