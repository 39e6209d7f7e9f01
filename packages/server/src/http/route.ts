/**
 * The route table's row: what a route takes, who may call it, what it answers.
 *
 * A row is data. `register` gives it the same chain every time, in an order that is a promise: key, scope, rate limit,
 * media type, body, idempotency key, validation, handler. So a stranger learns nothing from a route, and a bad body is
 * not read for one.
 */
import type { Scope } from '@dnsradar/core'
import { RadarError } from '@dnsradar/core'
import type { Express, Request, RequestHandler, Response } from 'express'
import * as z from 'zod'
import type { Deps, ServerDeps } from '../deps.ts'
import { requireScope, type Authenticate } from './auth.ts'
import { BODY_LIMIT, checkPlain, isStorable, readJson, requireJson } from './body.ts'
import { type Account, accountOf, setAccount } from './context.ts'
import { entityTag, isKnown } from './entity-tag.ts'
import { wrongMethod } from './errors.ts'
import { readMark } from './idempotency.ts'
import { limitHeaders, MINUTE_MS, refuseExcess, spend } from './limits.ts'
import type { OtherSuccess } from './other-success.ts'
import { foldMembers } from './members.ts'
import { linksOf } from './page.ts'
import { perform } from './perform.ts'
import { validateBody, validateQuery } from './validate.ts'

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

export interface RouteRow<A extends Auth, Q extends z.ZodType, B extends z.ZodType, R extends z.ZodType> {
  readonly method: HttpMethod
  /** Express form: `/monitors/:id`. */
  readonly path: string
  readonly auth: A
  readonly rateClass: RateClass
  /** What the audit calls this write: `monitor.create`. Left out by what writes nothing. */
  readonly writes?: string
  /** The handler waits for others (the DNS, say), so it cannot run inside a transaction. */
  readonly alone?: true | ((query: Readonly<Record<string, unknown>>) => boolean)
  /** Refuses before anything else of the request is looked at, outside the transaction of the rows. */
  readonly before?: (asked: Pick<Asked<A, Q, B>, 'deps' | 'account' | 'params'>) => Promise<void>
  /** Without one, a query is refused. */
  readonly query?: Q
  /** Without one, a body is refused unless it is an empty object. */
  readonly body?: B
  /** Octets; 256 kB when left out. */
  readonly bodyLimit?: number
  readonly status: 200 | 201 | 202 | 204
  /** Another success, which the handler answers with `otherSuccess`. */
  readonly otherStatus?: 200
  readonly response: R
  readonly handler: (asked: Asked<A, z.output<Q>, z.output<B>>) => Promise<z.output<R> | OtherSuccess<z.output<R>>>
}

/** A row whose handler no longer shows its types: what the table holds. */
export interface Route {
  readonly method: HttpMethod
  readonly path: string
  readonly auth: Auth
  readonly rateClass: RateClass
  readonly writes: string | null
  /** Told from the query as it was sent. */
  readonly alone: (query: Readonly<Record<string, unknown>>) => boolean
  readonly before: ((asked: Pick<Asked<Auth, unknown, unknown>, 'deps' | 'account' | 'params'>) => Promise<void>) | null
  readonly query: z.ZodType
  readonly body: z.ZodType | null
  readonly bodyLimit: number
  readonly status: number
  readonly otherStatus: number | null
  readonly response: z.ZodType
  readonly handler: (asked: Asked<Auth, unknown, unknown>) => Promise<unknown>
}

const nothing = z.strictObject({})

export function route<
  A extends Auth,
  R extends z.ZodType,
  Q extends z.ZodType = typeof nothing,
  B extends z.ZodType = z.ZodUndefined,
>(row: RouteRow<A, Q, B, R>): Route {
  return {
    ...row,
    writes: row.writes ?? null,
    alone: typeof row.alone === 'function' ? row.alone : () => row.alone === true,
    bodyLimit: row.bodyLimit ?? BODY_LIMIT,
    otherStatus: row.otherStatus ?? null,
    query: row.query ?? nothing,
    body: row.body ?? null,
    // Sound because `register` calls both with an account where the row asks for one, and with what these very schemas gave.
    before: (row.before ?? null) as unknown as Route['before'],
    handler: row.handler as unknown as Route['handler'],
  }
}

