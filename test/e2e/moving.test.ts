/** An installation that outgrows its file moves to PostgreSQL: its users notice nothing but the pause. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { DatabaseSync } from 'node:sqlite'
import { connect } from '@dnsradar/client'
import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { runCommand } from '../harness/command-line.ts'
import { databasesOn, ENGINES, sqliteDatabase } from '../harness/databases.ts'
import { bodySignature, deliveryIn, textHeaders } from '../harness/delivered.ts'
import { flip } from '../harness/flip.ts'
import { runRadar, spawnRadar, surround } from '../harness/radar.ts'

const SECRET = 'your-webhook-secret-key'
const MAIN = new URL('../../packages/server/src/main.ts', import.meta.url).pathname

/** The arguments of a move between the databases of two settings. */
function between(source: Readonly<Record<string, string>>, target: Readonly<Record<string, string>>): string[] {
  return ['move', '--from', source['DATABASE_URL'] ?? '', '--to', target['DATABASE_URL'] ?? '']
}

describe.runIf(ENGINES.includes('postgres'))('from a file to PostgreSQL', () => {
  const newDatabase = databasesOn('postgres')

  test('keys, cursors, secrets and waiting requests go on as if nothing had happened', async () => {
    const { settings: postgres } = await newDatabase()
    await using around = await surround({ settings: { DNSRADAR_SECRET_KEY: postgres['DNSRADAR_SECRET_KEY'] ?? '' } })
    const { dns, receiver } = around
    const move = () =>
      runCommand([...between(around.settings, postgres), '--json'], { ...around.settings, ...postgres })
    await using old = await spawnRadar(around.settings)
    const webhook = await old.client.createWebhook({ url: receiver.url, secret: SECRET })
    await flip({ client: old.client, dns }, 1)
    await receiver.next()
    const { key } = await old.client.createKey({ name: 'dashboard', scopes: ['read'] })

    const early = await move()
    expect(early).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(early.stdout).tables).toMatchObject({ monitors: { rows: 1 }, events: { rows: 1, written: 1 } })

    receiver.answer(500)
    const waiting = await flip({ client: old.client, dns }, 3)
    await receiver.next()
    const page = await old.client.listEvents({ limit: 2 })
    await old.stop('SIGTERM')
    const late = await move()
    expect(JSON.parse(late.stdout).tables).toMatchObject({
      monitors: { rows: 2 },
      events: { rows: 4, written: 3 },
      attempts: { rows: 2, written: 1 },
    })

    receiver.answer(200)
    await using fresh = await spawnRadar({ ...around.settings, ...postgres })
    const rest = await connect({ url: fresh.url, key }).listEvents({ limit: 2, after: page.after ?? '' })
    expect(rest.data).toHaveLength(2)
    expect([...page.data, ...rest.data].map(({ uuid }) => uuid).slice(0, 3)).toEqual(waiting.toReversed())
    await fresh.client.retryWebhook(webhook.uuid)
    const told: string[] = []
    while (told.length < waiting.length) {
      const request = await receiver.next()
      told.push(deliveryIn(request).event.event_uuid)
      expect(request.headers).toMatchObject({ 'x-dnsradar-signature': bodySignature(SECRET, request.raw) })
      new Webhook(SECRET, { format: 'raw' }).verify(request.body, textHeaders(request))
    }
    expect(told).toEqual(waiting)

    const again = await move()
    expect(again).toMatchObject({ code: 2, stdout: '' })
    expect(again.stderr).toMatch(/is serving|was started since/)
  })

  test('is refused without the key ring of the source, naming the file that holds it', async () => {
    const { settings: postgres } = await newDatabase()
    await using database = await sqliteDatabase()
    await runCommand(['keys', 'create', '--name', 'ci'], database.settings)
    const refused = await runCommand(between(database.settings, postgres), database.settings)
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toMatch(/DNSRADAR_SECRET_KEY is not set: .*secret\.key holds/)
  })
})

test('a move that is killed leaves nothing that can be served, and the next one completes it', async () => {
  await using around = await surround({ settings: { DNSRADAR_PLAN: 'unlimited' } })
  await using target = await sqliteDatabase()
  {
    await using old = await spawnRadar(around.settings)
    const monitors = Array.from({ length: 1000 }, (_, i) => ({
      domain: `host-${i}.example`,
      record_type: 'A' as const,
      expected_value: '192.0.2.1',
      is_active: false,
    }))
    for (let bulk = 0; bulk < 10; bulk += 1) await old.client.createMonitors({ monitors })
    await old.stop('SIGTERM')
  }
  const ring = { DNSRADAR_SECRET_KEY: `test:${Buffer.alloc(32, 7).toString('base64')}` }
  const settings = { ...around.settings, ...target.settings, ...ring }
  const args = between(around.settings, target.settings)
  const child = spawn(process.execPath, [MAIN, ...args], { env: { ...process.env, ...settings }, stdio: 'ignore' })
  const ended = once(child, 'exit')
  const path = target.settings['DATABASE_URL']?.slice('sqlite:'.length) ?? ''
  await expect.poll(() => rowsOf(path), { interval: 5, timeout: 20_000 }).toBeGreaterThan(0)
  child.kill('SIGKILL')
  expect(await ended).toEqual([null, 'SIGKILL'])

  const refused = await runRadar(['serve'], { PORT: '0', ...settings })
  expect(refused).toMatchObject({ code: 2 })
  expect(refused.stderr).toMatch(/does not hold all of the installation/)
  const completed = await runCommand(args, settings)
  expect(completed).toMatchObject({ code: 0, stderr: '' })
  expect(completed.stdout).toMatch(/The target holds all \d+ rows/)
  expect(rowsOf(path)).toBe(10_000)
  await using fresh = await spawnRadar(settings)
  expect((await fresh.client.listMonitors({ limit: 1 })).data).toHaveLength(1)
})

/** Monitors in a file that another process fills; 0 before it has tables. */
function rowsOf(path: string): number {
  try {
    using handle = new DatabaseSync(path, { readOnly: true })
    return Number(handle.prepare('select count(*) as rows from monitors').get()?.['rows'])
  } catch {
    return 0
  }
}
