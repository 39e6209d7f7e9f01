/** The server that the client commands talk to. */
import { setTimeout } from 'node:timers/promises'
import { type Client, connect, fetchStream, type FetchOptions, type Open } from '@dnsradar/client'
import { CLIENT_SETTINGS } from '../config/environment.ts'
import type { Context } from './context.ts'
import { CommandFailed, EXIT, reasonOf, usage } from './failure.ts'

export interface ClientHooks {
  /** A stream is live: called after each connection. */
  readonly onOpen?: () => void
}

/**
 * A client of `DNSRADAR_URL` with the key of `DNSRADAR_TOKEN`. Throws `CommandFailed` when there is no key or the
 * address is none; so do its calls when nothing answers.
 */
export function openClient(context: Context, { onOpen }: ClientHooks = {}): Client {
  const { url, key } = clientSettings(context)
  const transport = { url, key, fetch: reaching(url) }
  try {
    return connect({
      ...transport,
      wait: patience(context),
      ...(onOpen === undefined ? {} : { open: telling(transport, onOpen) }),
    })
  } catch (error) {
    // What cannot be an address or a key.
    if (error instanceof TypeError)
      throw usage(`${CLIENT_SETTINGS.url.name} or ${CLIENT_SETTINGS.token.name}: ${error.message}.`)
    throw error
  }
}

export function clientSettings({ env }: Pick<Context, 'env'>): { readonly url: string; readonly key: string } {
  const key = env[CLIENT_SETTINGS.token.name]?.trim()
  if (!key) {
    throw new CommandFailed(
      EXIT.key,
      'DNSRADAR_TOKEN is not set: put an API key there; `dnsradar keys create --name me` makes one on the machine of the server.',
    )
  }
  return { url: env[CLIENT_SETTINGS.url.name]?.trim() || CLIENT_SETTINGS.url.fallback, key }
}

function telling(transport: FetchOptions, onOpen: () => void): Open {
  const open = fetchStream(transport)
  return async (request, signal) => {
    const opened = await open(request, signal)
    if (opened.kind === 'open') onOpen()
    return opened
  }
}

/** `fetch`, whose failures say what a person can do about them. */
function reaching(url: string): NonNullable<FetchOptions['fetch']> {
  return async (input, init) => {
    try {
      return await fetch(input, init)
    } catch (error) {
      // Somebody asked for the end: that is no failure of the server.
      if (error instanceof Error && error.name === 'AbortError') throw error
      throw new CommandFailed(
        EXIT.unreachable,
        `No server answers at ${url} (${reasonOf(error)}): start one with \`dnsradar serve\`, or say in DNSRADAR_URL where it is.`,
      )
    }
  }
}

/** Below this a wait is not worth a word. */
const WORD_MS = 2_000

/** The server asks for patience, or a stream has to be opened again. */
function patience({ output }: Context): (ms: number, signal?: AbortSignal) => Promise<void> {
  return (ms, signal) => {
    if (ms >= WORD_MS) output.err(`waiting ${Math.ceil(ms / 1000)} s for the server`)
    return setTimeout(ms, undefined, signal === undefined ? {} : { signal })
  }
}
