import { randomBytes } from 'node:crypto'
import { NEWS_KINDS, systemClock } from '@dnsradar/core'
import { generateKey, openStore, parseKeyRing } from '@dnsradar/store'
import { expect, test, vi } from 'vitest'
import { aMonitor } from '../../../../test/harness/new-rows.ts'
import { SILENT } from '../../../../test/harness/silent-log.ts'
import { follow } from './follow.ts'
import type { Outlet } from './outlet.ts'
import { startOf } from './position.ts'
import { createTail } from './tail.ts'
import type { Told } from './told.ts'

const A_MONITOR = aMonitor({ isActive: false })

async function openWorld() {
  await using opening = new AsyncDisposableStack()
  const keyRing = parseKeyRing(generateKey())
  const options = { clock: systemClock, random: randomBytes, keyRing, serving: true, log: SILENT }
  const store = opening.use(await openStore('sqlite::memory:', options))
  const { organization } = await store.accounts.ensureDefaultOrganization(null)
  const orgId = organization.id
  const make = async (): Promise<string> => {
    const [made] = await store.monitors.create(orgId, [A_MONITOR])
    return made?.monitor.id ?? ''
  }
  const opened = opening.move()
  return { store, orgId, make, [Symbol.asyncDispose]: () => opened.disposeAsync() }
}

test('what is heard of while it is read is told once', async () => {
  await using world = await openWorld()
  const { store, orgId, make } = world
  const ended = new AbortController()
  const tail = createTail({ store, clock: systemClock, log: SILENT }, orgId)
  const running = tail.run(ended.signal)
  const made: string[] = [await make()]
  const heard: string[] = []
  let hasJoined = false
  const watchedTail = {
    ...tail,
    async join(listener: Parameters<typeof tail.join>[0]): Promise<void> {
      const hear = (told: Told): void => {
        heard.push(told.item.id)
        listener.hear(told)
      }
      await tail.join({ ...listener, hear })
      hasJoined = true
      made.push(await make(), await make())
    },
  }
  // The rows are read, and not told yet, when the tail comes upon them.
  const monitors: typeof store.news.monitors = async (...asked) => {
    const rows = await store.news.monitors(...asked)
    if (!hasJoined) return rows
    tail.ring()
    await vi.waitFor(() => expect(heard).toEqual(made.slice(1)))
    return rows
  }
  const { outlet, told } = collecting(ended)
  const following = follow(
    { store: { ...store, news: { ...store.news, monitors } }, tail: watchedTail, outlet, now: systemClock.now },
    { orgId, kinds: new Set(NEWS_KINDS), webhookId: null, position: startOf(0) },
    () => {},
  )
  await vi.waitFor(() => expect(told().length).toBeGreaterThanOrEqual(made.length))
  made.push(await make())
  tail.ring()
  await vi.waitFor(() => expect(told()).toEqual(made))
  ended.abort()
  await Promise.all([following, running])
})

test('what is committed after the last page of history and before the first live news is told once', async () => {
  await using world = await openWorld()
  const { store, orgId, make } = world
  const ended = new AbortController()
  const real = createTail({ store, clock: systemClock, log: SILENT }, orgId)
  const running = real.run(ended.signal)
  const made: string[] = [await make()]
  const tail = {
    ...real,
    async join(listener: Parameters<typeof real.join>[0]): Promise<void> {
      made.push(await make())
      await real.join(listener)
      made.push(await make())
      real.ring()
    },
  }
  const { outlet, told } = collecting(ended)
  const following = follow(
    { store, tail, outlet, now: systemClock.now },
    { orgId, kinds: new Set(NEWS_KINDS), webhookId: null, position: startOf(0) },
    () => {},
  )
  await vi.waitFor(() => expect(told()).toEqual(made))
  made.push(await make())
  real.ring()
  await vi.waitFor(() => expect(told()).toEqual(made))
  ended.abort()
  await Promise.all([following, running])
  expect(made).toHaveLength(4)
})

/** A reader that is always quick, and the monitors that it was told of. */
function collecting(ended: AbortController): { outlet: Outlet; told: () => string[] } {
  let text = ''
  const outlet: Outlet = {
    async write(bytes) {
      text += bytes.toString()
    },
    beat: (bytes) => void (text += bytes),
    unsent: 0,
    closed: ended.signal,
    close: () => ended.abort(),
  }
  return { outlet, told: () => [...text.matchAll(/"uuid":"(mon_\w+)"/g)].map(([, id]) => id ?? '') }
}
