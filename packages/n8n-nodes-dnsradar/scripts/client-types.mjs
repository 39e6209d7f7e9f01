/**
 * Declarations of the client for `tsc`, which would otherwise compile the client's sources into dist as its own.
 * Runs before `n8n-node build`; below node_modules, where no linter looks.
 */
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'
import { createRequire } from 'node:module'
import { fileURLToPath } from 'node:url'

const here = fileURLToPath(new URL('..', import.meta.url))
const tsc = createRequire(import.meta.url).resolve('typescript/bin/tsc')

rmSync(`${here}node_modules/.client-types`, { recursive: true, force: true })
const options = [
  '--declaration --emitDeclarationOnly --outDir node_modules/.client-types',
  '--target es2022 --lib es2024,dom,dom.iterable,dom.asynciterable --module nodenext',
  '--strict --exactOptionalPropertyTypes --allowImportingTsExtensions --skipLibCheck',
].join(' ')
execFileSync(process.execPath, [tsc, '../client/src/index.ts', ...options.split(' ')], { cwd: here, stdio: 'inherit' })
