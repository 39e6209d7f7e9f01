/** Commands that go on for as long as somebody looks: tail, listen and the demo. */
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type DnsDelivery, verifyBodySignature, verifyWebhook } from '@dnsradar/client'
import { STORY } from '@dnsradar/server/demo/story'
import { describe, expect, test } from 'vitest'
import { runCommand, settingsFor, startCommand } from '../harness/command-line.ts'
import { flip } from '../harness/flip.ts'
import { runRadar, spawnRadar, startRadar, surround } from '../harness/radar.ts'
import { startReceiver } from '../harness/webhook-receiver.ts'

const UNDAMPED = { settings: { DNSRADAR_CONFIRM: '0' } }

describe('tail', () => {
  test('prints what happens, as it happens, until it is interrupted', async () => {
    await using radar = await startRadar(UNDAMPED)
    await using tail = startCommand(['tail', '--types', 'event', '--json'], settingsFor(radar))
    await tail.printed(/^Watching/m)
    const [first, second] = await flip(radar, 2)
    await tail.printed(new RegExp(`${second}`))
    tail.interrupt()
    const { code, stdout } = await tail.ended
    expect(code).toBe(0)
    const messages = stdout
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line))
    expect(messages).toMatchObject([
      { type: 'event', data: { uuid: first } },
      { type: 'event', data: { uuid: second } },
    ])
  })

  test('goes on from a message that was read before, and is a line for people', async () => {
    await using radar = await startRadar(UNDAMPED)
    const [first] = await flip(radar, 3)
    const { code, stdout } = await runCommand(
      ['tail', '--types', 'event', '--after', `${first}`, '--count', '2'],
      settingsFor(radar),
    )
    expect(code).toBe(0)
    const lines = stdout.trimEnd().split('\n')
    expect(lines).toHaveLength(2)
    for (const line of lines)
      expect(line).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ {2}(VALID|MISMATCH|NOT_FOUND) +\S+ A( |$)/)
  })
})

