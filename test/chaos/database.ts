/** A database that several processes open, and what its tables hold that the store does not show. */
import { DatabaseSync } from 'node:sqlite'
import { idFromBytes, type WebhookId } from '@dnsradar/core'
import type { PostgresServer } from '../../packages/store/test/postgres-server.ts'
import { type Engine, sqliteDatabase } from '../harness/databases.ts'

export interface Pause {
  readonly webhook: WebhookId
  readonly since: number
  readonly until: number | null
  /** `manual` when somebody asked for it. */
  readonly reason: string
}

export interface ChaosDatabase extends AsyncDisposable {
  readonly engine: Engine
  readonly url: string
  pauses(): Promise<readonly Pause[]>
  /** What the engine itself finds wrong with its file. */
  damage(): Promise<readonly string[]>
  /** Breaks every connection that this worker has; answers how many. */
  terminate(worker: string): Promise<number>
}

const PAUSES = 'select webhook_id, since, until, reason from webhook_pauses order by since'

interface PauseRow {
  readonly webhook_id: Uint8Array
  readonly since: number | string
  readonly until: number | string | null
  readonly reason: string
}

function readPause({ webhook_id, since, until, reason }: PauseRow): Pause {
  return {
    webhook: idFromBytes('wh', webhook_id),
    since: Number(since),
    until: until === null ? null : Number(until),
    reason,
  }
}

export async function openSqliteDatabase(): Promise<ChaosDatabase> {
  const database = await sqliteDatabase()
  const url = database.settings['DATABASE_URL'] ?? ''
  const file = url.slice('sqlite:'.length)
  return {
    engine: 'sqlite',
    url,
    async pauses() {
      using handle = new DatabaseSync(file, { readOnly: true })
      return (handle.prepare(PAUSES).all() as unknown as PauseRow[]).map(readPause)
    },
    async damage() {
      using handle = new DatabaseSync(file, { readOnly: true })
      const rows = handle.prepare('select * from pragma_integrity_check').all()
      const said = rows.map((row) => String(row['integrity_check'])).filter((line) => line !== 'ok')
      const orphans = handle.prepare('pragma foreign_key_check').all()
      return [...said, ...orphans.map((orphan) => JSON.stringify(orphan))]
    },
    terminate: async () => 0,
    [Symbol.asyncDispose]: () => database[Symbol.asyncDispose](),
  }
}

/** The server may serve several. */
export async function openPostgresDatabase(server: PostgresServer): Promise<ChaosDatabase> {
  const name = `chaos_${++created}`
  await server.query('postgres', `create database ${name}`)
  return {
    engine: 'postgres',
    url: server.url(name),
    async pauses() {
      const rows = await server.query<PauseRow>(
        name,
        PAUSES.replace('webhook_id', 'uuid_send(webhook_id) as webhook_id'),
      )
      return rows.map(readPause)
    },
    damage: async () => [],
    async terminate(worker) {
      const broken = await server.query(
        'postgres',
        'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1 and application_name = $2',
        [name, worker],
      )
      return broken.length
    },
    async [Symbol.asyncDispose]() {
      await server.query('postgres', `drop database ${name} with (force)`)
    },
  }
}

let created = 0
