/** A new key for the secrets at rest: put in front, taken over by `reseal` beside the server, the old one dropped. */
import { connect } from '@dnsradar/client'
import { generateKey } from '@dnsradar/store'
import { Webhook } from 'standardwebhooks'
import { describe, expect, test } from 'vitest'
import { runCommand } from '../harness/command-line.ts'
import { databasesOn, ENGINES, sqliteDatabase } from '../harness/databases.ts'
import { bodySignature, textHeaders } from '../harness/delivered.ts'
import { flip } from '../harness/flip.ts'
import { runRadar, spawnRadar, surround } from '../harness/radar.ts'
import type { ReceivedRequest } from '../harness/webhook-receiver.ts'

const SECRET = 'your-webhook-secret-key'
const RING = 'DNSRADAR_SECRET_KEY'

function expectSigned(request: ReceivedRequest): void {
  expect(request.headers).toMatchObject({
    'x-dnsradar-signature': bodySignature(SECRET, request.raw),
    authorization: 'Bearer of-the-receiver',
  })
  new Webhook(SECRET, { format: 'raw' }).verify(request.body, textHeaders(request))
}

describe.each(ENGINES)('on %s', (engine) => {
  const newDatabase = databasesOn(engine)

  test('a server with the new key alone signs and logs in as before, and repeats what it answered', async () => {
    const [old, fresh] = [generateKey(), generateKey()]
    await using around = await surround({ database: await newDatabase(), settings: { [RING]: old } })
    const { dns, receiver } = around
    const under = (ring: string) => ({ ...around.settings, [RING]: ring })
    const wanted = { url: receiver.url, secret: SECRET, headers: { Authorization: 'Bearer of-the-receiver' } }
    const create = (url: string) =>
      connect({ url, key: around.key }).createWebhook(wanted, { idempotencyKey: 'the-webhook' })

    await using first = await spawnRadar(under(old))
    const webhook = await create(first.url)
    await flip({ client: first.client, dns }, 1)
    expectSigned(await receiver.next())
    await first.stop('SIGTERM')

    await using second = await spawnRadar(under(`${fresh},${old}`))
    const resealed = await runCommand(['reseal', '--json'], under(`${fresh},${old}`))
    expect(resealed).toMatchObject({ code: 0, stderr: '' })
    expect(JSON.parse(resealed.stdout)).toMatchObject({ webhooks: 1, idempotency: 1 })
    await flip({ client: second.client, dns }, 1)
    expectSigned(await receiver.next())
    await second.stop('SIGTERM')

    await using third = await spawnRadar(under(fresh))
    await flip({ client: third.client, dns }, 1)
    expectSigned(await receiver.next())
    expect(await create(third.url)).toEqual(webhook)
  })
})

test('a server without a key that is in use does not start, and says which one', async () => {
  const [old, fresh] = [generateKey(), generateKey()]
  await using database = await sqliteDatabase()
  await using around = await surround({ database, settings: { [RING]: old } })
  await using radar = await spawnRadar(around.settings)
  await radar.client.createWebhook({ url: around.receiver.url })
  await radar.stop('SIGTERM')
  for (const command of ['serve', 'reseal']) {
    const refused = await runRadar([command], { ...around.settings, [RING]: fresh })
    expect(refused).toMatchObject({ code: 2, stdout: '' })
    expect(refused.stderr).toMatch(new RegExp(`sealed with key "${old.split(':')[0]}", which the key ring lacks`))
    expect(refused.stderr).not.toContain(old.split(':')[1])
  }
})

test('two that reseal at the same time do the work once', async () => {
  const [old, fresh] = [generateKey(), generateKey()]
  await using around = await surround({ settings: { [RING]: old, DNSRADAR_WEBHOOKS_PER_GROUP: '1000' } })
  await using radar = await spawnRadar(around.settings)
  await Promise.all(Array.from({ length: 20 }, () => radar.client.createWebhook({ url: around.receiver.url })))
  await radar.stop('SIGTERM')
  const settings = { ...around.settings, [RING]: `${fresh},${old}` }
  const both = await Promise.all([
    runCommand(['reseal', '--json'], settings),
    runCommand(['reseal', '--json'], settings),
  ])
  const resealed = both.map(({ stdout }) => JSON.parse(stdout).webhooks as number)
  expect(resealed.reduce((sum, rows) => sum + rows, 0)).toBe(20)
  const again = await runCommand(['reseal'], settings)
  expect(again).toMatchObject({ code: 0, stdout: expect.stringContaining('0 of webhooks') })
  await using alone = await spawnRadar({ ...around.settings, [RING]: fresh })
  expect((await alone.client.listWebhooks({ limit: 100 })).data).toHaveLength(20)
})
