/**
 * Hints by LISTEN and NOTIFY.
 *
 * They are given after the commit and not inside it: commits that notify take turns on one lock of the whole server. A
 * listener needs a connection of its own; when that breaks another one is opened, and until then everybody polls.
 */
import { Client } from 'pg'
import { type Clock, HINTS, type Hint, type Hints, type Log } from '@dnsradar/core'
import { paced } from '../paced.ts'
import type { Statements } from './database.ts'

export interface PostgresHints extends Hints, AsyncDisposable {
  /** Both hints at once, given when this resolves. */
  giveAll(): Promise<void>
}

const CHANNEL = 'dnsradar'
const NOTIFY = 'select pg_notify($1, $2)'
/** As often as a process gives hints and hears them: with many busy processes most hints tell nothing new. */
const REST_MS = 100
/** `keepAlive` finds out about a server that is gone without a word. */
const CONNECTION = { application_name: 'dnsradar', keepAlive: true, connectionTimeoutMillis: 5_000 } as const
/** Before a broken connection is replaced. */
const RECONNECT_MS = 1_000

export interface HintsDeps {
  readonly url: string
  readonly statements: Statements
  readonly clock: Clock
  readonly log: Log
  /** Tells this process's own hints from others'. */
  readonly self: string
}

export function postgresHints({ url, statements, clock, log, self }: HintsDeps): PostgresHints {
  const closing = new AbortController()
  const { signal } = closing
  let listening: Promise<void> = Promise.resolve()

  async function notify(hints: Iterable<Hint>): Promise<void> {
    await statements.run(NOTIFY, [CHANNEL, [self, ...hints].join(' ')])
  }

  const give = paced<Hint>(clock, { restMs: REST_MS, signal }, (hints) => {
    notify(hints).catch((error: unknown) => log.debug({ err: error }, 'a hint could not be given; the others poll'))
  })

  async function keepListening(hear: (hint: Hint) => void): Promise<void> {
    let isTold = false
    const onHearing = (): void => {
      isTold = false
      // What was given while nobody listened was not heard.
      for (const hint of HINTS) hear(hint)
    }
    while (!signal.aborted) {
      const why = await listenOnce(hear, onHearing).catch((error: Error) => error.message)
      if (signal.aborted) return
      // Once: a server that is away for an hour is not there every second.
      if (!isTold) log.warn({ error: why }, 'hints of other processes are not heard; polling until they are')
      isTold = true
      await clock.wait(RECONNECT_MS, signal)
    }
  }

  /** Listens until the connection ends, and says why it did. */
  async function listenOnce(hear: (hint: Hint) => void, onHearing: () => void): Promise<string> {
    const client = new Client({ ...CONNECTION, connectionString: url })
    const { promise: ended, resolve: end } = Promise.withResolvers<string>()
    const stop = (): void => end('closing')
    client.on('error', (error) => end(error.message))
    client.on('end', () => end('the connection ended'))
    signal.addEventListener('abort', stop)
    try {
      client.on('notification', ({ payload = '' }) => {
        const [giver, ...hints] = payload.split(' ')
        if (giver !== self) for (const hint of HINTS) if (hints.includes(hint)) hear(hint)
      })
      await Promise.race([client.connect(), ended.then((why) => Promise.reject(new Error(why)))])
      await client.query(`listen ${CHANNEL}`)
      onHearing()
      return await ended
    } finally {
      signal.removeEventListener('abort', stop)
      await client.end().catch(() => {})
    }
  }

  return {
    give,
    giveAll: () => notify(HINTS),
    listen(hear) {
      const heard = paced<Hint>(clock, { restMs: REST_MS, signal }, (hints) => hints.forEach(hear))
      listening = keepListening(heard)
    },
    async [Symbol.asyncDispose]() {
      closing.abort()
      await listening
    },
  }
}
