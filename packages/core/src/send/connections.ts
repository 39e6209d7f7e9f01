/**
 * Keep-alive connections by origin, each serving one request at a time.
 *
 * One undici client per connection instead of an undici `Agent`: an attempt then knows which connection it is on, so
 * its address and phases are its own, and giving up on an attempt closes that connection and nothing else.
 */
import type { Socket } from 'node:net'
import { setImmediate as turn } from 'node:timers/promises'
import { Client } from 'undici'
import type { Trace } from './connect.ts'

export interface Connection {
  readonly origin: string
  readonly client: Client
  /** The request being served; null while idle. */
  serving: { readonly trace: Trace; readonly signal: AbortSignal } | null
  /** Address of the receiver once connected. */
  ip: string | null
  isOpen: boolean
}

export type Dial = (origin: string, trace: Trace, signal: AbortSignal) => Promise<Socket>

export interface Connections extends AsyncDisposable {
  /**
   * An idle connection to this origin, the latest used first, else a new one that opens with its first request.
   * A connection whose end has already arrived at this machine is not taken.
   */
  take(origin: string): Promise<Connection>
  /** `reusable`: request and response are complete. Anything else closes the connection. */
  giveBack(connection: Connection, reusable: boolean): void
}

const IDLE_PER_ORIGIN = 4
const IDLE_IN_ALL = 256
/** Shorter than the 5 s after which many servers close: a request on a closing connection is a failure for nothing. */
const IDLE_MS = 4_000
/** However long a receiver offers to keep it open. */
const IDLE_MAX_MS = 60_000

export function createConnections(dial: Dial): Connections {
  /** In order of last use, oldest first. */
  const idle = new Set<Connection>()
  const all = new Set<Connection>()

  function open(origin: string): Connection {
    const lost = (): void => {
      connection.isOpen = false
      if (idle.has(connection)) close(connection)
    }
    const client = new Client(origin, {
      connect: (_options, done) => {
        const { serving } = connection
        if (serving === null) return done(new Error('a connection opens with a request only'), null)
        dial(origin, serving.trace, serving.signal).then(
          (socket) => {
            connection.ip = serving.trace.ip
            connection.isOpen = true
            // 'end' as well: undici reports a closed connection only some turns after the peer's last word.
            socket.once('end', lost).once('close', lost)
            done(null, socket)
          },
          (error: Error) => done(error, null),
        )
      },
      allowH2: false,
      pipelining: 1,
      keepAliveTimeout: IDLE_MS,
      keepAliveMaxTimeout: IDLE_MAX_MS,
      // The attempt has one deadline of its own, which covers the body as a whole and not from chunk to chunk.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
    const connection: Connection = { origin, client, serving: null, ip: null, isOpen: false }
    all.add(connection)
    return connection
  }

  function close(connection: Connection): void {
    idle.delete(connection)
    all.delete(connection)
    void connection.client.destroy()
  }

  function idleOf(origin: string): Connection[] {
    return [...idle].filter((connection) => connection.origin === origin)
  }

  return {
    async take(origin) {
      if (idleOf(origin).length > 0) await hearNews()
      const connection = idleOf(origin).at(-1)
      if (connection === undefined) return open(origin)
      idle.delete(connection)
      return connection
    },
    giveBack(connection, reusable) {
      connection.serving = null
      if (!reusable || !connection.isOpen || idleOf(connection.origin).length >= IDLE_PER_ORIGIN)
        return close(connection)
      idle.add(connection)
      const [oldest] = idle
      if (idle.size > IDLE_IN_ALL && oldest !== undefined) close(oldest)
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...all].map((connection) => connection.client.destroy()))
    },
  }
}

/** Whatever the kernel has received is dispatched: the first turn ends this round of the event loop, the second holds a poll. */
async function hearNews(): Promise<void> {
  await turn()
  await turn()
}
