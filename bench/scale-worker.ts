/**
 * One process that claims and records on a shared database as fast as it can: `node scale-worker.ts URL KEY_RING SECONDS`.
 * Prints a line when it is ready, begins at a line on stdin, and prints a `Worked` as JSON.
 */
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { createMint, systemClock } from '@dnsradar/core'
import { openStore, parseKeyRing } from '@dnsradar/store'
import { seenAgain } from './scale-store.ts'

export interface Worked {
  readonly perSecond: number
  readonly cpuMicros: number
}

const CLAIM = 250
const LEASE_MS = 60_000
const QUIET = { debug() {}, info() {}, warn() {}, error() {} }

const [url = '', keyRing = '', seconds = '1'] = process.argv.slice(2)
await using store = await openStore(url, {
  clock: systemClock,
  random: (length) => randomBytes(length),
  keyRing: parseKeyRing(keyRing),
  serving: true,
  log: QUIET,
})
const node = createMint(systemClock.now, randomBytes)('nod')
await store.checks.claimDue({ node, limit: 0, leaseMs: LEASE_MS })
console.log('ready')
await once(createInterface(process.stdin), 'line')

const cpu = process.cpuUsage()
const started = performance.now()
let count = 0
while (performance.now() - started < Number(seconds) * 1000) {
  const claimed = await store.checks.claimDue({ node, limit: CLAIM, leaseMs: LEASE_MS })
  // Due again at once, behind all others: there is always work.
  const results = claimed.map((check) => seenAgain(check, store.clock.now()))
  await store.checks.record(
    results.map((result) => ({ ...result, status: { ...result.status, nextCheck: Math.trunc(store.clock.now()) } })),
  )
  count += claimed.length
}
const { user, system } = process.cpuUsage(cpu)
const worked: Worked = {
  perSecond: (count / (performance.now() - started)) * 1000,
  cpuMicros: (user + system) / count,
}
console.log(JSON.stringify(worked))
process.stdin.destroy()
