/** Where every failure of a request ends: a problem document, never a stack. */
import { type Log, RadarError } from '@dnsradar/core'
import type { ErrorRequestHandler, RequestHandler, Response } from 'express'
import { BODY_LIMIT } from './body.ts'
import { requestIdOf } from './context.ts'
import { RateLimited } from './limits.ts'
import { problem, PROBLEMS } from './problems.ts'

/** How a dialect says no. `path` is that of the request. */
export type SendRefusal = (res: Response, refused: RadarError, path: string) => void

export function handleErrors(log: Log, send: SendRefusal = sendProblem): ErrorRequestHandler {
  return (error: unknown, req, res, next) => {
    const refused = refusalOf(error)
    if (refused.code === 'internal') {
      log.error({ err: error, method: req.method, path: req.path, request_id: requestIdOf(res) }, 'a request failed')
    }
    // Half an answer cannot be taken back: Express closes the connection, which tells the client more than silence.
    if (res.headersSent) return next(error)
    if (refused instanceof RateLimited) res.setHeader('Retry-After', String(refused.retryAfterS))
    send(res, refused, req.path)
  }
}

/** No route has this path. */
export const unknownRoute: RequestHandler = (req) => {
  throw new RadarError('not_found', `There is no ${req.path.slice(0, 200)} here.`)
}

/** Some route has this path, none this method. */
export function wrongMethod(allowed: readonly string[]): RequestHandler {
  return (req, res) => {
    res.setHeader('Allow', allowed.join(', '))
    throw new RadarError('method_not_allowed', `${req.method} is not allowed here; use ${allowed.join(' or ')}.`)
  }
}

function sendProblem(res: Response, refused: RadarError, path: string): void {
  const { status } = PROBLEMS[refused.code]
  if (status === 401) {
    const error = refused.code === 'no_key' ? '' : ', error="invalid_token"'
    res.setHeader('WWW-Authenticate', `Bearer realm="dnsradar"${error}`)
  }
  const body = problem(refused.code, refused.message, { path, requestId: requestIdOf(res) }, refused.fields)
  res.status(status).type('application/problem+json').send(JSON.stringify(body))
}

/** What the body reader says, by its own name for it. */
const BODY_FAULTS: Readonly<Record<string, (error: object) => RadarError>> = {
  'entity.parse.failed': () =>
    new RadarError('invalid_body', 'The body is not JSON; check quotes, commas and brackets.'),
  'entity.too.large': (error) =>
    new RadarError('body_too_large', `The body is larger than ${limitOf(error) / 1024} kB; send less at a time.`),
  'encoding.unsupported': () =>
    new RadarError(
      'unsupported_media_type',
      'The body is compressed in a way that is not read here; use gzip, br, deflate or none.',
    ),
  'charset.unsupported': () =>
    new RadarError('unsupported_media_type', 'The body has a charset that JSON does not have; use UTF-8.'),
  'parameters.too.many': () =>
    new RadarError('body_too_large', 'The form has more than 1000 fields; send less at a time.'),
  'request.aborted': () => new RadarError('invalid_body', 'The body ended early; send it whole.'),
  'request.size.invalid': () =>
    new RadarError('invalid_body', 'The body has another length than it said; send it whole.'),
}

function limitOf(error: object): number {
  return 'limit' in error && typeof error.limit === 'number' ? error.limit : BODY_LIMIT
}

/** What is told of any failure of a request. */
export function refusalOf(error: unknown): RadarError {
  if (error instanceof RadarError) return error
  if (error instanceof Error) {
    const { type, status } = error as Error & { type?: unknown; status?: unknown }
    const fault = typeof type === 'string' ? BODY_FAULTS[type] : undefined
    if (fault !== undefined) return fault(error)
    // Express: a path whose percent-encoding cannot be undone names nothing.
    if (error instanceof URIError) return new RadarError('not_found', 'The path is not well-formed.')
    // Anything else that the body reader finds wrong with the body, such as a broken compression.
    if (typeof status === 'number' && status >= 400 && status < 500) {
      return new RadarError('invalid_body', 'The body cannot be read; send JSON in UTF-8.')
    }
  }
  return new RadarError('internal', 'Something is broken here; the log has more under this request_id.')
}
