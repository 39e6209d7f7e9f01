/** What the pages of one installation share, and what is known of one request for a page. */
import type { Cache } from '@dnsradar/store'
import type { Request, Response } from 'express'
import type { ServerDeps } from '../deps.ts'
import type { Authenticate } from '../http/auth.ts'
import type { Account } from '../http/context.ts'
import type { Route } from '../http/route.ts'
import type { CallApi } from './api.ts'
import type { Assets } from './assets.ts'
import type { Sessions } from './sessions.ts'

export interface DashboardOptions {
  readonly routes: readonly Route[]
  readonly authenticate: Authenticate
  /** Holds who is signed in. */
  readonly cache: Cache
  /** What browsers call us; null when that is the address itself. */
  readonly publicUrl: string | null
}

export interface Dashboard extends DashboardOptions {
  readonly deps: ServerDeps
  readonly assets: Assets
  readonly sessions: Sessions
  readonly callApi: CallApi
}

export interface Turn {
  readonly board: Dashboard
  readonly req: Request
  readonly res: Response
}

/** Whether the cookies of this visitor are for https only. */
export function isSecure({ board, req }: Pick<Turn, 'board' | 'req'>): boolean {
  return req.secure || (board.publicUrl?.startsWith('https:') ?? false)
}

/** How this installation is called from outside. */
export function originOf({ board, req }: Turn): string {
  return board.publicUrl === null ? `${req.protocol}://${req.host}` : new URL(board.publicUrl).origin
}

/** Null when nobody is signed in. */
export function visitorOf({ board, req, res }: Turn): Promise<Account | null> {
  return board.sessions.find(req, res, isSecure({ board, req }))
}
