/**
 * The delivery queues of both engines against a model of them: what happens is chosen by chance, by two workers and a
 * person, and after every step the store looks as the model says.
 *
 * The seed is fixed. `QUEUE_MODEL_SEED=… QUEUE_MODEL_RUNS=20` tries others, and more of them.
 */
import { describe, test } from 'vitest'
import { openStore } from '../src/index.ts'
import { createTestClock, testOptions } from './fixtures.ts'
import { engineDesk } from './model/engine.ts'
import { assertModel, TIMEOUT_OF_RUNS_MS } from './model/run.ts'
import { postgresDatabases } from './postgres-databases.ts'
import { startPostgres } from './postgres-server.ts'

describe('the queues are what the model says', () => {
  test('on SQLite', { timeout: TIMEOUT_OF_RUNS_MS }, async ({ annotate }) => {
    const clock = createTestClock()
    await using store = await openStore('sqlite::memory:', testOptions(clock))
    const open = () => engineDesk(store, clock)
    await annotate(await assertModel({ runs: 80, reaching: 10, open }))
  })

  test('on PostgreSQL', { timeout: TIMEOUT_OF_RUNS_MS }, async ({ annotate }) => {
    await using server = await startPostgres()
    const openDatabase = await postgresDatabases(server)
    await using database = await openDatabase()
    await using store = await database.open()
    const open = () => engineDesk(store, database.clock)
    await annotate(await assertModel({ runs: 20, reaching: 2, open }))
  })
})
