/** One run: trouble for a while, a crash of everything, then calm, and at last a recovery of all that was given up. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Engine } from '../harness/databases.ts'
import { LEASE_MS, RETRY_DELAYS, type RoleName } from './cast.ts'
import { type Chance, createChance } from './chance.ts'
import { createCrew, type Crew } from './crew.ts'
import type { ChaosDatabase } from './database.ts'
import { type Action, createLedger, type Ledger } from './ledger.ts'
import type { Mutant } from './protocol.ts'
import { type Deed, scheduleOf } from './schedule.ts'
import type { Worker } from './worker-process.ts'
import { openWorld, type Player, type Snapshot, type World } from './world.ts'

export interface RunOptions {
  readonly seed: number
  readonly durationMs: number
  /** How long the queues may take to empty once everything is well. */
  readonly calmMs: number
  readonly mutant: Mutant | null
}

/** All that can be judged. */
export interface Evidence {
  readonly engine: Engine
  readonly ledger: Ledger
  readonly players: readonly Player[]
  /** When everything had been killed at once. */
  readonly crashed: Snapshot
  /** When the queues were empty, and what was given up still given up. */
  readonly calm: Snapshot
  /** When all of it was recovered. */
  readonly recovered: Snapshot
  /** Queues that never came to rest. */
  readonly stuck: readonly string[]
  /** Of the database's file, after the crash. */
  readonly damage: readonly string[]
}

interface Scene {
  readonly database: ChaosDatabase
  readonly world: World
  readonly crew: Crew
  readonly ledger: Ledger
  readonly chance: Chance
  /** Who is recording. */
  readonly recording: Set<Worker>
  /** Orders that were given and not waited for. */
  readonly pending: Promise<unknown>[]
}

/** On PostgreSQL three compete for the queues; whoever takes the place of a dead one joins while they do. */
const WORKERS = { sqlite: 1, postgres: 3 } as const

export async function runChaos(database: ChaosDatabase, options: RunOptions): Promise<Evidence> {
  const chance = createChance(options.seed + 1)
  const ledger = createLedger()
  await using world = await openWorld(database, chance)
  const { keyRing, orgId, players } = world
  const settings = { url: database.url, keyRing, orgId, retryDelays: RETRY_DELAYS, leaseMs: LEASE_MS }
  await using crew = createCrew({ ...settings, mutant: options.mutant }, ledger)
  const scene: Scene = { database, world, crew, ledger, chance, recording: new Set(), pending: [] }

  await crew.keep(WORKERS[database.engine])
  await trouble(scene, options)
  await crew.killAll()
  await Promise.all(scene.pending)
  const crashed = await world.snapshot()
  const damage = await database.damage()

  for (const { role, receiver } of players) if (role.isHopeless !== true) receiver.heal()
  await crew.keep(WORKERS[database.engine])
  const stuck = await untilCalm(world, options.calmMs, 'after the crash')
  const calm = await world.snapshot()
  const evidence = { engine: database.engine, ledger, players, crashed, calm, stuck, damage }
  // What does not even come to rest has failed already.
  if (stuck.length > 0) return { ...evidence, recovered: calm }

  for (const { receiver } of players) receiver.heal()
  await recoverAll(scene)
  stuck.push(...(await untilCalm(world, options.calmMs, 'after the recovery')))
  await crew.stopAll()
  return { ...evidence, recovered: await world.snapshot() }
}

/** The schedule's time stands still while no process is there to be disturbed. */
async function trouble(scene: Scene, { seed, durationMs }: RunOptions): Promise<void> {
  const { crew, database, chance } = scene
  let now = 0
  for (const { at, deed } of scheduleOf(seed, database.engine, durationMs)) {
    await sleep(at - now)
    now = at
    perform(scene, deed, await crew.anyone(chance.next))
  }
}

