/** Laws of every table: whose rows they are, and that none is forgotten. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { beforeAll, describe, expect, test } from 'vitest'
import { openStore } from '../src/index.ts'
import { LEFT_COLUMNS, LEFT_TABLES, MOVED_TABLES } from '../src/move/tables.ts'
import { createTestClock, testOptions } from './fixtures.ts'
import { startPostgres } from './postgres-server.ts'
import { postgresTables, sqliteTables, type Table } from './schemas.ts'

/** Of the installation and not of one of its organizations. */
const OF_THE_INSTALLATION = ['migrations', 'moves', 'nodes', 'organizations', 'rate_limits']

/** What a caller shows to say which organization it speaks for, so it has to be unique across them. */
const CREDENTIALS = [
  { table: 'api_keys', key: ['hash'] },
  { table: 'entri_applications', key: ['application_id'] },
]

const schemas: { sqlite: readonly Table[]; postgres: readonly Table[] } = { sqlite: [], postgres: [] }

beforeAll(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dnsradar-schema-'))
  await using server = await startPostgres()
  try {
    const options = testOptions(createTestClock())
    const path = join(folder, 'radar.db')
    for (const url of [`sqlite:${path}`, server.url('postgres')])
      await (await openStore(url, options))[Symbol.asyncDispose]()
    using handle = new DatabaseSync(path)
    Object.assign(schemas, { sqlite: sqliteTables(handle), postgres: await postgresTables(server, 'postgres') })
  } finally {
    await rm(folder, { recursive: true })
  }
})

const tenants = (tables: readonly Table[]) => tables.filter(({ name }) => !OF_THE_INSTALLATION.includes(name))

describe.each(['sqlite', 'postgres'] as const)('every table of an organization on %s', (engine) => {
  test('says whose a row is', () => {
    const without = tenants(schemas[engine]).filter(({ notNull }) => !notNull.includes('org_id'))
    expect(without.map(({ name }) => name)).toEqual([])
    expect(tenants(schemas[engine]).length).toBeGreaterThan(15)
  })

  test('has the organization in each of its unique keys, but for what tells the organization', () => {
    const loose = tenants(schemas[engine]).flatMap(({ name, uniqueKeys }) =>
      uniqueKeys
        .filter((key) => key.length > 0 && !key.includes('org_id'))
        .map((key) => ({ table: name, key: [...key] })),
    )
    expect(loose).toEqual(expect.arrayContaining(CREDENTIALS))
    expect(loose).toHaveLength(CREDENTIALS.length)
  })
})

describe('a move takes along', () => {
  test.each(['sqlite', 'postgres'] as const)('every table of %s but those of the database itself', (engine) => {
    const known = [...MOVED_TABLES.map(({ name }) => name), ...LEFT_TABLES]
    expect(new Set(known).size).toBe(known.length)
    const there = schemas[engine].map(({ name }) => name)
    expect(there.filter((name) => !known.includes(name))).toEqual([])
    expect(MOVED_TABLES.map(({ name }) => name).filter((name) => !there.includes(name))).toEqual([])
  })

  test('every column but those of work in progress', () => {
    const moved = (tables: readonly Table[]) =>
      MOVED_TABLES.map(({ name }) => ({
        name,
        columns: tables
          .find((table) => table.name === name)
          ?.columns.filter((column) => !LEFT_COLUMNS.includes(column)),
      }))
    expect(moved(schemas.postgres)).toEqual(moved(schemas.sqlite))
  })

  test('each history by its primary key', () => {
    for (const { name, key } of MOVED_TABLES.filter(({ isHistory }) => isHistory)) {
      for (const tables of [schemas.sqlite, schemas.postgres]) {
        const table = tables.find((one) => one.name === name)
        expect(table?.uniqueKeys.map((columns) => columns.toSorted())).toContainEqual(key.toSorted())
      }
    }
  })
})
