/** Monitors, groups and webhooks as a file: planned, applied, exported, on a server that people use by hand as well. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect } from '@dnsradar/client'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runCommand, settingsFor } from '../harness/command-line.ts'
import { databasesOn, ENGINES } from '../harness/databases.ts'
import { bodySignature } from '../harness/delivered.ts'
import { type Radar, startRadar } from '../harness/radar.ts'

let folder = ''
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'dnsradar-configuration-'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const SECRET = 'a-webhook-secret'

async function file(text: string): Promise<string> {
  const path = join(folder, 'dnsradar.yaml')
  await writeFile(path, text)
  return path
}

function running(radar: Radar, ...args: readonly string[]) {
  return runCommand(args, { ...settingsFor(radar), ALERTS_SECRET: SECRET, ALERTS_TOKEN: 'Bearer t0ken' })
}

function configuration(url: string, mail = '10 mail.example.com'): string {
  return `version: 1
owner: infra
groups:
  customers: { name: Customers }
monitors:
  shop-mx:
    domain: example.com
    record_type: MX
    expected_value: ${mail}
    group: customers
  shop-www:
    domain: example.com
    subdomain: www
    record_type: A
    match: includes
    expected_value: 192.0.2.1
    frequency: 5
webhooks:
  alerts:
    url: ${url}
    secret: { env: ALERTS_SECRET }
    headers: { Authorization: { env: ALERTS_TOKEN } }
    groups: [customers]
`
}

describe.each(ENGINES)('on %s', (engine) => {
  test('a file is planned, applied and changed; applying twice changes nothing, and hand-made things stay', async () => {
    await using radar = await startRadar({ database: await databasesOn(engine)() })
    const { client, receiver, dns } = radar
    dns.set('example.com', 'MX', ['10 other.example.com'])
    const byHand = await client.createMonitor({ domain: 'hand.example', record_type: 'A', expected_value: '192.0.2.7' })
    const path = await file(configuration(receiver.url))

    const planned = await running(radar, 'plan', path)
    expect(planned).toMatchObject({ code: 1, stderr: '' })
    expect(planned.stdout).toContain('+ create monitor shop-mx (example.com MX)')
    expect((await client.summary()).total).toBe(1)
    const unasked = await running(radar, 'apply', path)
    expect(unasked.code).toBe(2)
    expect(unasked.stderr).toContain('--yes')
    expect((await client.summary()).total).toBe(1)

    expect(await running(radar, 'apply', path, '--yes')).toMatchObject({ code: 0, stderr: '' })
    expect(await running(radar, 'plan', path)).toMatchObject({ code: 0, stderr: '' })
    const again = await running(radar, 'apply', path, '--yes')
    expect(again.stdout).toContain('nothing to change')
    const broken = await receiver.next()
    expect(broken.headers).toMatchObject({
      authorization: 'Bearer t0ken',
      'x-dnsradar-signature': bodySignature(SECRET, broken.raw),
      'x-dnsradar-external-id': 'shop-mx',
    })

    const before = await client.listMonitors({ external_id: 'shop-mx' })
    await file(configuration(receiver.url, '10 other.example.com').replace(/ {2}shop-www:[^]*?frequency: 5\n/, ''))
    const changed = await running(radar, 'apply', path, '--yes')
    expect(changed.stdout).toContain('~ update monitor shop-mx (example.com MX)')
    expect(changed.stdout).toContain('- delete monitor shop-www (www.example.com A)')
    const after = await client.listMonitors({ external_id: 'shop-mx' })
    expect(after.data.map(({ uuid }) => uuid)).toEqual(before.data.map(({ uuid }) => uuid))
    const left = (await client.listMonitors()).data.map(({ uuid }) => uuid)
    expect(left).toEqual(expect.arrayContaining([byHand.uuid, after.data[0]?.uuid]))
    expect(left).toHaveLength(2)
    await rm(path)
  })

  test('an export makes the same on an empty server, and nothing on the server it is of', async () => {
    await using radar = await startRadar({ database: await databasesOn(engine)() })
    const named = `${configuration(radar.receiver.url)}    monitors: [shop-mx]\n`
    expect(await running(radar, 'apply', await file(named), '--yes')).toMatchObject({ code: 0 })
    const env = { SECRET_OF_ALERTS_SECRET: SECRET, SECRET_OF_ALERTS_AUTHORIZATION: 'Bearer t0ken' }
    const exported = await runCommand(['export', '--owner', 'infra'], settingsFor(radar))
    expect(exported.stdout).not.toContain('t0ken')
    const path = await file(exported.stdout)
    expect(await runCommand(['plan', path], { ...settingsFor(radar), ...env })).toMatchObject({ code: 0, stderr: '' })

    await using other = await startRadar({ database: await databasesOn(engine)() })
    expect(await runCommand(['apply', path, '--yes'], { ...settingsFor(other), ...env })).toMatchObject({ code: 0 })
    expect((await runCommand(['export', '--owner', 'infra'], settingsFor(other))).stdout).toBe(exported.stdout)
  })
})

test('a webhook that names new monitors is there before the first look at them', async () => {
  await using radar = await startRadar()
  const { client, receiver } = radar
  const named = `${configuration(receiver.url)}    monitors: [shop-mx]\n`
  const applied = await running(radar, 'apply', await file(named), '--yes')
  expect(applied).toMatchObject({ code: 0, stderr: '' })
  expect(applied.stdout).toContain('Applied: 4 changes made.')
  expect((await receiver.next()).headers).toMatchObject({ 'x-dnsradar-external-id': 'shop-mx' })
  const { data } = await client.listAudit({ limit: 3 })
  expect(data.map(({ action }) => action)).toEqual(['monitor.enable', 'webhook.create', 'monitor.create'])
  expect(await running(radar, 'plan', await file(named))).toMatchObject({ code: 0 })
})

test("hand-made things are exported, adopted, and from then on the file's", async () => {
  await using radar = await startRadar()
  const { client, receiver } = radar
  const monitor = await client.createMonitor({
    domain: 'hand.example',
    record_type: 'A',
    expected_value: '192.0.2.7',
    frequency: 30,
  })
  const webhook = await client.createWebhook({ url: receiver.url })
  const path = await file((await running(radar, 'export')).stdout)
  const refused = await running(radar, 'apply', path, '--yes')
  expect(refused.code).toBe(7)
  expect(refused.stderr).toContain('take it over with --adopt')
  expect(await running(radar, 'apply', path, '--adopt', '--yes')).toMatchObject({ code: 0 })
  expect(await running(radar, 'plan', path)).toMatchObject({ code: 0 })
  expect(await client.getMonitor(monitor.uuid)).toMatchObject({
    metadata: { dnsradar_owner: 'configuration' },
    frequency: 30,
  })
  await file('version: 1\n')
  expect(await running(radar, 'apply', path, '--yes')).toMatchObject({ code: 0 })
  await expect(client.getMonitor(monitor.uuid)).rejects.toMatchObject({ status: 404 })
  await expect(client.getWebhook(webhook.uuid)).rejects.toMatchObject({ status: 404 })
})

test('a fault anywhere in the file means that nothing is applied, and is told where it stands', async () => {
  await using radar = await startRadar()
  const path = await file(configuration('https://hooks.example.com/x').replace('frequency: 5', 'frequncy: 5'))
  const refused = await running(radar, 'apply', path, '--yes', '--annotations', 'github')
  expect(refused.code).toBe(2)
  expect(refused.stderr).toMatch(
    /dnsradar\.yaml:17:5: frequncy is not known here; .* Did you mean frequency\?\nOne fault: nothing was changed\./,
  )
  expect(refused.stdout).toMatch(/^::error file=.*dnsradar\.yaml,line=17,col=5::frequncy is not known here/)
  expect((await radar.client.summary()).total).toBe(0)
})

test('what only the server can refuse is met before anything is made', async () => {
  await using radar = await startRadar({ settings: { DNSRADAR_PLAN: 'free' } })
  const refused = await running(radar, 'apply', await file(configuration('https://hooks.example.com/x')), '--yes')
  expect(refused.code).toBe(5)
  expect(refused.stderr).toContain('0 of 4 changes were made')
  expect((await radar.client.listGroups()).data).toHaveLength(1)
})

test('a key that may only read can plan monitors, and is told what it does not see of webhooks', async () => {
  await using radar = await startRadar()
  const { key } = await radar.client.createKey({ name: 'ci', scopes: ['read'] })
  const reading = { DNSRADAR_URL: radar.url, DNSRADAR_TOKEN: key, ALERTS_SECRET: SECRET, ALERTS_TOKEN: 'x' }
  const path = await file('version: 1\nmonitors:\n  a: { domain: example.com, record_type: NS, match: baseline }\n')
  expect((await runCommand(['plan', path], reading)).code).toBe(1)
  expect((await runCommand(['apply', path, '--yes'], reading)).code).toBe(4)
  await file(configuration('https://hooks.example.com/x'))
  const refused = await runCommand(['plan', path], reading)
  expect(refused.code).toBe(4)
  expect(refused.stderr).toContain('scope write')
  await expect(connect({ url: radar.url, key }).me()).resolves.toMatchObject({ key: { name: 'ci' } })
})

test('--json says the changes, and an unconfirmed apply says them too and makes none', async () => {
  await using radar = await startRadar()
  const path = await file('version: 1\nmonitors:\n  a: { domain: example.com, record_type: NS, match: baseline }\n')
  const unasked = await running(radar, 'apply', path, '--json')
  expect(unasked.code).toBe(2)
  expect(JSON.parse(unasked.stdout)).toMatchObject({
    changes: [{ action: 'create', kind: 'monitor', key: 'a', about: 'example.com NS', line: 3 }],
    conflicts: [],
  })
  expect((await radar.client.summary()).total).toBe(0)
})
