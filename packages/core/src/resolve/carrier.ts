/** The seam between a resolver and the network: one query goes out, one reply comes back. */
import type { Transport } from '../dns/answer.ts'
import type { Query } from '../dns/query.ts'

/** Times are in milliseconds; `until` is on the monotonic clock. */
export interface Patience {
  /** At most this long for the query to leave, and once more for its reply to come. */
  readonly shareMs: number
  /** The end of the whole budget, whatever the share says. */
  readonly until: number
}

export type Reply =
  /** A response to this very query: id and question were compared, nothing else. */
  | { readonly kind: 'message'; readonly message: Uint8Array }
  /** Sent, and nothing came back. */
  | { readonly kind: 'silence' }
  /** Octets came back that are no response to this query, and nothing better in time. */
  | { readonly kind: 'garbled'; readonly detail: string }
  /** The server took the query and hung up. */
  | { readonly kind: 'closed'; readonly detail: string }
  /** The query never reached a server; `ours`: because it was held back on this side. */
  | { readonly kind: 'unreachable'; readonly ours: boolean; readonly detail: string }

/** Carries queries to one server over one transport. Never rejects. */
export interface Carrier extends AsyncDisposable {
  readonly transport: Transport
  /** Overwrites the query's id, and its letters' case where the transport gains from it. */
  exchange(query: Query, patience: Patience): Promise<Reply>
}

const WORDS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'the port is closed',
  EHOSTUNREACH: 'the host is unreachable',
  ENETUNREACH: 'there is no route to it',
  ENOTFOUND: 'its host name does not exist',
  EAI_AGAIN: 'its host name cannot be resolved',
  ECONNRESET: 'the connection was reset',
  EACCES: 'the system forbids it',
  EPERM: 'the system forbids it',
}

/** A system or TLS error in words, with its code. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return 'an unknown error'
  const code = 'code' in error && typeof error.code === 'string' ? error.code : null
  if (code === null) return error.message.slice(0, 200)
  return `${WORDS[code] ?? error.message.slice(0, 200)} (${code})`
}
