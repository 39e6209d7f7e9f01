import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { idToBytes } from '@dnsradar/core'
import { openStore } from '../src/index.ts'
import { describeStore } from './conformance.ts'
import { createTestClock, testOptions, type TestDatabase } from './fixtures.ts'

async function createDatabase(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), 'dnsradar-store-'))
  const path = join(folder, 'test.db')
  const clock = createTestClock()
  const options = { ...testOptions(clock), sync: 'normal' as const }

  const beside = <T>(work: (handle: DatabaseSync) => T): T => {
    using handle = new DatabaseSync(path, { timeout: 5000 })
    return work(handle)
  }

  return {
    clock,
    open: (overrides = {}) => openStore(`sqlite:${path}`, { ...options, ...overrides }),
    breakDeliveries: async () =>
      beside((handle) =>
        handle.exec("create trigger broken before insert on deliveries begin select raise(abort, 'out of order'); end"),
      ),
    mendDeliveries: async () => beside((handle) => handle.exec('drop trigger broken')),
    async holdsText(text) {
      const files = await Promise.all((await readdir(folder)).map((name) => readFile(join(folder, name))))
      return files.some((bytes) => bytes.includes(text))
    },
    markNewer: async () => beside((handle) => handle.exec('insert into migrations values (9999, 0)')),
    octetColumns: async () =>
      beside((handle) => {
        const columns = handle.prepare(
          `select t.name || '.' || c.name as name
             from pragma_table_list as t, pragma_table_info(t.name) as c
            where t.schema = 'main' and t.type = 'table' and c.type = 'BLOB' and c.name <> 'id' and c.name not like '%\\_id' escape '\\'`,
        )
        return columns.all().map(({ name }) => String(name))
      }),
    countPauses: async ({ id }) =>
      beside((handle) => {
        const rows = handle.prepare('select until from webhook_pauses where webhook_id = ?').all(idToBytes(id))
        const open = rows.filter((row) => row['until'] === null).length
        return { open, closed: rows.length - open }
      }),
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

describeStore('SQLite', createDatabase)
