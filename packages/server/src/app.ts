/**
 * The Express application: what every request passes, in this order.
 *
 *   request id -> log line -> security headers -> route (key, scope, rate, body, validation, handler) -> problem document
 */
import { randomUUID } from 'node:crypto'
import { type Log, RadarError } from '@dnsradar/core'
import type { Cache } from '@dnsradar/store'
import express, { type Express, type RequestHandler } from 'express'
import helmet from 'helmet'
import { registerPublic } from './dashboard/public/register.ts'
import { registerDashboard } from './dashboard/register.ts'
import type { ServerDeps } from './deps.ts'
import { registerEntriReference } from './entri/reference.ts'
import { registerEntri, registerEntriErrors } from './entri/register.ts'
import { createAuthenticate } from './http/auth.ts'
import { requestIdOf, setRequestId } from './http/context.ts'
import { handleErrors, unknownRoute } from './http/errors.ts'
import { register } from './http/register.ts'
import { registerReference } from './openapi/serve.ts'
import { ROUTES } from './routes/index.ts'
import { probeRoutes } from './routes/service.ts'
import { registerMetrics, timeRequests } from './telemetry/serve.ts'
import type { Telemetry } from './telemetry/telemetry.ts'

export interface ProbesOptions {
  /** What browsers call us; null when that is the address itself. With https they may be told to insist on it. */
  readonly publicUrl: string | null
  /** Networks of proxies whose forwarded headers count. */
  readonly trustProxy: readonly string[]
  readonly telemetry: Telemetry
  /** The token that `/metrics` asks for. */
  readonly metricsKey: string | null
}

export interface AppOptions extends ProbesOptions {
  /** Holds who is signed in. */
  readonly cache: Cache
}

export function createApp(deps: ServerDeps, options: AppOptions): Express {
  const { publicUrl, cache } = options
  const authenticate = createAuthenticate(deps.store, deps.clock, deps.rules.ratePerMinute)
  const app = createBase(deps, options)
  register(app, ROUTES, deps, authenticate)
  registerReference(app, ROUTES, isSecure(options))
  registerDashboard(app, deps, { routes: ROUTES, authenticate, cache, publicUrl })
  registerPublic(app, deps)
  registerScrape(app, deps, options)
  registerEntri(app, deps)
  registerEntriReference(app)
  registerEntriErrors(app, deps.log)
  app.use(unknownRoute)
  app.use(handleErrors(deps.log))
  return app
}

/** What a process answers that serves no API: whether it lives and works, and its metrics. */
export function createProbes(deps: ServerDeps, options: ProbesOptions): Express {
  const authenticate = createAuthenticate(deps.store, deps.clock, deps.rules.ratePerMinute)
  const app = createBase(deps, options)
  register(app, probeRoutes, deps, authenticate)
  registerScrape(app, deps, options)
  app.use(noApi)
  app.use(handleErrors(deps.log))
  return app
}

function isSecure({ publicUrl }: ProbesOptions): boolean {
  return publicUrl?.startsWith('https:') ?? false
}

/** What stands before every route. */
function createBase(deps: ServerDeps, options: ProbesOptions): Express {
  const { trustProxy, telemetry } = options
  const app = express()
  app.disable('x-powered-by')
  app.disable('etag')
  app.enable('case sensitive routing')
  app.set('trust proxy', [...trustProxy])
  app.use(
    timeRequests(telemetry.instruments),
    giveRequestId,
    logRequests(deps.log),
    securityHeaders(isSecure(options)),
    forbidCaching,
  )
  return app
}

function registerScrape(app: Express, deps: ServerDeps, { telemetry, metricsKey }: ProbesOptions): void {
  registerMetrics(app, metricsKey, async () => telemetry.scrape(deps.store, (await deps.faults()).length === 0))
}

const noApi: RequestHandler = () => {
  throw new RadarError(
    'not_found',
    'This process serves no API, only /healthz, /readyz and /metrics: ask one whose DNSRADAR_ROLES name api.',
  )
}

/** Answers are the caller's own and may hold secrets: nobody in between keeps them. */
const forbidCaching: RequestHandler = (_req, res, next) => {
  res.setHeader('Cache-Control', 'no-store')
  next()
}

/** A caller's own id is kept when it is harmless in a log and a header. */
const giveRequestId: RequestHandler = (req, res, next) => {
  const given = req.headers['x-request-id']
  setRequestId(res, typeof given === 'string' && /^[\w.-]{1,64}$/.test(given) ? given : randomUUID())
  next()
}

/** One line per request; the path without its query, which may hold what a log should not. */
function logRequests(log: Log): RequestHandler {
  return (req, res, next) => {
    const started = performance.now()
    const { method, path } = req
    res.on('finish', () => {
      const fields = { method, path, status: res.statusCode, ms: Math.round(performance.now() - started), ip: req.ip }
      log[res.statusCode < 400 ? 'debug' : 'info']({ ...fields, request_id: requestIdOf(res) }, 'request')
    })
    next()
  }
}

function securityHeaders(secure: boolean): RequestHandler {
  return helmet({
    strictTransportSecurity: secure,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        'default-src': ["'none'"],
        'frame-ancestors': ["'none'"],
        ...(secure ? { 'upgrade-insecure-requests': [] } : {}),
      },
    },
  })
}
