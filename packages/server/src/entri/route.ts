/**
 * The row of the Entri dialect's own route table. As the native one it is data; it differs in who asks (an application),
 * in what is left aside (members that nobody knows) and in its one status, 200.
 */
import type * as z from 'zod'
import type { Deps } from '../deps.ts'
import type { HttpMethod } from '../http/route.ts'
import type { Caller } from './access.ts'

export interface AskedEntri<Q, B> {
  readonly deps: Deps
  readonly caller: Caller
  readonly params: Readonly<Record<string, string>>
  readonly query: Q
  readonly body: B
}

export interface EntriRow<Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType> {
  readonly method: HttpMethod
  /** Express form: `/monitor/domains/:domain_name`. */
  readonly path: string
  /** What generated clients call it, and people. */
  readonly id: string
  readonly summary: string
  readonly tag: EntriTag
  /** What the audit calls this write; left out by what only reads. */
  readonly writes?: string
  readonly query?: Q
  readonly body?: B
  /** Octets; 256 kB when left out. */
  readonly bodyLimit?: number
  readonly response: R
  readonly handler: (asked: AskedEntri<z.output<Q>, z.output<B>>) => Promise<z.output<R>>
}

/** In the order in which the reference shows them. */
export const ENTRI_TAGS = {
  Domains: 'Domains that are monitored.',
  Records: 'The monitored records of a domain.',
  Batch: 'Many domains in one request.',
  Service: 'Tokens, and how the service is.',
} as const

export type EntriTag = keyof typeof ENTRI_TAGS

/** What the table holds: rows whose handlers no longer show their types. */
export interface EntriRoute extends Omit<EntriRow<z.ZodType, z.ZodType, z.ZodType>, 'handler'> {
  readonly handler: (asked: AskedEntri<unknown, unknown>) => Promise<unknown>
}

export function entriRoute<
  R extends z.ZodType,
  Q extends z.ZodType = z.ZodUndefined,
  B extends z.ZodType = z.ZodUndefined,
>(row: EntriRow<Q, B, R>): EntriRoute {
  // Sound because `registerEntri` calls it with what these very schemas gave.
  return { ...row, handler: row.handler as unknown as EntriRoute['handler'] }
}
