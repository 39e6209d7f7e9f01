/** Fences hold what their language allows, and what the packages offer. Those for a shell are run in `shell.test.ts`. */
import { execFile } from 'node:child_process'
import { mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { parseAllDocuments } from 'yaml'
import { startRadar } from '../harness/radar.ts'
import { FENCES, fencesOf, ROOT_FOLDER } from './documents.ts'

/** Who holds a language to the truth: a test of this folder, or the document that another test reads, and that test. */
const LANGUAGES: Readonly<Record<string, 'here' | { readonly document: string; readonly test: string }>> = {
  // Diagrams: nothing but words and arrows.
  text: 'here',
  sh: 'here',
  json: 'here',
  yaml: 'here',
  js: 'here',
  ts: 'here',
  csv: { document: 'docs/import.md', test: 'packages/server/src/import/csv.test.ts' },
  python: { document: 'docs/webhooks.md', test: 'test/e2e/verification-samples.test.ts' },
  php: { document: 'docs/webhooks.md', test: 'test/e2e/verification-samples.test.ts' },
  ruby: { document: 'docs/webhooks.md', test: 'test/e2e/verification-samples.test.ts' },
  go: { document: 'docs/webhooks.md', test: 'test/e2e/verification-samples.test.ts' },
}

/** What a snippet takes as given, because its sentence says what it is. */
const GIVEN = `
declare const signingSecret: string
declare const secret: string
declare const rawBody: string
declare const headers: Record<string, string>
declare const body: { readonly id: string }
`

test('every fence names a language that a test holds, in a document that the test reads', () => {
  const loose = FENCES.filter(({ document, language }) => {
    const held = LANGUAGES[language]
    return held === undefined || (held !== 'here' && held.document !== document)
  })
  expect(loose.map(({ document, line, language }) => `${document}:${line} ${language}`)).toEqual([])
  expect(FENCES.length).toBeGreaterThan(40)
})

test('a document has one fence of a language that is tried elsewhere, because that test reads the first', () => {
  const elsewhere = Object.keys(LANGUAGES).filter((language) => LANGUAGES[language] !== 'here')
  expect(fencesOf(...elsewhere).map(({ language }) => language)).toEqual([...new Set(elsewhere)])
})

test.for(fencesOf('json'))('$document:$line is JSON', ({ code }) => {
  expect(JSON.parse(code)).toBeTypeOf('object')
})

test.for(fencesOf('yaml'))('$document:$line is YAML', ({ code }) => {
  const faults = parseAllDocuments(code).flatMap(({ errors, warnings }) => [...errors, ...warnings])
  expect(faults.map(({ message }) => message)).toEqual([])
})

test('the body that receivers are shown has the members of one that is sent', async () => {
  await using radar = await startRadar()
  const { uuid } = await radar.client.createWebhook({ url: radar.receiver.url })
  await radar.client.testWebhook(uuid)
  const sent = JSON.parse((await radar.receiver.next()).body)
  const shown = JSON.parse(fencesOf('json').find(({ document }) => document === 'docs/webhooks.md')?.code ?? '')
  expect([Object.keys(shown), Object.keys(shown.event)]).toEqual([Object.keys(sent), Object.keys(sent.event)])
})

test('snippets have the types of the packages that they import', async () => {
  const snippets = fencesOf('js', 'ts')
  expect(snippets.length).toBeGreaterThan(3)
  const folder = await mkdtemp(join(tmpdir(), 'dnsradar-snippets-'))
  try {
    for (const { document, line, language, code } of snippets) {
      await writeFile(join(folder, `${document.replaceAll('/', '-')}-${line}.${language}`), code)
    }
    await writeFile(join(folder, 'given.d.ts'), GIVEN)
    await writeFile(join(folder, 'package.json'), '{ "type": "module" }')
    await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig()))
    await symlink(join(ROOT_FOLDER, 'test/node_modules'), join(folder, 'node_modules'))
    expect(await typeFaults(folder)).toBe('')
  } finally {
    await rm(folder, { recursive: true })
  }
})

/** That of the repository, but that a snippet in JavaScript says nothing of its parameters. */
function tsconfig(): object {
  return {
    extends: join(ROOT_FOLDER, 'tsconfig.json'),
    compilerOptions: {
      allowJs: true,
      checkJs: true,
      noImplicitAny: false,
      noUnusedLocals: false,
      moduleDetection: 'force',
      typeRoots: [join(ROOT_FOLDER, 'node_modules/@types')],
    },
    include: ['*'],
    exclude: ['node_modules'],
  }
}

function typeFaults(folder: string): Promise<string> {
  const compiler = join(ROOT_FOLDER, 'node_modules/typescript/bin/tsc')
  return new Promise((resolve) => {
    execFile(process.execPath, [compiler, '-p', folder], { cwd: folder }, (error, said) =>
      resolve(error === null ? '' : said || error.message),
    )
  })
}
