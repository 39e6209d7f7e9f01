/**
 * One connection for pg-boss that takes a statement at a time.
 *
 * Its own pool sends what sets a test clock's session up, and the first query with it, to a connection that is not ready
 * yet: pg warns of whoever does so.
 */
import type { Db } from 'pg-boss'
import type { PostgresServer } from '../../packages/store/test/postgres-server.ts'

export async function bossDatabase(server: PostgresServer): Promise<Db & AsyncDisposable> {
  const client = await server.connect('postgres')
  let latest: Promise<unknown> = Promise.resolve()
  const executeSql: Db['executeSql'] = (text, values) => {
    const result = latest.then(() => client.query(text, values))
    latest = result.catch(() => {})
    return result
  }
  return {
    executeSql,
    async setSessionStatements(statements) {
      for (const statement of statements) await executeSql(statement)
    },
    [Symbol.asyncDispose]: () => client.end(),
  }
}
