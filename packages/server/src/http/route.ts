/**
 * The route table's row: what a route takes, who may call it, what it answers.
 *
 * A row is data. `register` gives it the same chain every time, in an order that is a promise: key, scope, media type,
 * body, validation, handler. So a stranger learns nothing from a route, and a bad body is not read for one.
 */
import type { Scope } from '@dnsradar/core'
import { RadarError } from '@dnsradar/core'
import type { Express, RequestHandler } from 'express'
import * as z from 'zod'
import type { Deps } from '../deps.ts'
import { requireScope, type Authenticate } from './auth.ts'
import { checkPlain, isStorable, readJson, requireJson } from './body.ts'
import { type Account, accountOf, setAccount } from './context.ts'
import { wrongMethod } from './errors.ts'
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
  /** Without one, a query is refused. */
  readonly query?: Q
  /** Without one, a body is refused unless it is an empty object. */
  readonly body?: B
  readonly status: 200 | 201 | 202 | 204
  readonly response: R
  readonly handler: (asked: Asked<A, z.output<Q>, z.output<B>>) => Promise<z.output<R>>
}

/** A row whose handler no longer shows its types: what the table holds. */
export interface Route {
  readonly method: HttpMethod
  readonly path: string
  readonly auth: Auth
  readonly rateClass: RateClass
  readonly query: z.ZodType
  readonly body: z.ZodType | null
  readonly status: number
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
    query: row.query ?? nothing,
    body: row.body ?? null,
    // Sound because `register` calls the handler with what these very schemas gave.
    handler: row.handler as unknown as Route['handler'],
  }
}

export function register(app: Express, routes: readonly Route[], deps: Deps, authenticate: Authenticate): void {
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

function chainOf(row: Route, deps: Deps, authenticate: Authenticate): RequestHandler[] {
  const handle: RequestHandler = async (req, res) => {
    const params = checkParams(req.params)
    const query = validateQuery(row.query, checkQuery(req.query))
    const body = row.method === 'GET' ? undefined : bodyOf(row, req.body)
    const answer = await row.handler({ deps, account: accountOf(res), params, query, body })
    res.status(row.status)
    if (answer === undefined) res.end()
    else res.json(answer)
  }
  const readBody = row.method === 'GET' ? [] : [requireJson, readJson]
  return row.auth === 'none' ? [...readBody, handle] : [allow(row.auth, authenticate), ...readBody, handle]
}

function allow(needed: Scope, authenticate: Authenticate): RequestHandler {
  return async (req, res, next) => {
    const account = await authenticate(req.headers)
    requireScope(account, needed)
    setAccount(res, account)
    next()
  }
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

function checkQuery(query: unknown): unknown {
  const entries = Object.entries(query as Record<string, unknown>)
  const broken = entries.find(
    ([name, value]) => !isStorable(name) || [value].flat().some((text) => !isStorable(String(text))),
  )
  if (broken === undefined) return query
  throw new RadarError('invalid_query', 'A query parameter holds a character that nothing here can hold; leave it out.')
}
