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
import { accountOf, setAccount } from './context.ts'
import { entityTag, isKnown } from './entity-tag.ts'
import { wrongMethod } from './errors.ts'
import { exchange, readQuery } from './exchange.ts'
import { readMark } from './idempotency.ts'
import { limitRequests } from './limits.ts'
import { linksOf } from './page.ts'
import type { ExchangeRoute, HttpMethod, Route, StreamRoute } from './route.ts'
import { sendStream, sendStreamHead } from './stream-response.ts'
import { validateQuery } from './validate.ts'

export function register(app: Express, routes: readonly Route[], deps: ServerDeps, authenticate: Authenticate): void {
  registerRows(app, routes, (row) => chainOf(row, deps, authenticate))
}

/** Each path with its rows; another method than theirs is told which there are. */
export function registerRows<Row extends { readonly method: HttpMethod; readonly path: string }>(
  app: Express,
  rows: readonly Row[],
  chainOf: (row: Row) => readonly RequestHandler[],
): void {
  for (const [path, rowsOfPath] of Map.groupBy(rows, (row) => row.path)) {
    const chain = app.route(path)
    for (const row of rowsOfPath) chain[verbOf(row.method)](...chainOf(row))
    chain.all(wrongMethod(rowsOfPath.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))))
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
    const { rateClass } = row
    if (rateClass !== 'open') await limitRequests(deps, res, { id: account.key.id, rateClass, kind: 'API key' })
    setAccount(res, account)
    next()
  }
}