test('tail goes on where it was when the server comes back', async () => {
  await using around = await surround(UNDAMPED)
  const first = await spawnRadar(around.settings)
  const settings = { ...around.settings, PORT: new URL(first.url).port }
  await using tail = startCommand(
    ['tail', '--types', 'event', '--json'],
    settingsFor({ url: first.url, key: around.key }),
  )
  await tail.printed(/^Watching/m)
  const before = await flip({ client: first.client, dns: around.dns }, 1)
  await tail.printed(new RegExp(`${before[0]}`))
  await first.stop('SIGTERM')
  await using second = await spawnRadar(settings)
  const after = await flip({ client: second.client, dns: around.dns }, 2)
  await tail.printed(new RegExp(`${after.at(-1)}`))
  tail.interrupt()
  const { code, stdout, stderr } = await tail.ended
  expect({ code, ids: stdout.match(/(?<="uuid":")evt_\w+/g) }).toEqual({ code: 0, ids: [...before, ...after] })
  expect(stderr).toMatch(/^waiting \d+ s for the server$/m)
})

describe('listen', () => {
  test('delivers every event to a local port, signed like the real thing, without a webhook on the server', async () => {
    await using radar = await startRadar(UNDAMPED)
    const webhook = await radar.client.createWebhook({ url: radar.receiver.url, secret: 'the real one' })
    await using local = await startReceiver()
    await using listen = startCommand(
      ['listen', '--to', local.url, '--secret', 's3cret', '--count', '2'],
      settingsFor(radar),
    )
    await listen.printed(/^Listening/m)
    await flip(radar, 2)
    expect(await listen.ended).toMatchObject({ code: 0 })
    const [got, real] = [await local.waitFor(2), await radar.receiver.waitFor(2)]
    for (const [at, request] of got.entries()) {
      expect(await verifyWebhook(request, { secret: 's3cret' })).toMatchObject({ ok: true })
      expect(await verifyBodySignature(request, 's3cret')).toBe(true)
      // Nothing but the ids of webhook and request differs from what a webhook of the server is sent.
      const [mine, theirs] = [request, real[at]].map((one) => JSON.parse(one?.body ?? '') as DnsDelivery)
      expect(mine).toEqual({ ...theirs, uuid: mine?.uuid, webhook_uuid: mine?.webhook_uuid, created: mine?.created })
      expect(Object.keys(mine ?? {})).toEqual(Object.keys(theirs ?? {}))
      expect(theirs?.webhook_uuid).toBe(webhook.uuid)
      for (const name of ['content-type', 'user-agent', 'x-dnsradar-event', 'x-dnsradar-group']) {
        expect(request.headers[name]).toBe(real[at]?.headers[name])
      }
    }
  })

  test('with a webhook, exactly what that one is sent, tests too', async () => {
    await using radar = await startRadar(UNDAMPED)
    const { uuid } = await radar.client.createWebhook({ url: radar.receiver.url })
    await using local = await startReceiver()
    await using listen = startCommand(['listen', '--to', local.url, '--webhook', uuid, '--json'], settingsFor(radar))
    await listen.printed(/^Listening/m)
    const secret = /^Signing secret (whsec_\S+)$/m.exec(listen.stderr)?.[1] ?? ''
    await radar.client.testWebhook(uuid)
    const [sent, got] = [await radar.receiver.next(), await local.next()]
    expect(got.body).toBe(sent.body)
    expect(await verifyWebhook(got, { secret })).toMatchObject({ ok: true, id: sent.headers['webhook-id'] })
    await flip(radar, 1)
    expect((await local.next()).body).toBe((await radar.receiver.next()).body)
  })

  test('r sends the last one again, q ends', async () => {
    await using radar = await startRadar(UNDAMPED)
    await using local = await startReceiver()
    local.answer(500, 1)
    await using listen = startCommand(['listen', '--to', local.url], settingsFor(radar))
    await listen.printed(/^Listening/m)
    listen.type('r')
    await listen.printed(/^Nothing was delivered yet/m)
    await flip(radar, 1)
    const first = await local.next()
    await listen.printed(/ 500 in \d+ ms$/m)
    listen.type('r')
    const again = await local.next()
    await listen.printed(/ 200 in \d+ ms \(again\)$/m)
    expect(again.body).toBe(first.body)
    expect(again.headers['webhook-id']).toBe(first.headers['webhook-id'])
    listen.type('q')
    expect(await listen.ended).toMatchObject({ code: 0 })
  })

  test('a receiver that is not there is said, and counts as no', async () => {
    await using radar = await startRadar(UNDAMPED)
    const local = await startReceiver()
    await local.close()
    await using listen = startCommand(['listen', '--to', local.url, '--count', '1'], settingsFor(radar))
    await listen.printed(/^Listening/m)
    await flip(radar, 1)
    expect(await listen.ended).toMatchObject({ code: 1, stdout: expect.stringContaining('ECONNREFUSED') })
  })

  test.for(['3000', 'ftp://127.0.0.1/', '/hook'])('%s is no address to deliver to: exit 2', async (to) => {
    expect(await runCommand(['listen', '--to', to], { DNSRADAR_TOKEN: 'sk_any' })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('http://127.0.0.1:3000/hook'),
    })
  })
})

describe('the demo', () => {
  test('tells its story to the end, without a setting of the machine, and leaves nothing behind', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'dnsradar-test-'))
    // Settings that would stop a server: the demo reads none.
    const settings = { DATABASE_URL: 'nowhere', DNSRADAR_ROLES: 'check', TMPDIR: folder }
    const ran = await runRadar(['demo', '--speed', '20'], settings)
    expect(ran).toMatchObject({ code: 0, stderr: '' })
    expect(ran.stdout).toContain('12 monitors')
    expect(ran.stdout).toContain('8 events delivered, 8 signatures verified')
    expect(ran.stdout).toMatch(/, all in order\.\n$/)
    for (const state of ['VALID', 'MISMATCH', 'NOT_FOUND', '503']) expect(ran.stdout).toContain(state)
    expect(await readdir(folder)).toEqual([])
    await rm(folder, { recursive: true })
  })

  test('stays on a terminal, so that its dashboard can be looked at, until it is interrupted', async () => {
    await using demo = startCommand(['demo', '--speed', '20'], {}, { terminal: true })
    await demo.printed(/^Look around/m)
    const dashboard = /Dashboard +(http:\S+)/.exec(demo.stdout)?.[1] ?? ''
    expect((await fetch(dashboard)).status).toBe(200)
    demo.interrupt()
    expect(await demo.ended).toMatchObject({ code: 0, stderr: '' })
    await expect(fetch(dashboard)).rejects.toThrow('fetch failed')
  })

  test('is what the recording of the document shows', async () => {
    const recording = await readFile(new URL('../../docs/images/demo.svg', import.meta.url), 'utf8')
    for (const { says } of STORY) expect(recording).toContain(says)
    expect(recording).toContain('8 events delivered, 8 signatures verified')
  })

  test('ends cleanly when it is interrupted', async () => {
    await using demo = startCommand(['demo', '--speed', '1'])
    await demo.printed(/^12 monitors/m)
    demo.interrupt()
    expect(await demo.ended).toMatchObject({ code: 0, stderr: '' })
  })
})
