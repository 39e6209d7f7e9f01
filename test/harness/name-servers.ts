/**
 * NSD (authoritative) and unbound (recursive) as processes on loopback: servers that share no code with the product or
 * with the harness's own name server. They come from the system; nothing is installed here.
 */
import { type ChildProcess, spawn } from 'node:child_process'
import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { accessSync, constants } from 'node:fs'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { connect, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { TEST_CERTIFICATE, TEST_KEY } from './tls-certificate.ts'

export interface NameServer extends AsyncDisposable {
  readonly port: number
  /** As an upstream is written: `127.0.0.1:PORT`. */
  readonly address: string
  /** The port for DNS over TLS, with the certificate of `tls-certificate.ts`; 0 without. */
  readonly tlsPort: number
}

/** Distributions put servers where an ordinary user's PATH does not lead. */
const FOLDERS = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
const START_TIMEOUT_MS = 20_000
const POLL_MS = 20

/** The full path of an installed program; null when there is none. */
export function findProgram(name: string): string | null {
  return FOLDERS.map((folder) => join(folder, name)).find(isExecutable) ?? null
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** An authoritative server for `zones`: zone files by zone name. */
export function startNsd(zones: Readonly<Record<string, string>>): Promise<NameServer> {
  return startProgram('nsd', ['-d', '-c'], async (folder, { port, tlsPort }) => {
    for (const [zone, text] of Object.entries(zones)) await writeFile(join(folder, `${zone}.zone`), text)
    return `
server:
  ip-address: 127.0.0.1@${port}
  ip-address: 127.0.0.1@${tlsPort}
  server-count: 1
  username: ""
  chroot: ""
  zonesdir: "${folder}"
  database: ""
  pidfile: "${folder}/nsd.pid"
  xfrdfile: "${folder}/xfrd.state"
  zonelistfile: "${folder}/zone.list"
  xfrdir: "${folder}"
  tcp-count: 100
  # Without this the server drops what looks like an attack to it: a benchmark.
  rrl-ratelimit: 0
  tls-port: ${tlsPort}
  tls-service-key: "${folder}/key.pem"
  tls-service-pem: "${folder}/certificate.pem"
remote-control:
  control-enable: no
${Object.keys(zones)
  .map((zone) => `zone:\n  name: ${zone}\n  zonefile: ${zone}.zone\n`)
  .join('')}`
  })
}

/** A recursive server that finds `stubs` at the given addresses and knows of no other zone. */
export function startUnbound(
  stubs: Readonly<Record<string, NameServer | { readonly port: number }>>,
): Promise<NameServer> {
  return startProgram('unbound', ['-d', '-c'], async (folder, { port, tlsPort }) => {
    const entries = Object.entries(stubs).map(
      ([zone, server]) => `stub-zone:\n  name: ${zone}\n  stub-addr: 127.0.0.1@${server.port}\n  stub-no-cache: no\n`,
    )
    return `
server:
  interface: 127.0.0.1@${port}
  interface: 127.0.0.1@${tlsPort}
  tls-port: ${tlsPort}
  tls-service-key: "${folder}/key.pem"
  tls-service-pem: "${folder}/certificate.pem"
  username: ""
  chroot: ""
  directory: "${folder}"
  pidfile: ""
  use-syslog: no
  num-threads: 1
  module-config: "iterator"
  do-not-query-localhost: no
remote-control:
  control-enable: no
${entries.join('')}`
  })
}

interface Ports {
  readonly port: number
  readonly tlsPort: number
}

async function startProgram(
  name: string,
  args: readonly string[],
  configure: (folder: string, ports: Ports) => Promise<string>,
): Promise<NameServer> {
  const path = findProgram(name)
  if (path === null) throw new Error(`${name} is not installed`)
  const folder = await mkdtemp(join(tmpdir(), `dnsradar-${name}-`))
  const ports = { port: await freePort(), tlsPort: await freePort() }
  await writeFile(join(folder, 'key.pem'), TEST_KEY)
  await writeFile(join(folder, 'certificate.pem'), TEST_CERTIFICATE)
  await writeFile(join(folder, 'server.conf'), await configure(folder, ports))
  const child = spawn(path, [...args, join(folder, 'server.conf')], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'pipe'],
  })
  const stop = async (): Promise<void> => {
    await end(child)
    await rm(folder, { recursive: true })
  }
  try {
    await untilListening(child, ports.port)
  } catch (error) {
    await stop()
    throw error
  }
  return { ...ports, address: `127.0.0.1:${ports.port}`, [Symbol.asyncDispose]: stop }
}

/** SIGTERM, which both servers pass on to their own child processes. */
async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const closed = once(child, 'close')
  child.kill('SIGTERM')
  await closed
}

/** One that is free over UDP and TCP alike, as far as a look at it can tell. */
async function freePort(): Promise<number> {
  for (;;) {
    const tcp = createServer().listen(0, '127.0.0.1')
    await once(tcp, 'listening')
    const { port } = tcp.address() as { port: number }
    const udp = createSocket('udp4')
    const free = await new Promise<boolean>((done) => {
      udp.once('error', () => done(false))
      udp.bind(port, '127.0.0.1', () => done(true))
    })
    udp.close()
    await new Promise((done) => tcp.close(done))
    if (free) return port
  }
}

async function untilListening(child: ChildProcess, port: number): Promise<void> {
  let printed = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    printed += text
  })
  const deadline = Date.now() + START_TIMEOUT_MS
  while (!(await isListening(port))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`the server ended: ${printed}`)
    if (Date.now() > deadline) throw new Error(`the server did not start: ${printed}`)
    await setTimeout(POLL_MS)
  }
}

function isListening(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1')
    socket.once('connect', () => done(true))
    socket.once('error', () => done(false))
    socket.once('connect', () => socket.destroy())
  })
}
