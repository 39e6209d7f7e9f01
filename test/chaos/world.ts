/** The rows and the receivers that a run starts with, and the state that it ends with. */
import { randomBytes } from 'node:crypto'
import {
  type Attempt,
  type Delivery,
  type DnsEvent,
  type MonitorId,
  type NewMonitor,
  type OrganizationId,
  type Page,
  type PageRequest,
  type Store,
  type SystemEvent,
  systemClock,
  type Webhook,
  type WebhookId,
} from '@dnsradar/core'
import { generateKey, openStore, parseKeyRing } from '@dnsradar/store'
import { aMonitor, aWebhook } from '../harness/new-rows.ts'
import { SILENT } from '../harness/silent-log.ts'
import { type Role, type RoleName, ROLES, SECRET, TIMEOUT_MS } from './cast.ts'
import type { Chance } from './chance.ts'
import type { ChaosDatabase, Pause } from './database.ts'
import { type ChaosReceiver, startChaosReceiver } from './receivers.ts'

/** Enough that those which a dying process was recording are seldom missed. */
const MONITORS = 12

export interface Player {
  readonly name: RoleName
  readonly role: Role
  readonly webhook: WebhookId
  readonly receiver: ChaosReceiver
}

export interface World extends AsyncDisposable {
  readonly store: Store
  readonly keyRing: string
  readonly orgId: OrganizationId
  readonly monitors: readonly MonitorId[]
  readonly players: readonly Player[]
  snapshot(): Promise<Snapshot>
}

/** Everything about one webhook; `webhook` is null when it is deleted. */
export interface Queued {
  readonly player: Player
  readonly webhook: Webhook | null
  readonly pauses: readonly Pause[]
  /** Oldest first. */
  readonly deliveries: readonly (Delivery & { readonly history: readonly Attempt[] })[]
}

export interface Snapshot {
  readonly events: readonly DnsEvent[]
  readonly systemEvents: readonly SystemEvent[]
  readonly queues: readonly Queued[]
}

/** The store of the parent serves nobody: on SQLite that right is the worker's. */
export async function openWorld(
  database: ChaosDatabase,
  chance: Chance,
  roles: readonly (readonly [RoleName, Role])[] = ROLES,
): Promise<World> {
  await using made = new AsyncDisposableStack()
  const keyRing = generateKey()
  const store = made.use(
    await openStore(database.url, {
      clock: systemClock,
      random: (length) => randomBytes(length),
      keyRing: parseKeyRing(keyRing),
      serving: false,
      log: SILENT,
    }),
  )
  const { organization } = await store.accounts.ensureDefaultOrganization(null)
  const watched = await store.monitors.create(organization.id, Array.from({ length: MONITORS }, monitorOf))
  const players: Player[] = []
  for (const [name, role] of roles) {
    const receiver = made.use(await startChaosReceiver(role.behaviour, SECRET, chance.next))
    const { id } = await createWebhook(store, organization.id, role, receiver.url)
    players.push({ name, role, webhook: id, receiver })
  }
  const parts = made.move()
  return {
    store,
    keyRing,
    orgId: organization.id,
    monitors: watched.map(({ monitor }) => monitor.id),
    players,
    snapshot: () => snapshotOf(store, organization.id, players, database),
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

async function createWebhook(store: Store, orgId: OrganizationId, role: Role, url: string): Promise<Webhook> {
  const filters = { events: role.events ?? ['record.*'], states: [], recordTypes: [], monitors: [] }
  const webhook = aWebhook({ url, filters, secret: SECRET, callerGaveSecret: true, timeoutMs: TIMEOUT_MS })
  if (role.source === undefined) return store.webhooks.create(orgId, webhook, ROLES.length)
  const subscribed = await store.webhooks.subscribe(orgId, { ...webhook, source: role.source }, ROLES.length)
  return subscribed.webhook
}

function monitorOf(_: unknown, at: number): NewMonitor {
  return aMonitor({ subdomain: `www${at}`, ownerName: `www${at}.example.com`, intervalMinutes: 60 })
}

async function snapshotOf(
  store: Store,
  orgId: OrganizationId,
  players: readonly Player[],
  database: ChaosDatabase,
): Promise<Snapshot> {
  const pauses = await database.pauses()
  const queues: Queued[] = []
  for (const player of players) {
    const deliveries = await all((page) => store.deliveries.list(orgId, player.webhook, {}, page))
    const histories = await Promise.all(deliveries.map(({ id }) => store.deliveries.attempts(orgId, id)))
    queues.push({
      player,
      webhook: await store.webhooks.get(orgId, player.webhook),
      pauses: pauses.filter(({ webhook }) => webhook === player.webhook),
      deliveries: deliveries.map((delivery, i) => ({ ...delivery, history: histories[i] ?? [] })),
    })
  }
  return {
    events: await all((page) => store.events.list(orgId, {}, page)),
    systemEvents: await all((page) => store.systemEvents.list(orgId, {}, page)),
    queues,
  }
}

async function all<T extends { readonly id: string }>(list: (page: PageRequest) => Promise<Page<T>>): Promise<T[]> {
  const found: T[] = []
  for (;;) {
    const page = await list({ limit: 100, way: 'asc', after: found.at(-1)?.id ?? null, before: null })
    found.push(...page.items)
    if (!page.hasNext) return found
  }
}