export function register(app: Express, routes: readonly Route[], deps: ServerDeps, authenticate: Authenticate): void {
  for (const path of new Set(routes.map((row) => row.path))) {
    const rows = routes.filter((row) => row.path === path)
    const chain = app.route(path)
    for (const row of rows) chain[verbOf(row.method)](...chainOf(row, deps, authenticate))
    chain.all(wrongMethod(rows.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))))
  }
}

function verbOf(method: HttpMethod): 'get' | 'post' | 'put' | 'patch' | 'delete' {
  return method.toLowerCase() as Lowercase<HttpMethod>
}

function chainOf(row: Route, deps: ServerDeps, authenticate: Authenticate): RequestHandler[] {
  const handle: RequestHandler = async (req, res) => {
    const params = checkParams(req.params)
    const account = accountOf(res)
    await row.before?.({ deps, account, params })
    const { status, body, isReplay } = await perform(deps, {
      row,
      account,
      params,
      sent: req.body,
      mark: account === null ? null : readMark(req, res, account),
      isAlone: row.alone(req.query),
      prepare: () => {
        const query = validateQuery(row.query, foldMembers(checkQuery(req.query)))
        const valid = row.method === 'GET' ? undefined : bodyOf(row, req.body)
        return (inner) => row.handler({ deps: inner, account, params, query, body: valid })
      },
    })
    if (isReplay) res.setHeader('Idempotency-Replayed', 'true')
    const link = row.method === 'GET' ? linksOf(req.originalUrl, body) : null
    if (link !== null) res.setHeader('Link', link)
    res.status(status)
    if (body === undefined) res.end()
    else sendJson(req, res, row, JSON.stringify(body))
  }
  const readBody = row.method === 'GET' ? [] : [requireJson, readJson(row.bodyLimit)]
  return row.auth === 'none' ? [...readBody, handle] : [allow(row, row.auth, deps, authenticate), ...readBody, handle]
}

/** What can be read again carries a tag; the answer to a probe is only ever about now. */
function sendJson(req: Request, res: Response, row: Route, text: string): void {
  if (row.method === 'GET' && row.auth !== 'none') {
    const tag = entityTag(text)
    res.setHeader('ETag', tag)
    if (isKnown(tag, req.get('If-None-Match'))) {
      res.status(304).end()
      return
    }
  }
  res.type('json').send(text)
}

function allow(row: Route, needed: Scope, deps: ServerDeps, authenticate: Authenticate): RequestHandler {
  return async (req, res, next) => {
    const account = await authenticate(req)
    requireScope(account, needed)
    await limitRate(row.rateClass, account, deps, res)
    setAccount(res, account)
    next()
  }
}

async function limitRate(rateClass: RateClass, { key }: Account, deps: ServerDeps, res: Response): Promise<void> {
  const limit = deps.rules.ratePerMinute
  if (limit === 0 || rateClass === 'open') return
  const spent = await spend(deps.rateLimits, deps.clock, `${key.id} ${rateClass}`, { limit, windowMs: MINUTE_MS })
  for (const [name, value] of Object.entries(limitHeaders(rateClass, spent))) res.setHeader(name, value)
  refuseExcess(spent, `${rateClass} requests of one API key`)
}

function bodyOf(row: Route, body: unknown): unknown {
  checkPlain(body)
  if (row.body !== null) {
    if (body === undefined) {
      throw new RadarError('invalid_body', 'There is no body; send a JSON object with Content-Type: application/json.')
    }
    return validateBody(row.body, body)
  }
  validateBody(nothing.optional(), body)
  return undefined
}

/** Path parameters are looked up as they are; what no id or slug can hold names nothing. */
function checkParams(params: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const values = Object.entries(params).map(([name, value]) => [name, String(value)] as const)
  if (values.some(([, value]) => !isStorable(value))) throw new RadarError('not_found', 'There is no such object.')
  return Object.fromEntries(values)
}

function checkQuery(query: unknown): Readonly<Record<string, unknown>> {
  const entries = Object.entries(query as Record<string, unknown>)
  const broken = entries.find(
    ([name, value]) => !isStorable(name) || [value].flat().some((text) => !isStorable(String(text))),
  )
  if (broken === undefined) return query as Record<string, unknown>
  throw new RadarError('invalid_query', 'A query parameter holds a character that nothing here can hold; leave it out.')
}
