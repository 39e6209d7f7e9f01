/** What documents name is there: settings, routes, commands, rooms of the house. What they say twice is the same. */
import { globSync, readdirSync, readFileSync } from 'node:fs'
import { beforeAll, expect, test } from 'vitest'
import { startRadar } from '../harness/radar.ts'
import { commandLine } from './command-line.ts'
import { DOCUMENTS, ROOT, spansIn, textOf } from './documents.ts'

/** The list that `--help` prints; a test holds it to the table of settings. */
const SETTINGS = names(readFileSync(new URL('packages/server/src/cli/settings.txt', ROOT), 'utf8'))
/** Of the tests, not of the server. */
const OF_TESTS = 'DNSRADAR_TEST_DATABASE'

/** Say where things are. */
const MAPS = ['CONTRIBUTING.md', 'docs/ARCHITECTURE.md']
const ARCHITECTURE = 'docs/ARCHITECTURE.md'
const HOUSES = ['packages/core/src', 'packages/server/src', 'packages/store/src', 'packages', 'test', 'deploy']

function names(text: string): readonly string[] {
  return text.match(/\bDNSRADAR_[A-Z_]+\b/g) ?? []
}

test.for(DOCUMENTS)('the settings of %s are settings of the server', (document) => {
  expect(SETTINGS.length).toBeGreaterThan(30)
  expect(names(textOf(document)).filter((name) => ![...SETTINGS, OF_TESTS].includes(name))).toEqual([])
})

const routes = new Set<string>()
beforeAll(async () => {
  await using radar = await startRadar()
  for (const path of ['/openapi.json', '/monitor/openapi.json']) {
    const { paths } = (await (await fetch(radar.url + path)).json()) as { readonly paths: Record<string, object> }
    for (const [route, item] of Object.entries(paths)) {
      for (const method of Object.keys(item)) routes.add(plain(`${method.toUpperCase()} ${route}`))
    }
  }
})

/** For the operator's machines, so no description has it. */
const UNDESCRIBED = 'GET /metrics'

/** Whatever a parameter is called. */
function plain(route: string): string {
  return route.replace(/\?.*/, '').replaceAll(/\{\w+\}|:\w+|…/g, '*')
}

test.for(DOCUMENTS)('the routes of %s are routes of the server', (document) => {
  const named = spansIn(document).filter((span) => /^(?:GET|POST|PUT|PATCH|DELETE) \//.test(span))
  expect(named.filter((route) => route !== UNDESCRIBED && !routes.has(plain(route)))).toEqual([])
})

const tree = commandLine(() => {})

test.for(DOCUMENTS)('the commands of %s are commands of dnsradar, with options of theirs', (document) => {
  const named = spansIn(document).filter((span) => /(?:^|pnpm(?:@12)? )dnsradar /.test(span))
  expect(named.filter((line) => !isCommand(line.replace(/.*dnsradar /, '').split(/\s+/)))).toEqual([])
})

/** Words that are not in lower case stand for something of the reader's. */
function isCommand(words: readonly string[]): boolean {
  let command = tree
  for (const word of words) {
    if (command.commands.length === 0 || !/^[a-z]/.test(word)) break
    const next = command.commands.find((one) => one.name() === word)
    if (next === undefined) return false
    command = next
  }
  const options = ['--help', ...command.options.map(({ long }) => long)]
  return words.filter((word) => word.startsWith('--')).every((option) => options.includes(option))
}

test.for(MAPS)('every path that %s names is there', (document) => {
  const paths = spansIn(document).filter((span) => /^[\w.*{},@-]+\/[\w.*{},@/-]*$/.test(span) && !span.startsWith('@'))
  expect(paths.length).toBeGreaterThan(10)
  const missing = paths.filter(
    (path) => globSync(`{.,test,deploy,packages,packages/*/src}/${path}`, { cwd: ROOT }).length === 0,
  )
  expect(missing).toEqual([])
})

test.for(HOUSES)('the page on architecture names every room of %s', (house) => {
  const rooms = readdirSync(new URL(`${house}/`, ROOT), { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name !== 'node_modules')
    .map(({ name }) => name)
  const named = spansIn(ARCHITECTURE).flatMap((span) => span.split(/[/*]/))
  expect(rooms.filter((room) => !named.includes(room))).toEqual([])
})

test('a row of the comparison in the README stands in the comparison, word for word', () => {
  const whole = textOf('docs/comparison.md').split('\n')
  const rows = textOf('README.md')
    .split('\n')
    .filter((line) => line.split('|').length > 5)
  expect(rows.length).toBeGreaterThan(8)
  expect(rows.filter((row) => !whole.includes(row))).toEqual([])
})
