/**
 * Processes that deliver are killed, stopped beyond their leases and cut off from their database, at random and at each
 * step; receivers fail in every way; and all that the queue promises still holds.
 *
 * The seeds are fixed here. `pnpm test:chaos` goes on with fresh ones.
 */
import { describe, expect, test } from 'vitest'
import { type Engine, ENGINES } from '../harness/databases.ts'
import { chaosDatabasesOn } from './databases.ts'
import { figuresOf, violations } from './judge.ts'
import { runChaos } from './run.ts'
import { lateOutcome } from './stale-lease.ts'

/** Between them they strike at every point there is, and `pnpm test:chaos --seed` makes them last longer. */
const SEEDS: Readonly<Record<Engine, number>> = { sqlite: 58, postgres: 1678 }
const DURATION_MS = 3_200
const CALM_MS = 30_000

describe.each(ENGINES)('on %s', (engine) => {
  const newDatabase = chaosDatabasesOn(engine)

  test('nothing is lost, reordered or counted wrong, whatever dies', async () => {
    await using database = await newDatabase()
    const seed = SEEDS[engine]
    const evidence = await runChaos(database, { seed, durationMs: DURATION_MS, calmMs: CALM_MS, mutant: null })
    expect(violations(evidence)).toEqual([])
    const { kills, pauses, requests, attempts } = figuresOf(evidence)
    // A run in which nothing happened has shown nothing.
    expect(Math.min(kills, pauses)).toBeGreaterThan(0)
    expect(Math.min(requests, attempts)).toBeGreaterThan(50)
  })

  test('an outcome under a stale lease changes no webhook, and a success is still a fact about its delivery', async () => {
    await using database = await newDatabase()
    const { before, after, delivery, history } = await lateOutcome(database, null)
    expect(after).toEqual(before)
    expect(delivery).toMatchObject({ status: 'DELIVERED', statusCode: 200 })
    expect(history).toMatchObject([{ late: true, outcome: { statusCode: 200 } }])
  })
})
