/**
 * Makes `dist`: the app as one file for Node 22 and the package around it, which is what Zapier's command line pushes.
 *
 * It is a package of its own because Zapier installs what it pushes with npm, which knows no workspace, and copies all of
 * its `node_modules`: Zapier's command line, 800 packages, stays outside. What else lies in `dist` stays: `register`
 * writes there which app it is.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))

/** `into` is made if it is not there. Answers with the folder. */
export async function buildApp(into: string): Promise<string> {
  const { version, description, license, dependencies } = JSON.parse(
    await readFile(join(root, 'package.json'), 'utf8'),
  ) as Record<string, unknown>
  await mkdir(into, { recursive: true })
  await build({
    input: join(root, 'src/index.ts'),
    external: ['zapier-platform-core', /^node:/],
    platform: 'node',
    transform: { target: 'es2023' },
    logLevel: 'warn',
    output: { file: join(into, 'index.js'), format: 'esm' },
  })
  const packageJson = {
    name: 'dnsradar-zapier-app',
    version,
    private: true,
    description,
    license,
    type: 'module',
    exports: './index.js',
    engines: { node: '>=22' },
    dependencies,
    // Later ones have files that only Node's `module-sync` condition finds; Zapier's build leaves those out of the zip.
    overrides: { 'get-intrinsic': '1.3.0' },
  }
  await writeFile(join(into, 'package.json'), `${JSON.stringify(packageJson, null, 2)}\n`)
  // What is not ignored is uploaded as source.
  await writeFile(join(into, '.gitignore'), 'node_modules\nbuild\n.env\n')
  return into
}

if (import.meta.main) console.log(`Built ${await buildApp(join(root, 'dist'))}`)
