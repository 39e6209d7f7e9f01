/**
 * Brings what the next command needs, and nothing when it is already there.
 *
 *   node scripts/setup.mjs server      the server's packages and Node 24: what `start` needs
 *   node scripts/setup.mjs workspace   everything: what `test` needs
 *
 * Runs on whatever Node the machine has, so it is plain JavaScript of Node 18 without a dependency.
 * The root's optionalDependencies bring Node 24 as node_modules/.bin/node.
 */
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const LOWEST_NODE = 24
const NODE = 'node_modules/.bin/node'
const STAMP = 'node_modules/.dnsradar-installed'
/** The closure of the server. */
const SERVER_PACKAGES = ['core', 'store', 'client', 'server']

const INSTALLS = {
  // `--prod` with these filters leaves out the test and lint tools, most of the download.
  server: ['install', '--prod', '--frozen-lockfile', '--filter', '.', '--filter', '@dnsradar/server...'],
  workspace: ['install', '--frozen-lockfile'],
}

process.chdir(fileURLToPath(new URL('..', import.meta.url)))
const wanted = process.argv[2]
if (!(wanted in INSTALLS)) fail(`setup takes one of: ${Object.keys(INSTALLS).join(', ')}`)
if (!isInstalled(wanted)) install(wanted)
linkNode()

/**
 * `workspace`: the stamp of the last full install names this very lockfile. `server`: its packages are there in the
 * versions asked for, whoever installed them; installing again would take away what only tests need.
 */
function isInstalled(scope) {
  if (scope === 'workspace') return existsSync(STAMP) && readFileSync(STAMP, 'utf8').trim() === lockfileHash()
  return existsSync(NODE) && SERVER_PACKAGES.every((folder) => hasDependencies(`packages/${folder}`))
}

/** Versions are exact in every manifest, so reading the installed ones is enough. */
function hasDependencies(folder) {
  const { dependencies = {} } = readManifest(folder)
  return Object.entries(dependencies).every(([name, version]) => {
    const installed = `${folder}/node_modules/${name}`
    if (!existsSync(`${installed}/package.json`)) return false
    return version.startsWith('workspace:') || readManifest(installed).version === version
  })
}

function readManifest(folder) {
  return JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))
}

function install(scope) {
  rmSync(STAMP, { force: true })
  // stdout belongs to the command that follows: pnpm's report goes to stderr.
  const run = spawnSync('pnpm', INSTALLS[scope], { stdio: ['ignore', 2, 2], shell: process.platform === 'win32' })
  if (run.error)
    fail(`cannot run pnpm (${run.error.message}); use: npx -y pnpm@12 ${process.env.npm_lifecycle_event ?? 'start'}`)
  if (run.status !== 0) fail('the installation did not finish; the lines above say why')
  if (scope === 'workspace') writeFileSync(STAMP, `${lockfileHash()}\n`)
}

function lockfileHash() {
  return createHash('sha256').update(readFileSync('pnpm-lock.yaml')).digest('hex').slice(0, 32)
}

/**
 * Leaves a Node that is new enough at NODE, the one path the scripts call (the shell may remember where it found
 * another `node` a moment ago). The registry's build needs glibc: where it does not run (Alpine), or where there is
 * none (macOS), the machine's own takes its place.
 */
function linkNode() {
  if (majorOf(NODE) >= LOWEST_NODE) return
  const own = majorOf(process.execPath)
  if (own < LOWEST_NODE) {
    fail(
      `DNSRADAR needs Node >= ${LOWEST_NODE} and this machine runs ${process.version}. Install a newer one, or use:\n  npx -y -p node@24 -p pnpm@12 -c 'pnpm start'`,
    )
  }
  rmSync(NODE, { force: true })
  symlinkSync(process.execPath, NODE)
}

function majorOf(command) {
  const run = spawnSync(command, ['--version'], { encoding: 'utf8', shell: process.platform === 'win32' })
  return run.status === 0 ? Number(/^v(\d+)/.exec(run.stdout)?.[1] ?? 0) : 0
}

function fail(message) {
  console.error(message)
  process.exit(2)
}
