/**
 * Keeps the database of a release, once, when it is made: `node packages/store/test/released/write.ts 0.1.0`.
 *
 * It holds a monitor that broke, a webhook with a secret and two deliveries of which the first one failed. Beside it go
 * the key ring that opens it and the digests of the migrations, which nobody may change from then on.
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { gzipSync } from 'node:zlib'
import { generateKey, openStore, parseKeyRing } from '../../src/index.ts'
import {
  CLAIM,
  createMonitor,
  createTestClock,
  createWebhook,
  recordChanges,
  REFUSED,
  settlementOf,
  testOptions,
} from '../fixtures.ts'
import { digests, type Released } from './released.ts'

const [release] = process.argv.slice(2)
if (release === undefined) throw new Error('name the release, such as 0.1.0')

const folder = await mkdtemp(join(tmpdir(), 'dnsradar-release-'))
const file = join(folder, 'dnsradar.db')
const key = generateKey()
const clock = createTestClock()
const options = { ...testOptions(clock), keyRing: parseKeyRing(key) }
const released = await fill()
const handle = new DatabaseSync(file)
handle.exec('pragma wal_checkpoint(truncate); pragma journal_mode = delete; vacuum')
handle.close()
await writeFile(new URL(`${release}.db.gz`, import.meta.url), gzipSync(await readFile(file), { level: 9 }))
await writeFile(new URL(`${release}.json`, import.meta.url), `${JSON.stringify(released, null, 2)}\n`)
await rm(folder, { recursive: true })

async function fill(): Promise<Released> {
  await using store = await openStore(`sqlite:${file}`, options)
  const { organization } = await store.accounts.ensureDefaultOrganization(null)
  const orgId = organization.id
  const stand = { store, orgId, clock }
  const headers = [['X-Kept', 'a header of the first release']] as const
  const webhook = await createWebhook(stand, { secret: 'a secret of the first release', headers })
  const watched = await createMonitor(stand, { metadata: { customer: '42' } })
  await recordChanges(stand, watched, 2)
  const [claimed] = await store.queue.claimDue(CLAIM)
  if (claimed === undefined) throw new Error('nothing waits')
  await store.queue.settle(claimed, settlementOf(stand, claimed, REFUSED), false)
  return {
    key,
    now: clock.now(),
    organization: orgId,
    monitor: watched.monitor.id,
    webhook: webhook.id,
    migrations: await digests(),
  }
}
