/**
 * A whole n8n, installed once into a cache folder (about 2.4 GB and several minutes), and our package in it as n8n's own
 * installer would put it there.
 */
import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** 2.41 asks for a version of a package of its own that the registry does not have. */
const N8N = '2.40.7'
const NODE_GYP = '13.1.0'
const PACKAGE = fileURLToPath(new URL('../../packages/n8n-nodes-dnsradar', import.meta.url))

/** The path of n8n's command; installs it when `cache` does not hold it. */
export function installN8n(cache: string): string {
  const command = join(cache, 'node_modules/n8n/bin/n8n')
  if (!existsSync(join(cache, 'node_modules/sqlite3/build/Release/node_sqlite3.node'))) {
    mkdirSync(cache, { recursive: true })
    const manifest = {
      private: true,
      dependencies: { n8n: N8N, 'node-gyp': NODE_GYP },
      overrides: { linkedom: '0.18.12' },
    }
    writeFileSync(join(cache, 'package.json'), JSON.stringify(manifest))
    run('npm', ['install', '--ignore-scripts', '--omit=dev', '--omit=optional', '--no-audit', '--no-fund'], cache)
    // The only native part that is needed; its C sources are in the package, the headers beside this Node.
    const headers = `--nodedir=${dirname(dirname(process.execPath))}`
    const gyp = join(cache, 'node_modules/node-gyp/bin/node-gyp.js')
    run(process.execPath, [gyp, 'rebuild', headers], join(cache, 'node_modules/sqlite3'))
  }
  return command
}

/** Builds, packs and unpacks our package where the n8n of `userFolder` looks for community packages. */
export function installNodes(userFolder: string): void {
  run('npx', ['-y', 'pnpm@12', 'run', 'build'], PACKAGE)
  const nodes = join(userFolder, '.n8n/nodes')
  const home = join(nodes, 'node_modules/n8n-nodes-dnsradar')
  mkdirSync(dirname(home), { recursive: true })
  const tarball = run('npm', ['pack', '--ignore-scripts', '--silent', '--pack-destination', nodes], PACKAGE).trim()
  run('tar', ['-xzf', tarball], nodes)
  rmSync(join(nodes, tarball))
  renameSync(join(nodes, 'package'), home)
  const manifest = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
  delete manifest.devDependencies
  delete manifest.peerDependencies
  writeFileSync(join(home, 'package.json'), JSON.stringify(manifest))
  writeFileSync(join(nodes, 'package.json'), JSON.stringify({ name: 'installed-nodes', private: true }))
}

function run(command: string, args: readonly string[], cwd: string): string {
  return execFileSync(command, args, { cwd, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
}
