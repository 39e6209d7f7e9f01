/** Fresh databases on one PostgreSQL server: copies of one that was opened, and so migrated, once. */
import { idToBytes } from '@dnsradar/core'
import { openStore } from '../src/index.ts'
import { createTestClock, testOptions, type OpenDatabase } from './fixtures.ts'
import type { PostgresServer } from './postgres-server.ts'

export async function postgresDatabases(server: PostgresServer): Promise<OpenDatabase> {
  await server.query('postgres', 'create database migrated')
  const template = await openStore(server.url('migrated'), testOptions(createTestClock()))
  await template[Symbol.asyncDispose]()

  let created = 0
  return async () => {
    const name = `test_${++created}`
    await server.query('postgres', `create database ${name} template migrated`)
    const clock = createTestClock()
    const options = testOptions(clock)
    return {
      clock,
      open: (overrides = {}) => openStore(server.url(name), { ...options, ...overrides }),
      async breakDeliveries() {
        await server.query(
          name,
          `create function out_of_order() returns trigger language plpgsql as $$ begin raise exception 'out of order'; end $$;
           create trigger broken before insert on deliveries for each row execute function out_of_order()`,
        )
      },
      async mendDeliveries() {
        await server.query(name, 'drop trigger broken on deliveries; drop function out_of_order')
      },
      holdsText: (text) => holdsText(server, name, text),
      async markNewer() {
        await server.query(name, 'insert into migrations values (9999, 0)')
      },
      async octetColumns() {
        const columns = await server.query<{ name: string }>(
          name,
          `select table_name || '.' || column_name as name
             from information_schema.columns
            where table_schema = 'public' and data_type = 'bytea'`,
        )
        return columns.map((column) => column.name)
      },
      async countPauses({ id }) {
        const webhook = Buffer.from(idToBytes(id))
        const rows = await server.query<{ until: string | null }>(
          name,
          'select until from webhook_pauses where webhook_id = $1',
          [webhook],
        )
        const open = rows.filter(({ until }) => until === null).length
        return { open, closed: rows.length - open }
      },
      async [Symbol.asyncDispose]() {
        await server.query('postgres', `drop database ${name} with (force)`)
      },
    }
  }
}

/** Bytes are shown as hexadecimal digits, so the text is looked for in that form too. */
async function holdsText(server: PostgresServer, name: string, text: string): Promise<boolean> {
  const tables = await server.query<{ name: string }>(
    name,
    "select tablename as name from pg_tables where schemaname = 'public'",
  )
  for (const table of tables) {
    const found = await server.query(
      name,
      `select 1 from "${table.name}" t where strpos(t::text, $1) > 0 or strpos(t::text, $2) > 0`,
      [text, Buffer.from(text).toString('hex')],
    )
    if (found.length > 0) return true
  }
  return false
}
