/**
 * From the Entri dialect's rows to Express: application and token, rate limit, media type, body, validation, handler; and
 * its own way of refusing, `{message, errors?}`.
 */
import { type Log, RadarError } from '@dnsradar/core'
import type { ErrorRequestHandler, Express, Request, RequestHandler, Response } from 'express'
import type { ServerDeps } from '../deps.ts'
import { toldOf } from '../http/audited.ts'
import { BODY_LIMIT, checkPlain, readJson, requireJson } from '../http/body.ts'
import { requestIdOf } from '../http/context.ts'
import { refusalOf, unknownRoute, wrongMethod } from '../http/errors.ts'
import { checkParams, readQuery } from '../http/exchange.ts'
import { limitHeaders, MINUTE_MS, RateLimited, refuseExcess, spend } from '../http/limits.ts'
import { transact } from '../http/perform.ts'
import { PROBLEMS } from '../http/problems.ts'
import { validateBody, validateQuery } from '../http/validate.ts'
import { type Caller, createEntriAccess, type EntriAccess } from './access.ts'
import { ENTRI_ROUTES } from './routes.ts'
import type { AskedEntri, EntriRoute } from './route.ts'
import { TokenBody } from './schemas.ts'
import { createTokens } from './tokens.ts'

const PREFIXES = ['/token', '/monitor']

export function registerEntri(app: Express, deps: ServerDeps): void {
  const tokens = createTokens(deps.store, deps.clock)
  const access = createEntriAccess(deps.store, deps.clock, tokens, deps.rules.ratePerMinute)
  app
    .route('/token')
    .post(requireJson, readJson(BODY_LIMIT), giveToken(access))
    .all(wrongMethod(['POST']))
  for (const path of new Set(ENTRI_ROUTES.map((row) => row.path))) {
    const rows = ENTRI_ROUTES.filter((row) => row.path === path)
    const chain = app.route(path)
    for (const row of rows) {
      const verb = row.method.toLowerCase() as Lowercase<typeof row.method>
      chain[verb](...chainOf(row, deps, access))
    }
    chain.all(wrongMethod(rows.flatMap(({ method }) => (method === 'GET' ? ['GET', 'HEAD'] : [method]))))
  }
}

/** After all routes below these prefixes. */
export function registerEntriErrors(app: Express, log: Log): void {
  app.use(PREFIXES, unknownRoute)
  app.use(PREFIXES, refuse(log))
}

function giveToken(access: EntriAccess): RequestHandler {
  return async (req, res) => {
    const credentials = validateBody(TokenBody, bodyOf(req))
    res.json({ auth_token: await access.issueToken(req, credentials) })
  }
}

function chainOf(row: EntriRoute, deps: ServerDeps, access: EntriAccess): RequestHandler[] {
  const allow: RequestHandler = async (req, res, next) => {
    const caller = await access.authenticate(req)
    await limitRate(row, caller, deps, res)
    setCaller(res, caller)
    next()
  }
  const handle: RequestHandler = async (req, res) => {
    const asked = {
      caller: callerOf(res),
      params: checkParams(req.params),
      query: row.query === undefined ? undefined : validateQuery(row.query, readQuery(req.query)),
      body: row.body === undefined ? undefined : validateBody(row.body, bodyOf(req)),
    }
    res.json(await perform(deps, row, asked, req.body))
  }
  return row.body === undefined ? [allow, handle] : [allow, requireJson, readJson(row.bodyLimit ?? BODY_LIMIT), handle]
}

/** A write, its audit entry and whatever it makes due are one transaction. */
async function perform(
  deps: ServerDeps,
  row: EntriRoute,
  asked: Omit<AskedEntri<unknown, unknown>, 'deps'>,
  sent: unknown,
): Promise<unknown> {
  const { writes } = row
  if (writes === undefined) return row.handler({ ...asked, deps })
  const { application } = asked.caller
  const answer = await transact(deps, async (inner, records) => {
    const given = await row.handler({ ...asked, deps: inner })
    const { changes } = toldOf(asked.params, Array.isArray(sent) ? { domains: sent } : sent, undefined)
    await records.audit.record(application.orgId, {
      // No API key of ours: the application's token.
      keyId: null,
      action: writes,
      object: objectOf(given, application.id),
      changes: { application: application.id, ...changes },
    })
    return given
  })
  deps.deliverer.poke()
  return answer
}

function objectOf(answer: unknown, otherwise: string): string {
  const { domain, request_id } = (answer ?? {}) as { readonly domain?: string; readonly request_id?: string }
  return domain ?? request_id ?? otherwise
}

async function limitRate({ writes }: EntriRoute, { application }: Caller, deps: ServerDeps, res: Response) {
  const limit = deps.rules.ratePerMinute
  if (limit === 0) return
  const rateClass = writes === undefined ? 'read' : 'write'
  const key = `${application.id} ${rateClass}`
  const spent = await spend(deps.rateLimits, deps.clock, key, { limit, windowMs: MINUTE_MS })
  for (const [name, value] of Object.entries(limitHeaders(rateClass, spent))) res.setHeader(name, value)
  refuseExcess(spent, `${rateClass} requests of one application`)
}

function bodyOf(req: Request): unknown {
  checkPlain(req.body)
  if (req.body !== undefined) return req.body as unknown
  throw new RadarError('invalid_body', 'There is no body; send a JSON object with Content-Type: application/json.')
}

function setCaller(res: Response, caller: Caller): void {
  ;(res.locals as { entri?: Caller }).entri = caller
}

function callerOf(res: Response): Caller {
  const caller = (res.locals as { entri?: Caller }).entri
  if (caller === undefined) throw new Error('nobody asked')
  return caller
}

function refuse(log: Log): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    const refused = refusalOf(error)
    if (refused.code === 'internal') {
      log.error({ err: error, method: req.method, path: req.path, request_id: requestIdOf(res) }, 'a request failed')
    }
    if (res.headersSent) return next(error)
    const { status } = PROBLEMS[refused.code]
    if (status === 401) res.setHeader('WWW-Authenticate', 'Bearer realm="entri"')
    if (refused instanceof RateLimited) res.setHeader('Retry-After', String(refused.retryAfterS))
    res.status(status).json({
      message: refused.message,
      ...(refused.fields === undefined ? {} : { errors: refused.fields }),
    })
  }
}
