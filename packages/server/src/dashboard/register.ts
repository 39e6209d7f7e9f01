/**
 * From the page table to Express, below `/app`: what every request of a page passes, in this order.
 *
 *   policy -> same origin (POST) -> session -> limit -> scope -> form -> handler -> page
 */
import { ApiError } from '@dnsradar/client'
import { RadarError } from '@dnsradar/core'
import express, { type ErrorRequestHandler, type Express, type Request, type RequestHandler } from 'express'
import type { ServerDeps } from '../deps.ts'
import { hasScope, requireScope } from '../http/auth.ts'
import { type Account, accountOf, requestIdOf, setAccount } from '../http/context.ts'
import { refusalOf } from '../http/errors.ts'
import { MINUTE_MS, RateLimited, refuseExcess, spend } from '../http/limits.ts'
import { PROBLEMS } from '../http/problems.ts'
import { createCallApi } from './api.ts'
import { readAssets } from './assets.ts'
import { type Dashboard, type DashboardOptions, isSecure, originOf, type Turn, visitorOf } from './board.ts'
import { askToSignIn, showEntrance, signIn, signOut } from './entrance.ts'
import { createForm } from './form.ts'
import { type Asked, isNobodysId, type PageRow } from './page.ts'
import { PAGES } from './pages/index.ts'
import { FOREIGN_FORM, pageOfProblem, refusalPage } from './refusals.ts'
import { isSameOrigin } from './same-origin.ts'
import { sendOutcome, sendPage } from './send-page.ts'
import { createSessions } from './sessions.ts'
import { streamTo } from './stream.ts'

export function registerDashboard(app: Express, deps: ServerDeps, options: DashboardOptions): void {
  const { cache, routes } = options
  const { store, clock, randomBytes } = deps
  const sessions = createSessions({ cache, store, clock, randomBytes })
  const board = { ...options, deps, assets: readAssets(), sessions, callApi: createCallApi(deps, routes) }
  app.get('/', toDashboard)
  app.use('/app', dashboard(board))
}

/** People who open the address; programs are told as before that there is nothing. */
const toDashboard: RequestHandler = (req, res, next) => {
  if (req.accepts(['json', 'html']) === 'html') res.redirect(303, '/app')
  else next()
}

const FORM_LIMIT = 256 * 1024
/** Anybody may send this form: no more of it is kept than a key and an address need. */
const ENTRANCE_LIMIT = 8 * 1024

function dashboard(board: Dashboard): RequestHandler {
  const router = express.Router({ caseSensitive: true })
  router.get('/assets/:version/:name', board.assets.serve)
  router.use(pagePolicy)
  router.post(/.*/, refuseForeignForms(board))
  router.get('/sign-in', showEntrance(board))
  router.post('/sign-in', readForm(ENTRANCE_LIMIT), signIn(board))
  router.post('/sign-out', signOut(board))
  const streamVisitor: Parameters<typeof streamTo>[2] = (req, res) =>
    board.sessions.find(req, res, isSecure({ board, req }))
  router.get('/stream', streamTo(board.routes, board.deps, streamVisitor))
  for (const row of PAGES) {
    if (row.method === 'GET') router.get(row.path, admit(board, row), handle(board, row))
    else router.post(row.path, admit(board, row), readForm(FORM_LIMIT), handle(board, row))
  }
  router.use(unknownPage(board))
  router.use(explainFailure(board))
  return router
}

function readForm(limit: number): RequestHandler {
  return express.urlencoded({ extended: false, limit })
}

