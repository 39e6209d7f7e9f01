/** What the lockfile pins and what of it is installed: by `name@version`, without what tells apart copies of one version. */
import { existsSync, lstatSync, readdirSync, readFileSync } from 'node:fs'
import { parse } from 'yaml'

const ROOT = new URL('../../', import.meta.url)

export interface Lockfile {
  readonly catalogs: Readonly<Record<string, Readonly<Record<string, { readonly specifier: string }>>>>
  readonly importers: Readonly<Record<string, Importer>>
  readonly packages: Readonly<Record<string, Pinned>>
  readonly snapshots: Readonly<Record<string, Snapshot>>
}

type Versions = Readonly<Record<string, string>>

interface Importer {
  readonly dependencies?: Readonly<Record<string, { readonly version: string }>>
  readonly optionalDependencies?: Readonly<Record<string, { readonly version: string }>>
}

interface Pinned {
  readonly resolution: Readonly<Record<string, unknown>>
}

interface Snapshot {
  readonly dependencies?: Versions
  readonly optionalDependencies?: Versions
}

export interface Manifest {
  readonly name: string
  readonly version: string
  readonly license?: unknown
  readonly licenses?: unknown
  readonly scripts?: Versions
  readonly dependencies?: Versions
  readonly devDependencies?: Versions
  readonly optionalDependencies?: Versions
}

export function readLockfile(): Lockfile {
  return parse(readFileSync(new URL('pnpm-lock.yaml', ROOT), 'utf8')) as Lockfile
}

export function readYaml(path: string): unknown {
  return parse(readFileSync(new URL(path, ROOT), 'utf8'))
}

export function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(new URL(`${folder}/package.json`, ROOT), 'utf8')) as Manifest
}

/** Everything that these folders need to run, and what that needs. */
export function closureOf(lockfile: Lockfile, folders: readonly string[]): ReadonlySet<string> {
  const seen = new Set<string>()
  const visit = (name: string, version: string): void => {
    // An alias names the other package as a whole.
    const key = version in lockfile.snapshots ? version : `${name}@${version}`
    if (version.startsWith('link:') || seen.has(key)) return
    seen.add(key)
    const { dependencies, optionalDependencies } = lockfile.snapshots[key] ?? missing(key)
    for (const needed of Object.entries({ ...dependencies, ...optionalDependencies })) visit(...needed)
  }
  for (const folder of folders) {
    const { dependencies, optionalDependencies } = lockfile.importers[folder] ?? missing(folder)
    const needed = Object.entries({ ...dependencies, ...optionalDependencies })
    for (const [name, { version }] of needed) visit(name, version)
  }
  return new Set([...seen].map((key) => key.replace(/\(.*$/, '')))
}

function missing(what: string): never {
  throw new Error(`the lockfile has no ${what}`)
}

const STORE = new URL('node_modules/.pnpm/', ROOT)

/** The manifests in pnpm's store folder; a version is written there with or without a `v` before it. */
export function readInstalled(): ReadonlyMap<string, Manifest> {
  const manifests = new Map<string, Manifest>()
  for (const copy of readdirSync(STORE)) {
    const folder = new URL(`${copy}/node_modules/`, STORE)
    for (const name of existsSync(folder) ? packagesIn(folder) : []) {
      const path = new URL(`${name}/package.json`, folder)
      if (lstatSync(new URL(name, folder)).isSymbolicLink() || !existsSync(path)) continue
      const manifest = JSON.parse(readFileSync(path, 'utf8')) as Manifest
      manifests.set(`${name}@${manifest.version.replace(/^v/, '')}`, manifest)
    }
  }
  return manifests
}

function packagesIn(folder: URL): readonly string[] {
  return readdirSync(folder).flatMap((name) =>
    name.startsWith('@') ? readdirSync(new URL(name, folder)).map((inner) => `${name}/${inner}`) : [name],
  )
}
