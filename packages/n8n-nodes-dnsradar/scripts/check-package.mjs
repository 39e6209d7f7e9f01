/**
 * What `npm publish` would send, held to what n8n verifies and to what nodes need at run time. Ends the build, because
 * what is missing there is missed by nobody until somebody installs it: n8n shows a node without its codex, icon or
 * schema all the same.
 */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const home = fileURLToPath(new URL('..', import.meta.url))
/** 44 kB today: a second copy of anything would show. */
const MOST_OCTETS = 80_000

const manifest = JSON.parse(readFileSync(`${home}package.json`, 'utf8'))
const [packed] = JSON.parse(execFileSync('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], { cwd: home }))
const paths = packed.files.map(({ path }) => path)

const faults = [
  ...paths.filter((path) => !isWanted(path)).map((path) => `${path} does not belong into the package`),
  ...[...neededFiles()].filter((path) => !paths.includes(path)).map((path) => `${path} is missing`),
  ...paths.filter(importsAnother).map((path) => `${path} imports a package that is not n8n-workflow`),
  ...(packed.size > MOST_OCTETS ? [`${packed.size} octets are more than ${MOST_OCTETS}`] : []),
]
if (faults.length > 0) throw new Error(`the package is not fit to publish:\n${faults.join('\n')}`)
console.log(`${packed.filename}: ${paths.length} files, ${packed.size} octets`)

function isWanted(path) {
  if (['package.json', 'README.md', 'LICENSE'].includes(path)) return true
  return (
    /^dist\/(credentials|icons|nodes)\//.test(path) &&
    /(?<!\.test)\.js$|\.svg$|\.node\.json$|__schema__\/.*\.json$/.test(path)
  )
}

/** What the manifest names, what lies beside it, and the icons. */
function* neededFiles() {
  yield* ['README.md', 'LICENSE', 'dist/icons/dnsradar.svg', 'dist/icons/dnsradar.dark.svg']
  yield* manifest.n8n.credentials
  for (const node of manifest.n8n.nodes) yield* [node, node.replace(/\.js$/, '.json')]
  const schemas = readdirSync(`${home}nodes`, { recursive: true }).map((path) => path.replaceAll('\\', '/'))
  for (const path of schemas) if (/__schema__\/.*\.json$/.test(path)) yield `dist/nodes/${path}`
}

function importsAnother(path) {
  if (!path.endsWith('.js')) return false
  const named = readFileSync(`${home}${path}`, 'utf8').matchAll(/require\(["']([^"']+)["']\)/g)
  return [...named].some(([, name]) => !/^(\.|node:crypto$|n8n-workflow$)/.test(name))
}
