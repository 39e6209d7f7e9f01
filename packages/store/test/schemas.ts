/** The schema as each engine has it, for laws that hold of every table. */
import type { DatabaseSync } from 'node:sqlite'
import type { PostgresServer } from './postgres-server.ts'

export interface Table {
  readonly name: string
  /** Sorted. */
  readonly columns: readonly string[]
  readonly notNull: readonly string[]
  /** Of each primary key and unique index. */
  readonly uniqueKeys: readonly (readonly string[])[]
}

export function sqliteTables(handle: DatabaseSync): readonly Table[] {
  const names = handle.prepare("select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'").all()
  return names.map(({ name }) => {
    const table = String(name)
    const columns = handle.prepare('select name, "notnull", pk from pragma_table_info(?) order by name').all(table)
    const indexes = handle.prepare('select name from pragma_index_list(?) where "unique" = 1').all(table)
    const keys = indexes.map((index) =>
      handle
        .prepare('select name from pragma_index_info(?)')
        .all(String(index['name']))
        .map((column) => String(column['name'])),
    )
    // A key of one integer column is the row's own number, and has no index.
    const primary = columns.filter(({ pk }) => Number(pk) > 0).map((column) => String(column['name']))
    return {
      name: table,
      columns: columns.map((column) => String(column['name'])),
      notNull: columns
        .filter(({ notnull, pk }) => notnull === 1 || Number(pk) > 0)
        .map((column) => String(column['name'])),
      uniqueKeys: [...keys, primary],
    }
  })
}

interface CatalogRow {
  readonly name: string
  readonly columns: string[]
  readonly not_null: string[] | null
  readonly keys: string[][] | null
}

/** Partitions have the columns and keys of their table. */
const TABLES = `
  select c.relname as name,
         (select json_agg(a.attname order by a.attname collate "C") from pg_attribute a
           where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns,
         (select json_agg(a.attname) from pg_attribute a where a.attrelid = c.oid and a.attnum > 0 and a.attnotnull) as not_null,
         (select json_agg((select json_agg(a.attname) from pg_attribute a where a.attrelid = c.oid and a.attnum = any (i.indkey)))
            from pg_index i where i.indrelid = c.oid and i.indisunique) as keys
    from pg_class c
   where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') and not c.relispartition`

export async function postgresTables(server: PostgresServer, database: string): Promise<readonly Table[]> {
  const rows = await server.query<CatalogRow>(database, TABLES)
  return rows.map(({ name, columns, not_null, keys }) => ({
    name,
    columns,
    notNull: not_null ?? [],
    uniqueKeys: keys ?? [],
  }))
}
