/** How long a session lasts. What else ends one is told over HTTP. */
import { randomBytes } from 'node:crypto'
import { generateKey, openCache, openStore, parseKeyRing } from '@dnsradar/store'
import type { Request, Response } from 'express'
import { expect, test } from 'vitest'
import { createTestClock } from '../../../../test/harness/clock.ts'
import { newApiKey } from '../keys.ts'
import { createLog } from '../log.ts'
import { createSessions } from './sessions.ts'

const DAY_MS = 86_400_000
const KEY = 'sk_good_for_a_session'

async function openHouse() {
  const parts = new AsyncDisposableStack()
  const clock = createTestClock()
  const log = createLog('silent', process.stderr)
  const keyRing = parseKeyRing(generateKey())
  const store = parts.use(
    await openStore('sqlite::memory:', { clock, log, keyRing, serving: true, random: randomBytes }),
  )
  const { organization } = await store.accounts.ensureDefaultOrganization(null)
  await store.accounts.createKey(organization.id, newApiKey(KEY, 'good', ['read']))
  const cache = parts.use(openCache({ url: 'sqlite::memory:', space: 'session', log }))
  const sessions = createSessions({ cache, store, clock, randomBytes })
  /** What a browser sends from then on. */
  const enter = async (): Promise<Request> => {
    const lines: string[] = []
    const res = { append: (_name: string, line: string) => lines.push(line) } as unknown as Response
    await sessions.begin({ headers: {} } as Request, res, KEY, false)
    return { headers: { cookie: lines[0]?.split(';')[0] } } as Request
  }
  /** Whether the visitor is known, and is told to keep the cookie for longer. */
  const look = async (req: Request) => {
    let isRenewed = false
    const res = { append: () => (isRenewed = true) } as unknown as Response
    const account = await sessions.find(req, res, false)
    return { isIn: account !== null, isRenewed }
  }
  return { clock, cache, enter, look, [Symbol.asyncDispose]: () => parts.disposeAsync() }
}

test('a session that nobody uses ends after a week', async () => {
  await using house = await openHouse()
  const req = await house.enter()
  await house.clock.advance(7 * DAY_MS)
  expect((await house.look(req)).isIn).toBe(true)
  const other = await house.enter()
  await house.clock.advance(7 * DAY_MS + 1)
  expect((await house.look(other)).isIn).toBe(false)
})

test('a session that is used lasts on, its cookie is renewed twice a day at most, and it ends after thirty days', async () => {
  await using house = await openHouse()
  const req = await house.enter()
  expect(await house.look(req)).toEqual({ isIn: true, isRenewed: false })
  for (let day = 0; day < 30; day += 6) {
    await house.clock.advance(6 * DAY_MS)
    expect(await house.look(req)).toEqual({ isIn: true, isRenewed: true })
    expect(await house.look(req)).toEqual({ isIn: true, isRenewed: false })
  }
  await house.clock.advance(1)
  expect((await house.look(req)).isIn).toBe(false)
})

test.for([
  '',
  'dnsradar-session',
  'dnsradar-session=',
  'dnsradar-session=x; dnsradar-session=y',
  'a=b;;=;c',
  `__Secure-dnsradar-session=x`,
])('a cookie that names no session opens nothing: %j', async (cookie) => {
  await using house = await openHouse()
  await house.enter()
  expect((await house.look({ headers: { cookie } } as Request)).isIn).toBe(false)
})

test('what the cache holds under another name, or in another form, opens nothing', async () => {
  await using house = await openHouse()
  const req = await house.enter()
  const id = (req.headers.cookie ?? '').split('=')[1] ?? ''
  expect(await house.cache.get(id)).toBeUndefined()
  await house.cache.set(id, { key: 'x', began: 0, seen: 0 }, DAY_MS)
  expect((await house.look({ headers: { cookie: `dnsradar-session=${id}x` } } as Request)).isIn).toBe(false)
})
