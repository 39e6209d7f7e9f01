/** The processes on one database, as rows that each of them renews. */
import { ALIVE_MS, type Nodes } from '@dnsradar/core'
import type { QueryContext } from '../queries/context.ts'
import { fetchPage, mapPage } from '../queries/page.ts'
import { id, json, readId, readJson } from '../rows/columns.ts'
import type { DatabaseClock } from './clock.ts'
import type { Statements } from './database.ts'
import type { PostgresHints } from './hints.ts'

/** Rows of processes that ended without a word are kept for so long, for whoever wonders what became of them. */
const FORGOTTEN_MS = 3_600_000

/** Made anew when it was forgotten meanwhile: a process that was stopped for hours may go on. */
const BEAT = `
  insert into nodes (id, roles, version, started, heartbeat) values ($1, $2, $3, $4, $5)
      on conflict (id) do update set heartbeat = excluded.heartbeat`

export function postgresNodes(
  { db, now }: QueryContext,
  statements: Statements,
  hints: PostgresHints,
  clock: DatabaseClock | null,
): Nodes {
  return {
    async beat({ id: nodeId, roles, version, started }) {
      await clock?.follow()
      await statements.run(BEAT, [id(nodeId), json(roles), version, Math.trunc(started), now()])
    },

    async leave(nodeId) {
      await statements.run('delete from nodes where id = $1', [id(nodeId)])
      await hints.giveAll()
    },

    async list(page) {
      const alive = db
        .selectFrom('nodes')
        .selectAll()
        .where('heartbeat', '>=', now() - ALIVE_MS)
      return mapPage(await fetchPage(alive, 'nodes.id', page), ({ id: nodeId, roles, ...row }) => ({
        ...row,
        id: readId('nod', nodeId),
        roles: readJson<readonly string[]>(roles),
      }))
    },
  }
}

export async function forgetNodes(statements: Statements, now: number): Promise<void> {
  await statements.run('delete from nodes where heartbeat < $1', [now - FORGOTTEN_MS])
}
