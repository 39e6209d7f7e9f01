/**
 * What readers are told to type works: requests are sent to a server, and get what was asked for; lines of `dnsradar` are
 * read by the command line itself; every other line names what is there.
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { type Radar, startRadar } from '../harness/radar.ts'
import vitestConfig from '../../vitest.config.ts'
import { commandLine } from './command-line.ts'
import { readCurl } from './curl.ts'
import { DOCUMENTS, type Fence, fencesOf, ROOT_FOLDER } from './documents.ts'
import { commandsOf, MEMBER_OF_LAST_ANSWER, type ShellCommand, syntaxFaults } from './shell.ts'

/** What a reader's shell has by then, and where documents say that the server and a receiver are. */
const KEY = 'sk_…'
const ADDRESS = 'http://127.0.0.1:8053'
const RECEIVER = 'http://127.0.0.1:3000'
const SHELL = { API: ADDRESS, KEY, DATABASE_URL: 'postgres://127.0.0.1/dnsradar' }

/** Of the machine's, not ours: only that they are meant is held here. */
const OTHERS = ['date', 'npm', 'pg_dump', 'pg_restore', 'sleep']

/** Each throws, or expects, when its line does not do what it says. `curl` is tried against a server, below. */
const READERS: Readonly<Record<string, (args: readonly string[], document: string) => Promise<void> | void>> = {
  dnsradar: readsCommandLine,
  npx: readsNpx,
  pnpm: readsPnpm,
  bash: ([script = '']) => expectThere(script),
}

/** One upstream, and the first answer decides. */
const QUICK = { settings: { DNSRADAR_AUTHORITATIVE: 'off', DNSRADAR_CONFIRM: '0' } }

const PROGRAMS = ['curl', ...Object.keys(READERS), ...OTHERS]
const documents = DOCUMENTS.filter((document) => shellFences(document).length > 0)

/** The steps of a pipeline are shell, too. */
function shellFences(document: string): readonly Fence[] {
  const steps = fencesOf('yaml').map((fence) => ({
    ...fence,
    code: [...fence.code.matchAll(/^- run: (?<line>.*)$/gm)].map(({ groups }) => groups?.['line'] ?? '').join('\n'),
  }))
  return [...fencesOf('sh'), ...steps.filter(({ code }) => code !== '')].filter((fence) => fence.document === document)
}

function commands(document: string): readonly ShellCommand[] {
  return commandsOf(shellFences(document), PROGRAMS, SHELL)
}

test.for(fencesOf('sh'))('$document:$line is what bash reads', (fence) => {
  expect(syntaxFaults(fence)).toBe('')
})

test.for(documents)('the lines of %s name commands, options and scripts that are there', async (document) => {
  const lines = commands(document)
  expect(lines).not.toEqual([])
  for (const { program, args, place } of lines) {
    await expect(read(program, args, document), `${place}: ${program} ${args.join(' ')}`).resolves.toBeUndefined()
  }
})

test.for(documents.filter((document) => shellFences(document).some(({ code }) => /\bcurl /.test(code))))(
  'every request of %s gets what it asks for',
  async (document) => {
    await using radar = await startRadar(QUICK)
    await expectAnswers(document, radar)
  },
)

test('the first monitor brings the events that its guide tells of', async () => {
  await using radar = await startRadar(QUICK)
  await expectAnswers('docs/first-monitor.md', radar)
  const [sample, ...events] = (await radar.receiver.waitFor(3)).map(({ body }) => JSON.parse(body))
  expect(sample.uuid).toMatch(/^req_test_/)
  expect(events.map(({ event }) => [event.domain, event.old_state, event.new_state])).toEqual([
    ['example.com', 'UNSET', 'MISMATCH'],
    ['example.com', 'MISMATCH', 'VALID'],
  ])
})

/** Expects each to succeed. */
async function expectAnswers(document: string, radar: Radar): Promise<void> {
  const fill = reader(radar)
  for (const { args, place } of commands(document).filter(isRequest)) {
    const { method, url, headers, body } = readCurl(args.map(fill.in))
    expect(url.startsWith(radar.url), `${place}: ${url} is the address of our server`).toBe(true)
    const response = await fetch(url, { method, headers, body: body ?? null })
    const text = await response.text()
    expect(response.status, `${place}: ${method} ${url}: ${text}`).toBeLessThan(300)
    fill.learn(text)
  }
}

function isRequest({ program }: ShellCommand): boolean {
  return program === 'curl'
}

async function read(program: string, args: readonly string[], document: string): Promise<void> {
  await READERS[program]?.(args, document)
}

/** A reader puts what was printed in the place of `mon_…`. Here that is the newest monitor that an answer told of. */
function reader({ dns, receiver, url, key }: Radar) {
  dns.set('example.com', 'MX', ['10 mx.example.net'])
  dns.set('example.com', 'A', ['198.51.100.7'])
  dns.set('www.example.com', 'CNAME', ['proxy.example.net'])
  const known = new Map([['sk', key]])
  let last: Readonly<Record<string, unknown>> = {}
  return {
    in: (argument: string): string =>
      argument
        .replace(ADDRESS, url)
        .replace(RECEIVER, receiver.origin)
        .replace(/\b(?<kind>mon|wh|sk)_…/g, (word, kind: string) => known.get(kind) ?? word)
        .replace('"secret": "…"', `"secret": "${String(last['secret'])}"`)
        .replace(MEMBER_OF_LAST_ANSWER, (_, name: string) => String(last[name])),
    learn: (text: string): void => {
      last = text === '' ? {} : JSON.parse(text)
      for (const kind of ['mon', 'wh']) {
        if (String(last['uuid']).startsWith(`${kind}_`)) known.set(kind, String(last['uuid']))
      }
    },
  }
}

/** Rejects with commander's words for a command, option or choice that is not there. */
async function readsCommandLine(args: readonly string[]): Promise<void> {
  const work = vi.fn<() => void>()
  await commandLine(work).parseAsync([...args], { from: 'user' })
  expect(work).toHaveBeenCalledOnce()
}

async function readsNpx([first = '', ...rest]: readonly string[], document: string): Promise<void> {
  if (first === '-y') return await readsNpx(rest, document)
  if (first === 'vitest') return readsVitest(rest)
  expect(first).toMatch(/^pnpm@12$/)
  await readsPnpm(rest, document)
}

/** A script of the root, or of the package whose README this is. */
async function readsPnpm([script = '', ...args]: readonly string[], document: string): Promise<void> {
  if (script === '--filter') return await readsPnpm(args.slice(1), `packages/${args[0]}/README.md`)
  if (script === 'dnsradar') return await readsCommandLine(args)
  if (script === 'install') return
  const manifests = ['package.json', document.replace(/[^/]*$/, 'package.json')].filter((path) =>
    existsSync(join(ROOT_FOLDER, path)),
  )
  const scripts = manifests.map((path) => JSON.parse(readFileSync(join(ROOT_FOLDER, path), 'utf8')).scripts as object)
  expect(scripts.flatMap(Object.keys)).toContain(script === 'run' ? args[0] : script)
}

function readsVitest(args: readonly string[]): void {
  const projects = vitestConfig.test?.projects?.map((project) =>
    typeof project === 'object' && 'test' in project ? project.test?.name : undefined,
  )
  for (const [at, argument] of args.entries()) {
    if (argument === '--project') expect(projects).toContain(args[at + 1])
    if (argument.includes('/')) expectThere(argument)
  }
}

function expectThere(path: string): void {
  expect(existsSync(join(ROOT_FOLDER, path)), `${path} exists`).toBe(true)
}
