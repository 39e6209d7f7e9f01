/**
 * What `n8n-node build` leaves to be done. The client goes in: verified packages have no dependencies, so the one
 * compiled file that imports it is replaced by a bundle of what it uses. The README's pictures go out: they were taken
 * for icons.
 */
import { readFileSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { rolldown } from 'rolldown'

const file = fileURLToPath(new URL('../dist/nodes/shared/client.js', import.meta.url))
const source = fileURLToPath(new URL('../nodes/shared/client.ts', import.meta.url))

const bundle = await rolldown({
  input: source,
  platform: 'node',
  tsconfig: false,
  external: [/^node:/, 'n8n-workflow'],
})
await bundle.write({ file, format: 'cjs', sourcemap: false })
await bundle.close()

const text = readFileSync(file, 'utf8')
if (text.includes('@dnsradar/client')) throw new Error('the client was not bundled')

rmSync(fileURLToPath(new URL('../dist/workflows', import.meta.url)), { recursive: true, force: true })
