/**
 * From the table's rows to Express: the chain that every request of a row passes, in an order that is a promise: key,
 * scope, rate limit, media type, body, idempotency key, validation, handler. So a stranger learns nothing from a route,
 * and a bad body is not read for one.
 */
import type { Scope } from '@dnsradar/core'
import type { Express, Request, RequestHandler, Response } from 'express'
import type { ServerDeps } from '../deps.ts'
import { type Authenticate, requireScope } from './auth.ts'
import { readJson, requireJson } from './body.ts'
import { type Account, accountOf, setAccount } from './context.ts'
import { entityTag, isKnown } from './entity-tag.ts'
import { wrongMethod } from './errors.ts'
import { exchange, readQuery } from './exchange.ts'
import { readMark } from './idempotency.ts'
import { limitHeaders, MINUTE_MS, refuseExcess, spend } from './limits.ts'
import { linksOf } from './page.ts'
import type { ExchangeRoute, HttpMethod, RateClass, Route, StreamRoute } from './route.ts'
import { sendStream, sendStreamHead } from './stream-response.ts'
import { validateQuery } from './validate.ts'

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
    const query = validateQuery(row.query, readQuery(req.query))
    const lastEventId = req.get('Last-Event-ID') || null
    const isStillGood = () => authenticate(req)
    if (req.method === 'HEAD') sendStreamHead(res)
    else await sendStream(res, deps.clock, await row.open({ deps, account, query, lastEventId, isStillGood }))
  }
}

function exchangeChain(row: ExchangeRoute, deps: ServerDeps, authenticate: Authenticate): RequestHandler[] {
  const handle: RequestHandler = async (req, res) => {
    const account = accountOf(res)
    const { status, body, isReplay } = await exchange(deps, row, {
      account,
      params: req.params,
      query: req.query,
      body: req.body,
      mark: () => (account === null ? null : readMark(req, res, account)),
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
  // Once: its tag, its length and the socket each ask for the octets.
  const content = Buffer.from(text)
  if (row.method === 'GET' && row.auth !== 'none') {
    const tag = entityTag(content)
    res.setHeader('ETag', tag)
    if (isKnown(tag, req.get('If-None-Match'))) {
      res.status(304).end()
      return
    }
  }
  // `res.send` looks both up, and whether the caller has the answer already, all of which is known here.
  res.setHeader('Content-Type', 'application/json; charset=utf-8').setHeader('Content-Length', content.length)
  res.end(content)
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
