/** A test of the kill test: each of these queues is wrong in one way, and it must say so, by the rule that names it. */
import { describe, expect, test } from 'vitest'
import { ENGINES, type Engine } from '../harness/databases.ts'
import { chaosDatabasesOn } from './databases.ts'
import { violations } from './judge.ts'
import type { Mutant } from './protocol.ts'
import { runChaos } from './run.ts'
import { lateOutcome } from './stale-lease.ts'

interface Case {
  readonly mutant: Mutant
  readonly seed: number
  readonly rule: RegExp
}

/** SQLite keeps its leases in memory, so that one which never ends shows on PostgreSQL only. */
const CASES: Readonly<Record<Engine, readonly Case[]>> = {
  sqlite: [
    { mutant: 'settles-before-sending', seed: 1, rule: /^delivered means accepted/m },
    { mutant: 'sends-any-pending', seed: 1, rule: /^nothing overtakes/m },
  ],
  postgres: [{ mutant: 'leases-for-ever', seed: 1, rule: /^every queue comes to rest/m }],
}
/** Much longer than a lease. */
const CALM_MS = 3_000

describe.each(ENGINES)('on %s', (engine) => {
  const newDatabase = chaosDatabasesOn(engine)

  test.each(CASES[engine])('a queue that $mutant is found out', async ({ mutant, seed, rule }) => {
    await using database = await newDatabase()
    const evidence = await runChaos(database, { seed, durationMs: 1_200, calmMs: CALM_MS, mutant })
    expect(violations(evidence).join('\n')).toMatch(rule)
  })
  test('a queue that takes-any-lease is found out', async () => {
    await using database = await newDatabase()
    const { before, after } = await lateOutcome(database, 'takes-any-lease')
    expect(after).not.toEqual(before)
  })
})
