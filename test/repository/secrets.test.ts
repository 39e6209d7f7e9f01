/** No secret is in the repository, and the search for them finds one of each kind. */
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { SECRET_KINDS, secretsIn } from './secrets.ts'

const ROOT = new URL('../../', import.meta.url)

interface Known {
  readonly file: string
  readonly kind: string
  readonly reason: string
}

const PLACEHOLDER = 'says what a url looks like'
const NEVER_ANSWERED = 'a server that is not there, to see that its password is not told'

/** What looks like a secret and opens nothing. */
const KNOWN: readonly Known[] = [
  { file: 'test/harness/tls-certificate.ts', kind: 'private key', reason: 'of 127.0.0.1, in tests' },
  { file: 'packages/core/src/delivery/sign.test.ts', kind: 'webhook secret', reason: 'published test vectors' },
  { file: 'packages/store/test/released/0.1.0.json', kind: 'key ring', reason: 'of a database that a test wrote' },
  {
    file: 'packages/server/src/openapi/examples.json',
    kind: 'webhook secret',
    reason: 'of servers that tests started',
  },
  { file: 'deploy/kubernetes/dnsradar.yaml', kind: 'password of a database', reason: PLACEHOLDER },
  { file: 'docs/operations.md', kind: 'password of a database', reason: PLACEHOLDER },
  { file: 'packages/server/src/config/values.ts', kind: 'password of a database', reason: PLACEHOLDER },
  { file: 'packages/store/src/open.ts', kind: 'password of a database', reason: PLACEHOLDER },
  { file: 'packages/store/src/move/open.ts', kind: 'password of a database', reason: PLACEHOLDER },
  { file: 'packages/store/src/postgres/server.ts', kind: 'password of a database', reason: PLACEHOLDER },
  { file: 'packages/server/src/config.test.ts', kind: 'password of a database', reason: PLACEHOLDER },
  { file: 'packages/server/src/cli/serve.test.ts', kind: 'password of a database', reason: NEVER_ANSWERED },
  { file: 'packages/store/src/postgres/server.test.ts', kind: 'password of a database', reason: NEVER_ANSWERED },
  { file: 'packages/store/test/postgres.test.ts', kind: 'password of a database', reason: NEVER_ANSWERED },
  { file: 'test/e2e/backup.test.ts', kind: 'password of a database', reason: NEVER_ANSWERED },
  { file: 'test/e2e/doctor.test.ts', kind: 'password of a database', reason: NEVER_ANSWERED },
]

/** What is committed, or would be next. */
function filesOfTheRepository(): readonly string[] {
  const asked = ['ls-files', '-z', '--cached', '--others', '--exclude-standard']
  const listed = execFileSync('git', asked, { cwd: fileURLToPath(ROOT), encoding: 'utf8', maxBuffer: 2 ** 26 })
  return [...new Set(listed.split('\0'))].filter((path) => path !== '' && existsSync(new URL(path, ROOT)))
}

const found = filesOfTheRepository().flatMap((file) =>
  secretsIn(readFileSync(new URL(file, ROOT), 'latin1')).map((one) => ({ file, ...one })),
)
const isKnown = (file: string, kind: string): boolean => KNOWN.some((one) => one.file === file && one.kind === kind)

test('every file of the repository is free of secrets', () => {
  expect(filesOfTheRepository().length).toBeGreaterThan(500)
  expect(found.filter(({ file, kind }) => !isKnown(file, kind))).toEqual([])
})

test.for(KNOWN)('what is known stays no longer than it is there: $kind in $file', ({ file, kind }) => {
  expect(found.filter((one) => one.file === file && one.kind === kind)).not.toEqual([])
})

test.for(SECRET_KINDS)('the search finds a $name wherever it stands', ({ name, example }) => {
  const secret = example.join('')
  for (const text of [secret, `const x = '${secret}'`, `KEY=${secret}\n`, `{"key":"${secret}"}`]) {
    expect(secretsIn(text).map(({ kind }) => kind)).toContain(name)
  }
})

test.for([
  `sk_${'ExampleKey'.repeat(4)}`,
  `sk_${'x'.repeat(40)}`,
  `AKIA${'A'.repeat(16)}`,
  `whsec_${'a'.repeat(32)}`,
  'postgres://localhost/radar',
  `hooks.slack.com/services/T00000000/B00000000/${'X'.repeat(24)}`,
  'sk_test',
])('the search leaves alone what opens nothing by its looks: %s', (text) => {
  expect(secretsIn(text)).toEqual([])
})

test('a report shows no more of a secret than where it begins', () => {
  for (const { example } of SECRET_KINDS) {
    for (const { start } of secretsIn(example.join(''))) expect(start.length).toBeLessThanOrEqual(24)
  }
})
