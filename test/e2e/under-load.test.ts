/** Three processes check and deliver without a pause, while one thing after the other is taken away from them. */
import { setTimeout as pass } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import {
  type Cluster,
  createMonitors,
  endLeases,
  NOW,
  RIGHT,
  startCluster,
  startLoad,
  touchChecks,
  wakeCheckers,
} from '../harness/cluster.ts'
import { ENGINES } from '../harness/databases.ts'
import type { RadarProcess } from '../harness/radar-process.ts'

const NOTHING = { overtaken: [], lost: [], torn: [] }
/** What is enough for many turns. */
const MANY = 60

async function readiness(process: RadarProcess): Promise<number> {
  const response = await fetch(`${process.url}/readyz`)
  await response.body?.cancel()
  return response.status
}

describe.runIf(ENGINES.includes('postgres'))('three processes on one PostgreSQL', () => {
  let cluster: Cluster
  beforeAll(async () => {
    cluster = await startCluster()
  })
  afterAll(async () => {
    // Each of them is the one that was started, and still able to end well.
    const exits = await Promise.all(cluster.processes.map((process) => process.stop('SIGTERM')))
    await cluster[Symbol.asyncDispose]()
    expect(exits).toMatchObject([{ code: 0 }, { code: 0 }, { code: 0 }])
  })

  const received = (): number => cluster.world.receiver.requests.length
  const receiveMore = async (count: number): Promise<void> => {
    const from = received()
    await vi.waitFor(() => expect(received()).toBeGreaterThan(from + count), 30_000)
  }

  test('look at each monitor once for each of its times, and miss none', async () => {
    const { world, sql } = cluster
    const names = Array.from({ length: 40 }, (_, i) => `n${i}.ticks.example`)
    for (const name of names) {
      world.dns.set(name, 'A', [RIGHT], 0)
      world.dns.behave(name, { kind: 'delayed', ms: 200 })
    }
    await createMonitors(cluster, names, 'ticks')
    const untilDone = () =>
      vi.waitFor(
        async () => {
          // All of them ask for more while a look is under way.
          await wakeCheckers(cluster)
          const busy = await sql(`select 1 from checks where next_check <= ${NOW} or lease_until is not null limit 1`)
          expect(busy).toEqual([])
        },
        { timeout: 20_000, interval: 50 },
      )
    await untilDone()
    // Those whose own time is near would be looked at once more while this test runs.
    const soon = await sql<{ name: string }>(
      `select m.owner_name as name from checks c join monitors m on m.org_id = c.org_id and m.id = c.monitor_id
        where c.next_check < ${NOW} + 300000`,
    )
    const watched = names.filter((name) => !soon.some((row) => row.name === name))
    expect(watched.length).toBeGreaterThan(20)
    world.dns.forget()
    const ticks = 12
    for (let tick = 0; tick < ticks; tick++) {
      // Two hours go by for the rows, and all times come at once.
      await touchChecks(cluster, 'next_check = c.next_check - 7200000, last_checked = c.last_checked - 7200000')
      await untilDone()
    }
    // Two rounds of polling: whoever took a lease for ended would have looked by now.
    await pass(2_000)
    expect(watched.map((name) => world.dns.count({ name }))).toEqual(watched.map(() => ticks))
  })

  test('lose and repeat nothing while each of them in turn is stopped and another one started', async () => {
    const load = await startLoad(cluster)
    await receiveMore(MANY)
    const all = cluster.processes.slice()
    for (const old of all) {
      expect(await old.stop('SIGTERM')).toMatchObject({ code: 0 })
      cluster.processes.shift()
      cluster.processes.push(await cluster.start())
      await receiveMore(MANY / 3)
    }
    expect(await load.finish()).toMatchObject({ ...NOTHING, repeated: [] })
  })

  test('lose nothing when all their connections are broken, again and again', async () => {
    const { sql } = cluster
    const load = await startLoad(cluster)
    await receiveMore(MANY)
    let broken = 0
    for (let times = 0; times < 6; times++) {
      const rows = await sql(
        "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'dnsradar'",
      )
      broken += rows.length
      await endLeases(cluster)
      await receiveMore(5)
    }
    expect(broken).toBeGreaterThan(10)
    expect(await load.finish()).toMatchObject(NOTHING)
  })

  test('say that they are not ready while the database is away, and go on within seconds when it is back', async () => {
    const { server, processes } = cluster
    const load = await startLoad(cluster)
    await receiveMore(MANY)
    await server.stop()
    expect(await Promise.all(processes.map(readiness))).toEqual([503, 503, 503])
    // Longer than a heartbeat and several polls.
    await pass(6_000)
    expect(await Promise.all(processes.map(readiness))).toEqual([503, 503, 503])
    await server.start()
    const backAt = Date.now()
    await endLeases(cluster)
    await vi.waitFor(async () => expect(await Promise.all(processes.map(readiness))).toEqual([200, 200, 200]), 10_000)
    await receiveMore(MANY)
    expect(Date.now() - backAt).toBeLessThan(25_000)
    expect(await load.finish()).toMatchObject(NOTHING)
  })
})
