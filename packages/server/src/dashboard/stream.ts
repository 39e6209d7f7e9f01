/** The API's stream for those who are signed in: browsers cannot send a key with an `EventSource`. */
import type { RequestHandler, Request, Response } from 'express'
import { RadarError } from '@dnsradar/core'
import type { ServerDeps } from '../deps.ts'
import { requireScope } from '../http/auth.ts'
import type { Account } from '../http/context.ts'
import { readQuery } from '../http/exchange.ts'
import type { Route } from '../http/route.ts'
import { sendStream, sendStreamHead } from '../http/stream-response.ts'
import { validateQuery } from '../http/validate.ts'

/** `res`: null where an answer has begun and can renew nothing. */
type VisitorOf = (req: Request, res: Response | null) => Promise<Account | null>

export function streamTo(routes: readonly Route[], deps: ServerDeps, visitorOf: VisitorOf): RequestHandler {
  const row = routes.find(({ kind }) => kind === 'stream')
  if (row?.kind !== 'stream') throw new Error('the API has no stream')
  return async (req, res) => {
    const account = await visitorOf(req, res)
    // An EventSource gives up for good on anything but 200, which is what somebody who was signed out wants.
    if (account === null) return void res.status(401).end()
    requireScope(account, row.auth)
    if (req.method === 'HEAD') return sendStreamHead(res)
    const query = validateQuery(row.query, readQuery(req.query))
    const lastEventId = req.get('Last-Event-ID') || null
    const isStillGood = async (): Promise<void> => {
      if ((await visitorOf(req, null)) === null) throw new RadarError('unknown_key', 'The session is over.')
    }
    await sendStream(res, deps.clock, await row.open({ deps, account, query, lastEventId, isStillGood }))
  }
}
