/**
 * A small installation in which everything is decided beforehand: time moves when the story says so, ids, keys and
 * secrets come from a fixed seed, and whatever the server does by itself has ended before the story goes on. So two
 * runs say the same to the letter.
 */
import { createHash } from 'node:crypto'
import type { OrganizationId } from '@dnsradar/core'
import { vi } from 'vitest'
import { createTestClock, type TestClock } from '../../../../test/harness/clock.ts'
import { sqliteDatabase } from '../../../../test/harness/databases.ts'
import { type Radar, startRadar } from '../../../../test/harness/radar.ts'
import { hashKey } from '../../src/http/auth.ts'

export interface World extends AsyncDisposable {
  readonly radar: Radar
  readonly clock: TestClock
  readonly keys: Readonly<Record<Caller, string | null>>
  /** Resolves when nothing is left that the server would do now. */
  settle(): Promise<void>
}

/** Who asks. `customer` belongs to an organization of its own with the smallest plan. */
export type Caller = 'admin' | 'reader' | 'customer' | 'nobody'

const START = Date.UTC(2026, 0, 8, 12)
const EVERYTHING = { limit: 100, way: 'asc', after: null, before: null } as const

export async function startWorld(): Promise<World> {
  await using stack = new AsyncDisposableStack()
  const clock = createTestClock(START)
  const radar = stack.use(
    await startRadar({
      // The document is the same whatever tests run on: PostgreSQL orders the members of some objects anew.
      database: await sqliteDatabase(),
      settings: { DNSRADAR_AUTHORITATIVE: 'off', DNSRADAR_RATE_LIMIT: '250' },
      overrides: { clock, random: () => 0, randomBytes: seeded('dnsradar') },
    }),
  )
  const { accounts } = radar.server.store
  const { organization } = await accounts.ensureDefaultOrganization(null)
  const customer = await accounts.createOrganization({ name: 'A customer', plan: 'free' })
  const keys = { admin: radar.key, reader: 'sk_that_may_only_read', customer: 'sk_of_a_customer', nobody: null }
  const key = (clear: string, name: string, scope: 'read' | 'admin') =>
    ({ hash: hashKey(clear), name, scopes: [scope], expires: null }) as const
  await accounts.createKey(organization.id, key(keys.reader, 'status page', 'read'))
  await accounts.createKey(customer.id, key(keys.customer, 'customer', 'admin'))
  const held = stack.move()
  return {
    radar,
    clock,
    keys,
    settle: () => settle(radar, clock, [organization.id, customer.id]),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

/** SHA-256 in counter mode. */
function seeded(seed: string): (length: number) => Uint8Array {
  let block = 0
  return (length) => {
    const blocks = Array.from({ length: Math.ceil(length / 32) }, () =>
      createHash('sha256').update(`${seed} ${block++}`).digest(),
    )
    return Uint8Array.from(Buffer.concat(blocks).subarray(0, length))
  }
}

async function settle({ server }: Radar, clock: TestClock, organizations: readonly OrganizationId[]): Promise<void> {
  await vi.waitFor(
    async () => {
      for (const id of organizations) await expectRest(server.store, id, clock.now())
    },
    { timeout: 10_000, interval: 5 },
  )
}

/** Throws while a monitor waits for its look or a webhook for a delivery that is due. */
async function expectRest(store: Radar['server']['store'], id: OrganizationId, now: number): Promise<void> {
  const { items: monitors } = await store.monitors.list(id, { isActive: true }, EVERYTHING)
  const due = monitors.find(({ status }) => status.lastChecked === null || status.nextCheck <= now)
  if (due !== undefined) throw new Error(`${due.monitor.ownerName} is still to be looked at`)
  const { items: webhooks } = await store.webhooks.list(id, {}, EVERYTHING)
  for (const webhook of webhooks) {
    const { items } = await store.deliveries.list(id, webhook.id, {}, EVERYTHING)
    const waiting = items.find(({ status }) => status === 'PENDING')
    if (waiting !== undefined) throw new Error(`${waiting.id} is still to be sent`)
  }
}
