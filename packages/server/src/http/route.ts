/**
 * The route table's row: what a route takes, who may call it, what it answers.
 *
 * A row is data; `register.ts` gives each kind of row the same chain every time.
 */
import type { Scope } from '@dnsradar/core'
import * as z from 'zod'
import type { Deps } from '../deps.ts'
import type { Send } from '../stream/streams.ts'
import type { Wrote } from './audited.ts'
import { BODY_LIMIT } from './body.ts'
import type { Account } from './context.ts'
import type { OtherSuccess } from './other-success.ts'

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'
/** What requests are counted by. `open` routes are not. */
export type RateClass = 'read' | 'write' | 'create' | 'open'
/** `none`: no API key is asked for. */
export type Auth = Scope | 'none'

export interface Asked<A extends Auth, Q, B> {
  readonly deps: Deps
  readonly account: A extends 'none' ? null : Account
  /** The path's parameters, decoded. */
  readonly params: Readonly<Record<string, string>>
  readonly query: Q
  readonly body: B
}

export interface RouteRow<
  A extends Auth,
  Q extends z.ZodType,
  B extends z.ZodType,
  R extends z.ZodType,
  O extends z.ZodType,
> {
  readonly method: HttpMethod
  /** Express form: `/monitors/:id`. */
  readonly path: string
  readonly auth: A
  readonly rateClass: RateClass
  /** What the audit calls this write: `monitor.create`. Left out by what writes nothing. */
  readonly writes?: string
  /** The handler waits for others (the DNS, say), so it cannot run inside a transaction. */
  readonly alone?: true | ((query: Readonly<Record<string, unknown>>) => boolean)
  /** Asked so, the handler takes back what it writes, and needs no transaction around it. */
  readonly rehearses?: (query: Readonly<Record<string, unknown>>) => boolean
  /** Refuses before anything else of the request is looked at, outside the transaction of the rows. */
  readonly before?: (asked: Pick<Asked<A, Q, B>, 'deps' | 'account' | 'params'>) => Promise<void>
  /** Without one, a query is refused. */
  readonly query?: Q
  /** Without one, a body is refused unless it is an empty object. */
  readonly body?: B
  /** Octets; 256 kB when left out. */
  readonly bodyLimit?: number
  readonly status: 200 | 201 | 202 | 204
  readonly response: R
  /** Another success, which the handler answers with `otherSuccess`. */
  readonly other?: { readonly status: 200; readonly response: O }
  readonly handler: (
    asked: Asked<A, z.output<Q>, z.output<B>>,
  ) => Promise<z.output<R> | OtherSuccess<z.output<O>> | (undefined extends z.output<R> ? Wrote : never)>
}

export interface Success {
  readonly status: number
  readonly response: z.ZodType
}

/** A route that answers with events for as long as its caller listens. */
export interface StreamRow<Q extends z.ZodType, R extends z.ZodType> {
  readonly path: string
  readonly auth: Scope
  readonly query: Q
  /** What the data of a message is. */
  readonly response: R
  /** Refuses by throwing; what it gives then sends. */
  readonly open: (asked: AskedStream<z.output<Q>>) => Promise<Send>
}

export interface AskedStream<Q> extends Pick<Asked<Scope, Q, undefined>, 'deps' | 'account' | 'query'> {
  /** `Last-Event-ID`: what the caller saw last. */
  readonly lastEventId: string | null
  /** Rejects with a refusal once the caller's key is no longer good. */
  readonly isStillGood: () => Promise<unknown>
}

/** What the table holds: rows whose handlers no longer show their types. */
export type Route = ExchangeRoute | StreamRoute

interface AnyRoute {
  readonly method: HttpMethod
  readonly path: string
  readonly auth: Auth
  readonly rateClass: RateClass
  readonly writes: string | null
  readonly query: z.ZodType
  readonly body: z.ZodType | null
  readonly status: number
  readonly response: z.ZodType
  readonly other: Success | null
}

export interface StreamRoute extends AnyRoute {
  readonly kind: 'stream'
  readonly method: 'GET'
  readonly auth: Scope
  readonly open: (asked: AskedStream<unknown>) => Promise<Send>
}

/** One request, one answer. */
export interface ExchangeRoute extends AnyRoute {
  readonly kind: 'exchange'
  /** Told from the query as it was sent. */
  readonly alone: (query: Readonly<Record<string, unknown>>) => boolean
  readonly rehearses: (query: Readonly<Record<string, unknown>>) => boolean
  readonly before: ((asked: Pick<Asked<Auth, unknown, unknown>, 'deps' | 'account' | 'params'>) => Promise<void>) | null
  readonly bodyLimit: number
  readonly handler: (asked: Asked<Auth, unknown, unknown>) => Promise<unknown>
}

/** What a query or a body holds where none is taken. */
export const nothing = z.strictObject({})

export function route<
  A extends Auth,
  R extends z.ZodType,
  Q extends z.ZodType = typeof nothing,
  B extends z.ZodType = z.ZodUndefined,
  O extends z.ZodType = z.ZodNever,
>(row: RouteRow<A, Q, B, R, O>): ExchangeRoute {
  return {
    ...row,
    kind: 'exchange',
    writes: row.writes ?? null,
    alone: typeof row.alone === 'function' ? row.alone : () => row.alone === true,
    rehearses: row.rehearses ?? (() => false),
    bodyLimit: row.bodyLimit ?? BODY_LIMIT,
    other: row.other ?? null,
    query: row.query ?? nothing,
    body: row.body ?? null,
    // Sound because `register` calls both with an account where the row asks for one, and with what these very schemas gave.
    before: (row.before ?? null) as unknown as ExchangeRoute['before'],
    handler: row.handler as unknown as ExchangeRoute['handler'],
  }
}

/** Opening one is a read; what follows is not counted. */
export function streamRoute<Q extends z.ZodType, R extends z.ZodType>(row: StreamRow<Q, R>): StreamRoute {
  return {
    ...row,
    kind: 'stream',
    method: 'GET',
    rateClass: 'read',
    writes: null,
    body: null,
    status: 200,
    other: null,
    // Sound because it is called with what this very schema gave.
    open: row.open as unknown as StreamRoute['open'],
  }
}

/** What a row may answer when all goes well, its usual success first. */
export function successesOf({ status, response, other }: Route): readonly Success[] {
  return [{ status, response }, ...(other === null ? [] : [other])]
}
