/** The doctor: what is in order, what is not, and what to do about it. */
import { describe, expect, test } from 'vitest'
import { runCommand } from '../harness/command-line.ts'
import { databasesOn, ENGINES, sqliteDatabase } from '../harness/databases.ts'
import { startDnsServer } from '../harness/dns-server.ts'
import { freePort } from '../harness/free-port.ts'
import { spawnRadar, surround } from '../harness/radar.ts'

interface Finding {
  readonly area: string
  readonly severity: 'ok' | 'warning' | 'fault'
  readonly message: string
  readonly fix: string | null
}

async function findingsOf(settings: Readonly<Record<string, string>>) {
  const { code, stdout } = await runCommand(['doctor', '--json'], settings)
  const findings = JSON.parse(stdout) as readonly Finding[]
  return { code, findings, faults: findings.filter(({ severity }) => severity === 'fault') }
}

describe.each(ENGINES)('on %s', (engine) => {
  test('an installation that is well: every area is looked at, nothing is at fault, and nothing is sent', async () => {
    await using around = await surround({ database: await databasesOn(engine)() })
    await using second = await startDnsServer()
    const settings = { ...around.settings, DNSRADAR_RESOLVERS: `${around.dns.address},${second.address}` }
    await using radar = await spawnRadar(settings)
    await radar.client.createWebhook({ url: around.receiver.url })
    const { code, findings, faults } = await findingsOf(settings)
    expect(faults).toEqual([])
    expect(code).toBe(0)
    const areas = new Set(findings.map(({ area }) => area))
    expect([...areas].toSorted()).toEqual(['clock', 'database', 'egress', 'lag', 'nodes', 'resolvers', 'secrets'])
    const messages = findings.map(({ message }) => message).join('\n')
    expect(messages).toMatch(/over UDP answers in \d+ ms/)
    expect(messages).toMatch(/over TCP answers in \d+ ms/)
    expect(messages).toContain('All upstreams say the same of com NS.')
    expect(messages).toMatch(engine === 'sqlite' ? /Process \d+ serves it/ : /nod_\w+ runs api, check, deliver/)
    expect(messages).toMatch(/takes connections after \d+ ms/)
    expect(around.receiver.requests).toHaveLength(0)
  })
})

test('before the first start it says so, and makes no database', async () => {
  await using around = await surround({ database: await sqliteDatabase() })
  const { code, findings } = await findingsOf(around.settings)
  expect(code).toBe(0)
  expect(findings).toContainEqual(
    expect.objectContaining({ area: 'database', severity: 'warning', fix: expect.stringContaining('dnsradar serve') }),
  )
  const again = await findingsOf(around.settings)
  expect(again.findings.map(({ area }) => area)).not.toContain('nodes')
})

test('an upstream that does not answer, and two that disagree', async () => {
  await using around = await surround()
  await using other = await startDnsServer()
  around.dns.set('com', 'NS', ['a.example.net'])
  other.set('com', 'NS', ['b.example.net'])
  const port = await freePort()
  const resolvers = `${around.dns.address},${other.address},127.0.0.1:${port}`
  const { code, findings, faults } = await findingsOf({ ...around.settings, DNSRADAR_RESOLVERS: resolvers })
  expect(code).toBe(1)
  expect(faults.map(({ area }) => area)).toEqual(['resolvers', 'resolvers'])
  expect(faults[0]?.message).toContain(`127.0.0.1:${port} over UDP cannot be reached`)
  expect(faults[1]?.fix).toContain('TCP')
  expect(findings).toContainEqual(
    expect.objectContaining({ severity: 'warning', message: 'The upstreams disagree about com NS.' }),
  )
})

test('a key ring that opens nothing here, and a target that nobody answers at', async () => {
  await using around = await surround()
  await using radar = await spawnRadar(around.settings)
  await radar.client.createWebhook({ url: 'http://127.0.0.1:9999/hook' })
  const { findings } = await findingsOf(around.settings)
  expect(findings).toContainEqual(
    expect.objectContaining({
      area: 'egress',
      severity: 'warning',
      message: expect.stringContaining('takes no connection: ECONNREFUSED'),
    }),
  )
  const wrong = { DNSRADAR_SECRET_KEY: `other:${Buffer.alloc(32, 9).toString('base64')}` }
  const { code, faults } = await findingsOf({ ...around.settings, ...wrong })
  expect(code).toBe(1)
  expect(faults).toEqual([
    expect.objectContaining({
      area: 'database',
      message: expect.stringContaining('does not open the secrets'),
      fix: expect.stringContaining('DNSRADAR_SECRET_KEY'),
    }),
  ])
})

test('a database server that is not there is a fault, and the rest is still told', async () => {
  await using around = await surround()
  const settings = {
    ...around.settings,
    DATABASE_URL: 'postgres://nobody:hidden@127.0.0.1:9/none',
    DNSRADAR_SECRET_KEY: `k:${Buffer.alloc(32, 9).toString('base64')}`,
  }
  const { code, stdout } = await runCommand(['doctor'], settings)
  expect(code).toBe(1)
  expect(stdout).toMatch(/ok +resolvers/)
  expect(stdout).toMatch(/FAULT +database +PostgreSQL at 127\.0\.0\.1:9\/none cannot be used/)
  expect(stdout).not.toContain('hidden')
})
