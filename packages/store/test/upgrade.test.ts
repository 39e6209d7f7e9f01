/** A database that a release wrote opens under this version, with everything in it. */
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { openStore, parseKeyRing } from '../src/index.ts'
import { ACCEPTED, CLAIM, createTestClock, FIRST_PAGE, settlementOf, testOptions } from './fixtures.ts'
import { digests, type Released } from './released/released.ts'

const RELEASED = new URL('released/', import.meta.url)
const releases = (await readdir(RELEASED)).filter((name) => name.endsWith('.db.gz')).map((name) => name.slice(0, -6))

async function readReleased(release: string): Promise<Released> {
  return JSON.parse(await readFile(new URL(`${release}.json`, RELEASED), 'utf8')) as Released
}

test('there is a release to come from', () => {
  expect(releases).toContain('0.1.0')
})

test.for(releases)('no migration of %s was changed since', async (release) => {
  const { migrations } = await readReleased(release)
  expect(await digests()).toMatchObject(migrations)
})

test.for(releases)('what %s wrote is there, its secrets are read, and its queue goes on', async (release) => {
  const { key, now, organization: orgId, monitor, webhook } = await readReleased(release)
  const folder = await mkdtemp(join(tmpdir(), 'dnsradar-upgrade-'))
  try {
    const file = join(folder, 'dnsradar.db')
    await writeFile(file, gunzipSync(await readFile(new URL(`${release}.db.gz`, RELEASED))))
    const clock = createTestClock(now)
    await using store = await openStore(`sqlite:${file}`, { ...testOptions(clock), keyRing: parseKeyRing(key) })

    const watched = await store.monitors.get(orgId, monitor)
    expect(watched?.monitor).toMatchObject({ ownerName: 'www.example.com', metadata: { customer: '42' } })
    const { items: events } = await store.events.list(orgId, {}, FIRST_PAGE)
    expect(events).toHaveLength(2)
    expect(await store.webhooks.get(orgId, webhook)).toMatchObject({
      secret: 'a secret of the first release',
      headers: [['X-Kept', 'a header of the first release']],
      retries: 1,
      pending: 2,
    })

    clock.advance(10 * 60_000)
    const [claimed] = await store.queue.claimDue(CLAIM)
    if (claimed === undefined) throw new Error('the queue stands still')
    const settled = settlementOf({ store, orgId, clock }, claimed, ACCEPTED)
    expect(await store.queue.settle(claimed, settled, true)).toMatchObject({ kind: 'next', delivery: { sequence: 2 } })
    const [check] = await store.checks.claimDue(CLAIM)
    expect(check?.monitor.id).toBe(monitor)
  } finally {
    await rm(folder, { recursive: true })
  }
})
