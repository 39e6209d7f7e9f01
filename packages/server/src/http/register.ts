/**
 * From the table's rows to Express: the chain that every request of a row passes, in an order that is a promise: key,
 * scope, rate limit, media type, body, idempotency key, validation, handler. So a stranger learns nothing from a route,
 * and a bad body is not read for one.
 */
import { RadarError, type Scope } from '@dnsradar/core'
import type { Express, Request, RequestHandler, Response } from 'express'
import type { ServerDeps } from '../deps.ts'
import { type Authenticate, requireScope } from './auth.ts'
import { checkPlain, isStorable, readJson, requireJson } from './body.ts'
import { type Account, accountOf, setAccount } from './context.ts'
import { entityTag, isKnown } from './entity-tag.ts'
import { wrongMethod } from './errors.ts'
import { readMark } from './idempotency.ts'
import { limitHeaders, MINUTE_MS, refuseExcess, spend } from './limits.ts'
import { foldMembers } from './members.ts'
import { linksOf } from './page.ts'
import { perform } from './perform.ts'
import { type ExchangeRoute, type HttpMethod, nothing, type RateClass, type Route, type StreamRoute } from './route.ts'
import { sendStream, sendStreamHead } from './stream-response.ts'
import { validateBody, validateQuery } from './validate.ts'

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
  switch (row.kind) {
    case 'exchange':
      return exchangeChain(row, deps, authenticate)
    case 'stream':
      return [allow(row, row.auth, deps, authenticate), streamHandler(row, deps, authenticate)]
  }
}

function streamHandler(row: StreamRoute, deps: ServerDeps, authenticate: Authenticate): RequestHandler {
  return async (req, res) => {
    const account = accountOf(res)
    if (account === null) throw new Error(`${row.path} was opened for nobody`)
    const query = validateQuery(row.query, readQuery(req))
    const lastEventId = req.get('Last-Event-ID') || null
    const isStillGood = () => authenticate(req)
    if (req.method === 'HEAD') sendStreamHead(res)
    else await sendStream(res, deps.clock, await row.open({ deps, account, query, lastEventId, isStillGood }))
  }
}

function exchangeChain(row: ExchangeRoute, deps: ServerDeps, authenticate: Authenticate): RequestHandler[] {
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
        const query = validateQuery(row.query, readQuery(req))
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
function sendJson(req: Request, res: Response, row: ExchangeRoute, text: string): void {
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

function bodyOf(row: ExchangeRoute, body: unknown): unknown {
  checkPlain(body)
  if (row.body !== null) {
    // Where every member may be left out, so may the body.
    if (body === undefined && !row.body.safeParse({}).success) {
      throw new RadarError('invalid_body', 'There is no body; send a JSON object with Content-Type: application/json.')
    }
    return validateBody(row.body, body === undefined ? {} : body)
  }
  validateBody(nothing.optional(), body)
  return undefined
}

/** Path parameters are looked up as they are; what no id or slug can hold names nothing. */
export function checkParams(params: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const values = Object.entries(params).map(([name, value]) => [name, String(value)] as const)
  if (values.some(([, value]) => !isStorable(value))) throw new RadarError('not_found', 'There is no such object.')
  return Object.fromEntries(values)
}

export function readQuery(req: Request): Readonly<Record<string, unknown>> {
  return foldMembers(checkQuery(req.query))
}

function checkQuery(query: unknown): Readonly<Record<string, unknown>> {
  const entries = Object.entries(query as Record<string, unknown>)
  const broken = entries.find(
    ([name, value]) => !isStorable(name) || [value].flat().some((text) => !isStorable(String(text))),
  )
  if (broken === undefined) return query as Record<string, unknown>
  throw new RadarError('invalid_query', 'A query parameter holds a character that nothing here can hold; leave it out.')
}
