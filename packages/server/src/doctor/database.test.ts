/** What the doctor makes of what it saw of a database, its clock, its processes and its keys. */
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Node, Store } from '@dnsradar/core'
import { expect, test } from 'vitest'
import { VERSION } from '../version.ts'
import { examineClock, examineLag, examineNodes, examineSchema, examineSecrets } from './database.ts'
import type { Severity } from './finding.ts'

const SCHEMA = { where: 'x.db', exists: true, schema: 12, known: 12, servedBy: null }

test.for<[why: string, seen: Partial<typeof SCHEMA>, severity: Severity, fix: RegExp | null]>([
  ['of this version', {}, 'ok', null],
  ['not there yet', { exists: false, schema: 0 }, 'warning', /dnsradar serve/],
  ['of an older version', { schema: 9 }, 'warning', /dnsradar migrate/],
  ['of a newer version', { schema: 13 }, 'fault', /backup from before the upgrade/],
])('a schema %s', ([, seen, severity, fix]) => {
  const [finding] = examineSchema({ ...SCHEMA, ...seen })
  expect(finding?.severity).toBe(severity)
  if (fix !== null) expect(finding?.fix).toMatch(fix)
})

test.for<[why: string, ahead: number, isServer: boolean, severity: Severity]>([
  ["the same as the server's", 200, true, 'ok'],
  ["behind the server's", 90_000, true, 'warning'],
  ["ahead of the server's", -90_000, true, 'warning'],
  ['after the last write to the file', -90_000, false, 'ok'],
  ['before the last write to the file', 90_000, false, 'fault'],
])('a clock %s', ([, ahead, isServer, severity]) => {
  expect(examineClock(1_000_000, 1_000_000 + ahead, isServer)[0]?.severity).toBe(severity)
})

const NOW = 10_000_000

function node(roles: readonly string[], version = VERSION): Node {
  return { id: 'nod_1', roles, version, started: 0, heartbeat: NOW - 3_000 }
}

test.for<[why: string, alive: readonly Node[], servedBy: string | null, severities: readonly Severity[], says: RegExp]>(
  [
    ['nobody', [], null, ['warning'], /No server is running/],
    ['the one that holds the file', [], 'Process 7', ['ok'], /Process 7 serves it/],
    ['one that runs everything', [node(['api', 'check', 'deliver'])], null, ['ok'], /heard of 3 s ago/],
    ['none that delivers', [node(['api', 'check'])], null, ['ok', 'fault'], /No process runs deliver/],
    ['one of another version', [node(['api', 'check', 'deliver'], '0.0.1')], null, ['warning'], /version 0\.0\.1/],
  ],
)('processes: %s', ([, alive, servedBy, severities, says]) => {
  const found = examineNodes(alive, servedBy, NOW)
  expect(found.map(({ severity }) => severity)).toEqual(severities)
  expect(found.map(({ message }) => message).join()).toMatch(says)
})

function waiting(due: number | null, oldest: number | null): Pick<Store, 'checks' | 'backlog' | 'clock'> {
  return {
    clock: { now: () => NOW },
    checks: { nextDue: async () => due },
    backlog: { measure: async () => ({ deliveries: 3, oldest, retryingWebhooks: 1 }) },
  } as unknown as Pick<Store, 'checks' | 'backlog' | 'clock'>
}

test.for<[why: string, due: number | null, oldest: number | null, isServed: boolean, severities: readonly Severity[]]>([
  ['nothing waits', null, null, true, ['ok', 'ok']],
  ['everything is on time', NOW + 5_000, NOW - 1_000, true, ['ok', 'ok']],
  ['looks are late although a server runs', NOW - 600_000, null, true, ['fault', 'ok']],
  ['looks are late because none runs', NOW - 600_000, null, false, ['warning', 'ok']],
  ['deliveries wait', null, NOW - 600_000, true, ['ok', 'warning']],
])('lag: %s', async ([, due, oldest, isServed, severities]) => {
  const found = await examineLag(waiting(due, oldest), isServed)
  expect(found.map(({ severity }) => severity)).toEqual(severities)
})

test('a key file that others can read is a fault, with the command that closes it', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'dnsradar-doctor-'))
  try {
    const path = join(folder, 'secret.key')
    expect(examineSecrets(folder, false)[0]?.severity).toBe('warning')
    await writeFile(path, 'x', { mode: 0o600 })
    expect(examineSecrets(folder, false)[0]?.severity).toBe('ok')
    await chmod(path, 0o644)
    expect(examineSecrets(folder, false)[0]).toMatchObject({ severity: 'fault', fix: `chmod 600 ${path}` })
    expect(examineSecrets(folder, true)[0]?.severity).toBe('ok')
  } finally {
    await rm(folder, { recursive: true })
  }
})
