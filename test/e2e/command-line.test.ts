/** The commands beside `serve`, run as an operator runs them. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import { connect, type WireKey } from '@dnsradar/client'
import { describe, expect, test } from 'vitest'
import { runCommand } from '../harness/command-line.ts'
import { sqliteDatabase } from '../harness/databases.ts'
import { startDnsServer } from '../harness/dns-server.ts'
import { runRadar, spawnRadar, surround } from '../harness/radar.ts'

describe('check looks once, without a server', () => {
  test('exit 0 and VALID when the record is as expected', async () => {
    await using dns = await startDnsServer()
    dns.set('www.example.com', 'A', ['192.0.2.1'])
    const result = await check(dns.address, 'www.example.com', 'A', '--expect', '192.0.2.1')
    expect(result).toMatchObject({ code: 0, stderr: '' })
    expect(result.stdout).toContain('VALID')
  })

  test('exit 1, the state and the reason in any other case', async () => {
    await using dns = await startDnsServer()
    const result = await check(dns.address, 'www.example.com', 'A', '--expect', '192.0.2.1')
    expect(result.code).toBe(1)
    expect(result.stdout).toContain('NOT_FOUND')
  })

  test('--json prints the check object', async () => {
    await using dns = await startDnsServer()
    dns.set('example.com', 'MX', ['10 mx.example.com', '20 backup.example.com'])
    const result = await check(
      dns.address,
      'example.com',
      'MX',
      '--expect',
      '10 mx.example.com',
      '--flexible',
      '--json',
    )
    expect(result.code).toBe(0)
    expect(JSON.parse(result.stdout)).toMatchObject({
      state: 'VALID',
      rcode: 'NOERROR',
      values: ['10 mx.example.com', '20 backup.example.com'],
      answers: [{ server: dns.address, transport: 'udp' }],
    })
  })

  test.for([
    { why: 'an unknown type', args: ['www.example.com', 'XYZ', '--expect', 'a'] },
    { why: 'an expectation that can never match', args: ['www.example.com', 'A', '--expect', 'not an address'] },
    { why: 'nothing expected', args: ['www.example.com', 'A'] },
    { why: 'no type', args: ['www.example.com'] },
  ])('exit 2 and no look for $why', async ({ args }) => {
    await using dns = await startDnsServer()
    const result = await check(dns.address, ...args)
    expect(result).toMatchObject({ code: 2, stdout: '' })
    expect(result.stderr).not.toBe('')
    expect(dns.count()).toBe(0)
  })
})

test('a key made beside a running server works at once, within its scopes, until it is revoked', async () => {
  await using around = await surround()
  await using radar = await spawnRadar(around.settings)
  const webhook = await radar.client.createWebhook({
    url: around.receiver.url,
    headers: { Authorization: 'Bearer t0ken' },
  })

  const created = await runCommand(['keys', 'create', '--name', 'dashboard', '--scopes', 'read'], around.settings)
  expect(created.code).toBe(0)
  const { key, uuid } = JSON.parse(created.stdout) as WireKey & { key: string }
  const reader = connect({ url: radar.url, key })
  expect(await reader.me()).toMatchObject({ key: { uuid, name: 'dashboard', scopes: ['read'] } })
  expect(await reader.getWebhook(webhook.uuid)).toMatchObject({ headers: { Authorization: '***' } })
  await expect(reader.disableWebhook(webhook.uuid)).rejects.toMatchObject({ status: 403, code: 'missing_scope' })

  const listed = await runCommand(['keys', 'list'], around.settings)
  expect(listed.stdout).toContain(uuid)
  expect(listed.stdout).not.toContain(key)

  expect(await runCommand(['keys', 'revoke', uuid], around.settings)).toMatchObject({ code: 0 })
  await expect(reader.me()).rejects.toMatchObject({ status: 401, code: 'unknown_key' })
  expect(await radar.client.me()).toMatchObject({ usage: { webhooks: 1 } })
})

describe('organizations share an installation', () => {
  const organizations = (settings: Readonly<Record<string, string>>, ...args: string[]) =>
    runCommand(['organizations', ...args], settings)

  test('a new one comes with a first admin key and sees nothing of the others', async () => {
    await using around = await surround()
    await using radar = await spawnRadar(around.settings)
    const monitor = await radar.client.createMonitor({
      domain: 'example.com',
      record_type: 'A',
      expected_value: '192.0.2.1',
      is_active: false,
    })
    const created = await organizations(around.settings, 'create', '--name', 'Acme', '--plan', 'free')
    expect(created).toMatchObject({ code: 0, stderr: '' })
    const acme = JSON.parse(created.stdout) as { uuid: string; key: string }
    expect(acme).toEqual({ uuid: expect.stringMatching(/^org_/), name: 'Acme', plan: 'free', key: expect.any(String) })

    const client = connect({ url: radar.url, key: acme.key })
    expect(await client.getOrganization()).toMatchObject({ uuid: acme.uuid, plan: 'free', usage: { monitors: 0 } })
    await expect(client.getMonitor(monitor.uuid)).rejects.toMatchObject({ status: 404 })
    expect((await client.listMonitors()).data).toEqual([])
    expect((await client.listKeys()).data).toMatchObject([{ name: 'admin', scopes: ['admin'] }])
    expect((await client.listAudit()).data).toMatchObject([
      { action: 'organization.create', object: acme.uuid, key_uuid: null, changes: { name: 'Acme', plan: 'free' } },
    ])
    const ours = (await radar.client.listKeys()).data.map(({ uuid }) => uuid)
    for (const { uuid } of (await client.listKeys()).data) expect(ours).not.toContain(uuid)
    await expect(client.deleteKey(ours[0] ?? '')).rejects.toMatchObject({ status: 404 })
  })

  test('list shows all of them, set-plan counts from the next request on', async () => {
    await using around = await surround()
    await using radar = await spawnRadar(around.settings)
    const { uuid, key } = JSON.parse((await organizations(around.settings, 'create', '--name', 'Acme')).stdout)
    const client = connect({ url: radar.url, key })
    expect((await client.getOrganization()).plan).toBe('unlimited')
    const changed = await organizations(around.settings, 'set-plan', uuid, 'free')
    expect(JSON.parse(changed.stdout)).toMatchObject({ uuid, name: 'Acme', plan: 'free' })
    expect(await client.getOrganization()).toMatchObject({ plan: 'free', limits: { monitors: 50, frequency: 60 } })
    const listed = await organizations(around.settings, 'list')
    expect(JSON.parse(listed.stdout)).toMatchObject([
      { name: 'default', plan: 'unlimited' },
      { uuid, name: 'Acme', plan: 'free', created: expect.stringMatching(/Z$/) },
    ])
    expect(listed.stdout).not.toContain(key)
  })

  test('their keys are made, listed and revoked by name of the organization', async () => {
    await using around = await surround()
    const { uuid } = JSON.parse((await organizations(around.settings, 'create', '--name', 'Acme')).stdout)
    const keys = (...args: string[]) => runCommand(['keys', ...args, '--organization', uuid], around.settings)
    const made = JSON.parse((await keys('create', '--name', 'ci')).stdout) as WireKey
    const listed = async () => (JSON.parse((await keys('list')).stdout) as WireKey[]).map(({ name }) => name)
    expect(await listed()).toEqual(['admin', 'ci'])
    const other = await runCommand(['keys', 'revoke', made.uuid], around.settings)
    expect(other).toMatchObject({ code: 2, stderr: expect.stringContaining('There is no key') })
    expect(await keys('revoke', made.uuid)).toMatchObject({ code: 0 })
    expect(await listed()).toEqual(['admin'])
  })

  test('their names, and those of their keys, say nothing to a terminal', async () => {
    await using around = await surround()
    const name = 'Acme \u009b2J\u202e'
    const { uuid } = JSON.parse((await organizations(around.settings, 'create', '--name', name)).stdout)
    await runCommand(['keys', 'create', '--name', name, '--organization', uuid], around.settings)
    const listed = [
      await organizations(around.settings, 'list'),
      await runCommand(['keys', 'list', '--organization', uuid], around.settings),
    ]
    for (const { stdout } of listed) {
      expect(stdout).not.toMatch(/[\u0080-\u009f\u202e]/)
      expect((JSON.parse(stdout) as { name: string }[]).map((each) => each.name)).toContain(name)
    }
  })

  test.for([
    { why: 'no name', args: ['create'] },
    { why: 'an empty name', args: ['create', '--name', ''] },
    { why: 'an unknown plan', args: ['create', '--name', 'x', '--plan', 'gold'] },
    { why: 'an organization that is not there', args: ['set-plan', 'org_01h455vb4pex5vsknk084sn02q', 'free'] },
    { why: 'an id that is none', args: ['set-plan', 'acme', 'free'] },
  ])('exit 2 and nothing made for $why', async ({ args }) => {
    await using database = await sqliteDatabase()
    expect(await organizations(database.settings, ...args)).toMatchObject({ code: 2, stdout: '' })
    expect(JSON.parse((await organizations(database.settings, 'list')).stdout)).toEqual([])
  })
})

test('keygen prints a key ring that a server takes', async () => {
  await using database = await sqliteDatabase()
  const { code, stdout } = await runRadar(['keygen'], {})
  expect(code).toBe(0)
  await using radar = await spawnRadar({ ...database.settings, DNSRADAR_SECRET_KEY: stdout.trim() })
  expect(await radar.client.me()).toMatchObject({ server: { name: 'DNSRADAR' } })
})

test('--help names every setting, and its default where it has one', async () => {
  const { code, stdout } = await runRadar(['--help'], {})
  expect(code).toBe(0)
  for (const name of ['PORT', 'DATABASE_URL', 'DNSRADAR_RESOLVERS', 'DNSRADAR_RETRY_DELAYS'])
    expect(stdout).toContain(name)
  expect(stdout).toContain('8053')
})

test('--help loads nothing that takes long: no engine, no server, no table of settings', async () => {
  const hook =
    "import { registerHooks } from 'node:module'; const urls = [];" +
    'registerHooks({ load: (url, context, next) => (urls.push(url), next(url, context)) });' +
    "process.on('exit', () => console.error(urls.join('\\n')))"
  const main = new URL('../../packages/server/src/main.ts', import.meta.url).pathname
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    '--import',
    `data:text/javascript,${hook}`,
    main,
    '--help',
  ])
  expect(stdout).toContain('Usage: dnsradar')
  const loaded = stderr
    .trim()
    .split('\n')
    .filter((url) => url.startsWith('file:'))
  const own = loaded.filter((url) => url.includes('/packages/'))
  expect(own.length).toBeGreaterThan(10)
  for (const url of own)
    expect(url).toMatch(
      /\/server\/(src\/(main|version|cli\/|actions\/plans|config\/environment)|package\.json)|\/client\/src\/words|\/core\/src\/errors/,
    )
  for (const url of loaded.filter((one) => !own.includes(one))) expect(url).toMatch(/\/commander\//)
})

test('output that nobody reads to its end is no failure', async () => {
  const main = new URL('../../packages/server/src/main.ts', import.meta.url).pathname
  const script = `"${process.execPath}" "${main}" completion zsh | head -c 1; echo "\${PIPESTATUS[0]}"`
  const { stdout, stderr } = await promisify(execFile)('bash', ['-c', script])
  expect({ stdout, stderr }).toEqual({ stdout: '#0\n', stderr: '' })
})

function check(server: string, ...args: readonly string[]) {
  return runCommand(['check', ...args, '--resolver', server])
}
