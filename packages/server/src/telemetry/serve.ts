/** `GET /metrics` for Prometheus, and the timing of every request. */
import { hash, timingSafeEqual } from 'node:crypto'
import type { Express, Request, RequestHandler } from 'express'
import { wrongMethod } from '../http/errors.ts'
import type { Instruments } from './instruments.ts'

const TEXT = 'text/plain; version=0.0.4; charset=utf-8'

/** `key`: the bearer token to ask for; null lets everybody read, as is usual where only the operator's network reaches it. */
export function registerMetrics(app: Express, key: string | null, scrape: () => Promise<string>): void {
  app
    .route('/metrics')
    .get(...(key === null ? [] : [askFor(key)]), async (_req, res) => void res.type(TEXT).send(await scrape()))
    .all(wrongMethod(['GET', 'HEAD']))
}

function askFor(key: string): RequestHandler {
  const expected = digest(key)
  return (req, res, next) => {
    const given = /^Bearer (?<token>\S+)$/i.exec(req.headers.authorization ?? '')?.groups?.['token'] ?? ''
    // Digests are of one length, and comparing them takes the same time wherever they differ.
    if (timingSafeEqual(digest(given), expected)) return next()
    res.set('WWW-Authenticate', 'Bearer').status(401).type('text/plain')
    res.send('Send the token of DNSRADAR_METRICS_KEY as Authorization: Bearer …\n')
  }
}

function digest(text: string): Uint8Array {
  return hash('sha256', text, 'buffer')
}

/** By the route's pattern and not by the path, which holds ids. */
export function timeRequests({ requests }: Pick<Instruments, 'requests'>): RequestHandler {
  return (req, res, next) => {
    const started = performance.now()
    // A stream lasts as long as somebody reads: its time would say nothing of the server.
    res.once('finish', () => {
      if (String(res.getHeader('content-type')).startsWith('text/event-stream')) return
      const labels = { method: methodOf(req), route: routeOf(req), status: String(res.statusCode) }
      requests.observe(labels, (performance.now() - started) / 1000)
    })
    next()
  }
}

const METHODS: ReadonlySet<string> = new Set(['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])

function methodOf({ method }: Request): string {
  return METHODS.has(method) ? method : 'other'
}

function routeOf(req: Request): string {
  const path: unknown = (req.route as { readonly path?: unknown } | undefined)?.path
  return typeof path === 'string' ? path : 'none'
}
