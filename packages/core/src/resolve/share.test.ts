import { expect, test } from 'vitest'
import type { Answer } from '../dns/answer.ts'
import { noMessage } from '../dns/interpret.ts'
import { createShared } from './share.ts'

const KEPT_MS = 5000
const evidence = noMessage({ server: 'test', role: 'upstream', transport: 'udp', durationMs: 1 })

function harness() {
  let now = 0
  let asked = 0
  const shared = createShared(() => now)
  return {
    advance: (ms: number) => {
      now += ms
    },
    asked: () => asked,
    get: (answer: Answer, key = 'key', keptMs = KEPT_MS) =>
      shared.get(key, keptMs, async () => {
        asked += 1
        return answer
      }),
  }
}

const nxdomain = (ttl: number | null): Answer => ({ kind: 'nxdomain', evidence: { ...evidence, ttl } })

test('equal questions in flight are one query', async () => {
  const { get, asked } = harness()
  const answers = await Promise.all([get(nxdomain(0)), get(nxdomain(0)), get(nxdomain(0), 'other')])
  expect(asked()).toBe(2)
  expect(answers[0]).toBe(answers[1])
})

const lifetimes: { why: string; answer: Answer; keptMs?: number; afterMs: number; queries: number }[] = [
  { why: 'an answer is shared while its TTL lasts', answer: nxdomain(2), afterMs: 1999, queries: 1 },
  { why: 'and not beyond it', answer: nxdomain(2), afterMs: 2000, queries: 2 },
  { why: 'nor longer than five seconds', answer: nxdomain(3600), afterMs: 5000, queries: 2 },
  { why: 'though nearly as long', answer: nxdomain(3600), afterMs: 4999, queries: 1 },
  { why: 'a TTL of zero forbids it', answer: nxdomain(0), afterMs: 0, queries: 2 },
  { why: 'as does none at all', answer: nxdomain(null), afterMs: 0, queries: 2 },
  { why: 'nor when nothing is to be kept', answer: nxdomain(3600), keptMs: 0, afterMs: 0, queries: 2 },
  {
    why: 'a timeout is never shared',
    answer: { kind: 'timeout', evidence: { ...evidence, ttl: 60 } },
    afterMs: 0,
    queries: 2,
  },
  {
    why: 'nor is a failure',
    answer: { kind: 'failure', why: 'servfail', detail: '', evidence: { ...evidence, ttl: 60 } },
    afterMs: 0,
    queries: 2,
  },
]

test.for(lifetimes)('$why', async ({ answer, keptMs, afterMs, queries }) => {
  const { get, asked, advance } = harness()
  await get(answer, 'key', keptMs)
  advance(afterMs)
  await get(answer, 'key', keptMs)
  expect(asked()).toBe(queries)
})

test('a query that broke is not waited for for ever', async () => {
  const shared = createShared(() => 0)
  await expect(shared.get('key', KEPT_MS, () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(await shared.get('key', KEPT_MS, async () => nxdomain(1))).toMatchObject({ kind: 'nxdomain' })
})

test('what is forgotten is asked for again, and what was on its way is not kept', async () => {
  const shared = createShared(() => 0)
  const old = Promise.withResolvers<Answer>()
  const first = shared.get('key', KEPT_MS, () => old.promise)
  shared.forget('key')
  expect(await shared.get('key', KEPT_MS, async () => nxdomain(20))).toEqual(nxdomain(20))
  old.resolve(nxdomain(10))
  expect(await first).toEqual(nxdomain(10))
  expect(await shared.get('key', KEPT_MS, unasked)).toEqual(nxdomain(20))
  shared.forget('key')
  expect(await shared.get('key', KEPT_MS, async () => nxdomain(30))).toEqual(nxdomain(30))
})

function unasked(): never {
  throw new Error('nobody else is to be asked')
}
