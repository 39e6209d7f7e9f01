import { randomBytes } from 'node:crypto'
import { type Log, NEWS_KINDS, type NewMonitor, systemClock } from '@dnsradar/core'
import { generateKey, openStore, parseKeyRing } from '@dnsradar/store'
import { expect, test, vi } from 'vitest'
import { follow } from './follow.ts'
import type { Outlet } from './outlet.ts'
import { startOf } from './position.ts'
import { createTail } from './tail.ts'

const silent = (): void => {}
const log: Log = { debug: silent, info: silent, warn: silent, error: silent }

const A_MONITOR: NewMonitor = {
  group: null,
  domain: 'example.com',
  subdomain: null,
  ownerName: 'example.com',
  registrable: 'example.com',
  type: 'A',
  match: 'exact',
  expected: ['192.0.2.1'],
  intervalMinutes: 60,
  notify: 'immediately',
  isActive: false,
  externalId: null,
  metadata: {},
}

test('what is committed after the last page of history and before the first live news is told once', async () => {
  await using store = await openStore('sqlite::memory:', {
    clock: systemClock,
    random: randomBytes,
    keyRing: parseKeyRing(generateKey()),
    serving: true,
    log,
  })
  const { organization } = await store.accounts.ensureDefaultOrganization(null)
  const orgId = organization.id
  const make = async (): Promise<string> => {
    const [made] = await store.monitors.create(orgId, [A_MONITOR])
    return made?.monitor.id ?? ''
  }
  const ended = new AbortController()
  const real = createTail({ store, clock: systemClock, log }, orgId)
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
    silent,
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
