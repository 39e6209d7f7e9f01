/** Databases for the tests of a file, on either engine. */
import { afterAll, beforeAll } from 'vitest'
import { type PostgresServer, startPostgres } from '../../packages/store/test/postgres-server.ts'
import type { Engine } from '../harness/databases.ts'
import { type ChaosDatabase, openPostgresDatabase, openSqliteDatabase } from './database.ts'

/** To be called where tests are declared: the engine starts before them and stops after them. */
export function chaosDatabasesOn(engine: Engine): () => Promise<ChaosDatabase> {
  let server: PostgresServer | undefined
  beforeAll(async () => {
    if (engine === 'postgres') server = await startPostgres()
  })
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]()
  })
  return () => (server === undefined ? openSqliteDatabase() : openPostgresDatabase(server))
}