/** Nothing runs and nothing is loaded but our own files. A form tells our own pages where it was sent from. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "connect-src 'self'",
  "form-action 'self'",
  "frame-ancestors 'none'",
  "base-uri 'none'",
].join('; ')

const pagePolicy: RequestHandler = (_req, res, next) => {
  res.setHeader('Content-Security-Policy', POLICY)
  // helmet's no-referrer would have browsers send `Origin: null` with our own forms.
  res.setHeader('Referrer-Policy', 'same-origin')
  next()
}

function refuseForeignForms(board: Dashboard): RequestHandler {
  return (req, res, next) => {
    if (isSameOrigin(req, board.publicUrl)) next()
    else sendPage({ board, req, res }, null, FOREIGN_FORM)
  }
}

function admit(board: Dashboard, { needs }: PageRow): RequestHandler {
  return async (req, res, next) => {
    const turn = { board, req, res }
    const account = await visitorOf(turn)
    if (account === null) return askToSignIn(turn)
    await limitPages(board, account)
    if (needs !== undefined) requireScope(account, needs)
    setAccount(res, account)
    next()
  }
}

function handle(board: Dashboard, row: PageRow): RequestHandler {
  return async (req, res) => {
    const turn = { board, req, res }
    const account = accountOf(res)
    if (account === null) throw new Error(`${row.path} was opened for nobody`)
    sendOutcome(turn, account, await row.handler(askedOf(turn, account, row)))
  }
}

function askedOf(turn: Turn, account: Account, { method }: PageRow): Asked {
  const { board, req, res } = turn
  const url = new URL(`http://local${req.originalUrl.replace(ORIGIN, '')}`)
  return {
    api: board.callApi({ account, requestId: requestIdOf(res) }),
    account,
    can: (scope) => hasScope(account, scope),
    params: paramsOf(req),
    query: url.searchParams,
    form: createForm(method === 'POST' ? req.body : {}),
    address: url.pathname + url.search,
    origin: originOf(turn),
    now: board.deps.clock.now(),
  }
}

/** A request may name a whole URL, as requests to a proxy do, and any host in it. */
const ORIGIN = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i

function paramsOf({ params }: Request): Readonly<Record<string, string>> {
  const given = params as Readonly<Record<string, string>>
  if (Object.values(given).some(isNobodysId)) {
    throw new RadarError('not_found', 'There is no such page.')
  }
  return given
}

/** As many pages a minute and key as requests of each class; live pages look again by themselves. */
async function limitPages({ deps }: Dashboard, { key }: Account): Promise<void> {
  const limit = deps.rules.ratePerMinute
  if (limit === 0) return
  const spent = await spend(deps.rateLimits, deps.clock, `${key.id} pages`, { limit, windowMs: MINUTE_MS })
  refuseExcess(spent, 'pages for one API key')
}

function unknownPage(board: Dashboard): RequestHandler {
  return async (req, res) => {
    const turn = { board, req, res }
    const page = refusalPage(404, `There is no page ${req.originalUrl.slice(0, 200)}.`)
    sendPage(turn, await visitorOf(turn), page)
  }
}

function explainFailure(board: Dashboard): ErrorRequestHandler {
  return async (error: unknown, req, res, next) => {
    const turn = { board, req, res }
    const refused = error instanceof ApiError ? error : refusedBy(error, turn)
    if (res.headersSent) return next(error)
    // The key went away between the look-up of the session and the call.
    if (refused.status === 401) return askToSignIn(turn)
    if (refused.retryAfterMs !== null) res.setHeader('Retry-After', String(Math.ceil(refused.retryAfterMs / 1000)))
    // Where something is broken, who is signed in is not asked: that may be what is broken.
    const account = refused.status >= 500 ? null : await visitorOf(turn)
    sendPage(turn, account, pageOfProblem(refused))
  }
}

/** What the API's calls were refused is told by them; this is for all else that may fail here. */
function refusedBy(error: unknown, { board, req, res }: Turn): ApiError {
  const refused = refusalOf(error)
  const { code, message } = refused
  const requestId = requestIdOf(res)
  if (code === 'internal') {
    const { method, baseUrl, path } = req
    board.deps.log.error({ err: error, method, path: baseUrl + path, request_id: requestId }, 'a page failed')
  }
  const retryAfterMs = refused instanceof RateLimited ? refused.retryAfterS * 1000 : null
  return new ApiError(message, { status: PROBLEMS[code].status, code, requestId, retryAfterMs })
}
