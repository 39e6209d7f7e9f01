import { randomBytes } from 'node:crypto'
import { createMint, type Log, type Store } from '@dnsradar/core'
import { createChecker } from '@dnsradar/core/check'
import { createResolver } from '@dnsradar/core/resolve/resolver'
import { parseUpstream } from '@dnsradar/core/resolve/upstream'
import { generateKey, openStore, parseKeyRing } from '@dnsradar/store'
import { expect, test, vi } from 'vitest'
import { createTestClock, type TestClock } from '../harness/clock.ts'
import { startDnsServer } from '../harness/dns-server.ts'
import { aMonitor } from '../harness/new-rows.ts'

const MONITOR = aMonitor({ intervalMinutes: 60 })

/** A real store on which every recording of a look fails, as on a full disk. */
async function openFullStore(clock: TestClock, log: Log): Promise<Store> {
  const store = await openStore('sqlite::memory:', {
    clock,
    log,
    random: randomBytes,
    keyRing: parseKeyRing(generateKey()),
    serving: true,
  })
  const record = () => Promise.reject(new Error('database or disk is full'))
  return { ...store, checks: { ...store.checks, record } }
}

test('a look that cannot be recorded is repeated when its lease lapses, and not at once over and over', async () => {
  await using dns = await startDnsServer()
  dns.set('www.example.com', 'A', ['192.0.2.1'])
  const clock = createTestClock()
  const failures: string[] = []
  const log: Log = { debug() {}, info() {}, warn() {}, error: (_fields, message) => void failures.push(message) }
  await using store = await openFullStore(clock, log)
  const { organization } = await store.accounts.ensureDefaultOrganization(null)
  const [watched] = await store.monitors.create(organization.id, [MONITOR])
  if (watched === undefined) throw new Error('the store made no monitor')
  await using resolver = createResolver({ upstreams: [parseUpstream(dns.address)], clock, randomBytes, log })
  const node = createMint(clock.now, randomBytes)('nod')
  const onEvent = (): void => {}
  const checker = createChecker({ store, resolver, clock, log, node, budgetMs: 2_000, confirm: false, onEvent })

  const stop = new AbortController()
  const running = checker.run(stop.signal)
  await vi.waitFor(() => expect(failures).toHaveLength(1))
  const claim = { node, leaseMs: 60_000 }
  expect(await store.checks.claimOne(organization.id, watched.monitor.id, claim)).toBe('busy')
  await clock.advance(60_000)
  await vi.waitFor(() => expect(failures).toHaveLength(2))
  stop.abort()
  await running
})
