/**
 * From the Entri dialect's rows to Express: application and token, rate limit, media type, body, validation, handler; and
 * its own way of refusing, `{message, errors?}`.
 */
import type { Log } from '@dnsradar/core'
import type { Express, Request, RequestHandler, Response } from 'express'
import type { ServerDeps } from '../deps.ts'
import { toldOf } from '../http/audited.ts'
import { BODY_LIMIT, checkPlain, noBody, readJson, requireJson } from '../http/body.ts'
import { handleErrors, type SendRefusal, unknownRoute, wrongMethod } from '../http/errors.ts'
import { checkParams, readQuery } from '../http/exchange.ts'
import { limitRequests } from '../http/limits.ts'
import { transact } from '../http/perform.ts'
import { PROBLEMS } from '../http/problems.ts'
import { registerRows } from '../http/register.ts'
import { validateBody, validateQuery } from '../http/validate.ts'
import { type Caller, createEntriAccess, type EntriAccess } from './access.ts'
import { ENTRI_ROUTES } from './routes.ts'
import type { AskedEntri, EntriRoute } from './route.ts'
import { TokenBody } from './schemas.ts'
import { createTokens } from './tokens.ts'

const PREFIXES = ['/token', '/monitor']

/** Anybody may send this body: no more of it is kept than an id and a secret need. */
const TOKEN_LIMIT = 8 * 1024

export function registerEntri(app: Express, deps: ServerDeps): void {
  const tokens = createTokens(deps.store, deps.clock)
  const access = createEntriAccess(deps.store, deps.clock, tokens, deps.rules.ratePerMinute)
  app
    .route('/token')
    .post(requireJson, readJson(TOKEN_LIMIT), giveToken(access))
    .all(wrongMethod(['POST']))
  registerRows(app, ENTRI_ROUTES, (row) => chainOf(row, deps, access))
}

/** After all routes below these prefixes. */
export function registerEntriErrors(app: Express, log: Log): void {
  app.use(PREFIXES, unknownRoute)
  app.use(PREFIXES, handleErrors(log, sendRefusal))
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
    const rateClass = row.writes === undefined ? 'read' : 'write'
    await limitRequests(deps, res, { id: caller.application.id, rateClass, kind: 'application' })
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
    const answer = JSON.stringify(await perform(deps, row, asked, req.body))
    // `res.json` would answer 304 to `If-None-Match: *`, a status that the dialect does not have.
    res.setHeader('Content-Type', 'application/json; charset=utf-8').end(answer)
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

function bodyOf(req: Request): unknown {
  checkPlain(req.body)
  if (req.body === undefined) throw noBody()
  return req.body as unknown
}

function setCaller(res: Response, caller: Caller): void {
  ;(res.locals as { entri?: Caller }).entri = caller
}

function callerOf(res: Response): Caller {
  const caller = (res.locals as { entri?: Caller }).entri
  if (caller === undefined) throw new Error('nobody asked')
  return caller
}

const sendRefusal: SendRefusal = (res, { code, message, fields }) => {
  const { status } = PROBLEMS[code]
  if (status === 401) res.setHeader('WWW-Authenticate', 'Bearer realm="entri"')
  res.status(status).json({ message, ...(fields === undefined ? {} : { errors: fields }) })
}
