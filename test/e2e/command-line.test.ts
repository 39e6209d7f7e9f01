/** The commands beside `serve`, run as an operator runs them. */
import { connect, type WireKey } from '@dnsradar/client'
import { describe, expect, test } from 'vitest'
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

  const created = await runRadar(['keys', 'create', '--name', 'dashboard', '--scopes', 'read'], around.settings)
  expect(created.code).toBe(0)
  const { key, uuid } = JSON.parse(created.stdout) as WireKey & { key: string }
  const reader = connect({ url: radar.url, key })
  expect(await reader.me()).toMatchObject({ key: { uuid, name: 'dashboard', scopes: ['read'] } })
  expect(await reader.getWebhook(webhook.uuid)).toMatchObject({ headers: { Authorization: '***' } })
  await expect(reader.disableWebhook(webhook.uuid)).rejects.toMatchObject({ status: 403, code: 'missing_scope' })

  const listed = await runRadar(['keys', 'list'], around.settings)
  expect(listed.stdout).toContain(uuid)
  expect(listed.stdout).not.toContain(key)

  expect(await runRadar(['keys', 'revoke', uuid], around.settings)).toMatchObject({ code: 0 })
  await expect(reader.me()).rejects.toMatchObject({ status: 401, code: 'unknown_key' })
  expect(await radar.client.me()).toMatchObject({ usage: { webhooks: 1 } })
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

function check(server: string, ...args: readonly string[]) {
  return runRadar(['check', ...args, '--resolver', server], {})
}
