/**
 * What anybody may see without a key: badges and status pages of public groups.
 *
 * A group that is not public answers exactly as one that does not exist.
 */
import { type Clock, RadarError } from '@dnsradar/core'
import { createWindows } from '@dnsradar/store'
import type { ErrorRequestHandler, Express, Request, RequestHandler } from 'express'
import type { ServerDeps } from '../../deps.ts'
import { networkOf } from '../../http/auth.ts'
import { refusalOf, wrongMethod } from '../../http/errors.ts'
import { MINUTE_MS, RateLimited, secondsUntil } from '../../http/limits.ts'
import { PROBLEMS } from '../../http/problems.ts'
import { readAssets } from '../assets.ts'
import { markupOf } from '../html.ts'
import { shieldsBadge, svgBadge } from './badge.ts'
import { type Condition, conditionOf } from './condition.ts'
import { createPublicGroups, type PublicGroups } from './public-groups.ts'
import { type PublicFrame, publicRefusal, statusPage } from './status-page.ts'

/** Seconds. */
const MAX_AGE = 60
const LONGEST_LABEL = 100

export function registerPublic(app: Express, deps: ServerDeps): void {
  const { store, clock, server } = deps
  const groups = createPublicGroups(store, clock)
  const frame = { instance: server.name, asset: readAssets().address }
  const limit = limitAddresses(deps)
  const onlyRead = wrongMethod(['GET', 'HEAD'])
  app.route('/badge/:group.svg').get(limit, sendBadge(groups, SVG)).all(onlyRead)
  app.route('/badge/:group.json').get(limit, sendBadge(groups, SHIELDS)).all(onlyRead)
  app
    .route('/status/:group')
    .get(pagePolicy, limit, sendStatus(groups, clock, frame))
    .all(onlyRead)
  app.use('/status', explain(frame))
}

interface BadgeForm {
  readonly type: string
  readonly write: (label: string, condition: Condition) => string
}

const SVG: BadgeForm = {
  type: 'image/svg+xml',
  write: (label, condition) => markupOf(svgBadge(label, condition)),
}

const SHIELDS: BadgeForm = {
  type: 'json',
  write: (label, condition) => JSON.stringify(shieldsBadge(label, condition, MAX_AGE)),
}

/** Badges are embedded anywhere and read by anybody. */
function sendBadge(groups: PublicGroups, { type, write }: BadgeForm): RequestHandler {
  return async (req, res) => {
    const label = labelOf(req)
    const { group, states } = (await groups.condition(groupOf(req))) ?? missing()
    const text = write(label ?? group.name.slice(0, LONGEST_LABEL), conditionOf(states))
    res.setHeader('Cross-Origin-Resource-Policy', 'cross-origin')
    res.setHeader('Access-Control-Allow-Origin', '*')
    res.setHeader('Cache-Control', `public, max-age=${MAX_AGE}`)
    res.type(type).send(text)
  }
}

function sendStatus(groups: PublicGroups, clock: Clock, frame: PublicFrame): RequestHandler {
  return async (req, res) => {
    const found = (await groups.status(groupOf(req))) ?? missing()
    res.setHeader('Cache-Control', `public, max-age=${MAX_AGE}`)
    res.type('html').send(markupOf(statusPage(found, clock.now(), frame)))
  }
}

/** People read a page where programs are sent a problem document. */
function explain(frame: PublicFrame): ErrorRequestHandler {
  return (error: unknown, _req, res, next) => {
    const refused = refusalOf(error)
    if (refused.code === 'internal' || res.headersSent) return next(error)
    if (refused instanceof RateLimited) res.setHeader('Retry-After', String(refused.retryAfterS))
    const page = markupOf(publicRefusal(refused.message, frame))
    res.status(PROBLEMS[refused.code].status).type('html').send(page)
  }
}

const pagePolicy: RequestHandler = (_req, res, next) => {
  const policy = "default-src 'none'; style-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'"
  res.setHeader('Content-Security-Policy', `${policy}; frame-ancestors 'none'`)
  next()
}

/** As many a minute and address as requests of a key. Counted in this process. */
function limitAddresses({ clock, rules }: ServerDeps): RequestHandler {
  const windows = createWindows(clock.now)
  return (req, _res, next) => {
    const limit = rules.ratePerMinute
    const { count, ends } = windows.count(networkOf(req.ip ?? ''), MINUTE_MS)
    if (limit === 0 || count <= limit) return next()
    const seconds = secondsUntil(ends, clock.now())
    throw new RateLimited(`This address asked more than ${limit} times per minute; try again in ${seconds} s.`, seconds)
  }
}

function groupOf(req: Request): string {
  const name = String(req.params['group'])
  // What no slug or id can hold is not looked for.
  return /^[a-z0-9_-]{1,64}$/.test(name) ? name : missing()
}

function labelOf(req: Request): string | null {
  const { label } = req.query
  if (label === undefined) return null
  if (typeof label !== 'string' || label.length > LONGEST_LABEL) {
    const message = `label: give it once, with at most ${LONGEST_LABEL} characters, or leave it out for the group's name.`
    throw new RadarError('invalid_query', message)
  }
  return label
}

function missing(): never {
  throw new RadarError('not_found', 'There is no public group of this name. Its owner can make it public.')
}