/** Nothing here is waited for: a process that stands still must not hold up the rest. */
function perform(scene: Scene, deed: Deed, worker: Worker): void {
  const { chance, world, pending } = scene
  switch (deed.do) {
    case 'record':
      pending.push(record(scene, worker, deed.monitors))
      return
    case 'kill':
      pending.push(worker.kill())
      return
    case 'pause':
      pending.push(worker.pause())
      return
    case 'terminate':
      pending.push(terminate(scene, worker))
      return
    case 'arm':
      pending.push(worker.ask(deed))
      // So that somebody comes by.
      if (deed.point.startsWith('loose')) give(scene, worker, { do: 'test', webhook: played(world, 'prompt') })
      return
    case 'delete':
      return give(scene, worker, { do: 'delete', webhook: played(world, 'deleted') })
    case 'test':
      return give(scene, worker, { do: 'test', webhook: played(world, chance.pick(['broken', 'hurried', 'switched'])) })
    case 'hurry':
      return give(scene, worker, {
        do: chance.pick(['retry', 'retry-request'] as const),
        webhook: played(world, chance.pick(['hurried', 'flapping'])),
      })
    case 'switch':
      return toggle(scene, worker)
  }
}

/** One at a time and process: a slow machine records less, and does not pile up what the next kill takes away. */
async function record({ chance, recording, world }: Scene, worker: Worker, count: number): Promise<void> {
  if (recording.has(worker)) return
  const from = chance.below(world.monitors.length)
  const monitors = [...world.monitors, ...world.monitors].slice(from, from + count)
  recording.add(worker)
  await worker.ask({ do: 'record', monitors })
  recording.delete(worker)
}

function played({ players }: World, name: RoleName): Player['webhook'] {
  const player = players.find((one) => one.name === name)
  if (player === undefined) throw new Error(`nobody plays ${name}`)
  return player.webhook
}

/** Off, on, and sometimes recovered. Whether the last one of them came to pass is unknown, so each says what it wants. */
function toggle(scene: Scene, worker: Worker): void {
  const { chance, ledger, world } = scene
  const webhook = played(world, 'switched')
  const last = ledger.actions.findLast(({ order }) => order.webhook === webhook && order.do !== 'test')
  if (last?.order.do === 'disable') return give(scene, worker, { do: 'enable', webhook })
  if (last?.order.do === 'enable' && chance.next() < 0.6) {
    return give(scene, worker, { do: 'recover', webhook, since: 0 })
  }
  return give(scene, worker, { do: 'disable', webhook })
}

function give(scene: Scene, worker: Worker, order: Action['order']): void {
  scene.pending.push(act(scene, worker, order))
}

async function act({ ledger }: Scene, worker: Worker, order: Action['order']): Promise<void> {
  const action: Action = { order, asked: Date.now(), over: null, isDone: false }
  ledger.actions.push(action)
  action.isDone = (await worker.ask(order)) !== null
  action.over = Date.now()
}

async function terminate({ database, ledger }: Scene, worker: Worker): Promise<void> {
  ledger.terminated += await database.terminate(worker.name)
}

async function recoverAll(scene: Scene): Promise<void> {
  const { crew, world, chance } = scene
  for (const { name, webhook } of world.players) {
    if (name === 'deleted') continue
    const worker = await crew.anyone(chance.next)
    await act(scene, worker, { do: 'enable', webhook })
    await act(scene, worker, { do: 'recover', webhook, since: 0 })
  }
}

const LOOK_EVERY_MS = 100

/** Waits until nothing waits any more; answers what still does. */
async function untilCalm(world: World, patienceMs: number, when: string): Promise<string[]> {
  const deadline = Date.now() + patienceMs
  for (;;) {
    const isOver = Date.now() > deadline
    if (isOver || (await world.store.queue.nextDue()) === null) {
      const waiting = await waitingIn(world)
      if (isOver || waiting.length === 0) return waiting.map((queue) => `${queue} ${when}`)
    }
    await sleep(LOOK_EVERY_MS)
  }
}

async function waitingIn({ store, orgId, players }: World): Promise<string[]> {
  const page = { limit: 100, way: 'asc', after: null, before: null } as const
  const waiting: string[] = []
  for (const { name, webhook } of players) {
    const pending = await store.deliveries.list(orgId, webhook, { status: 'PENDING' }, page)
    const retrying = await store.deliveries.list(orgId, webhook, { status: 'RETRYING' }, page)
    const count = pending.items.length + retrying.items.length
    if (count > 0) waiting.push(`${name}: ${count} waiting`)
  }
  return waiting
}
