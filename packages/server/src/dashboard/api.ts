/**
 * The public API as pages call it: the typed client over the route table of this very process.
 *
 * A call passes the same scope check, validation, transaction, audit and presenters as a request from outside and is
 * refused with the same problems, so that no rule is kept twice and a page can show nothing that the API would not.
 * What it does not pass is the API's rate limit: one page asks several times, and a person who looks on must not use up
 * what the programs of the same key may ask. Pages are counted by themselves (`register.ts`).
 */
import { type ApiRequest, type ApiResponse, type Client, createClient } from '@dnsradar/client'
import { RadarError } from '@dnsradar/core'
import type { ServerDeps } from '../deps.ts'
import { requireScope } from '../http/auth.ts'
import type { Account } from '../http/context.ts'
import { refusalOf } from '../http/errors.ts'
import { exchange } from '../http/exchange.ts'
import { problem, PROBLEMS } from '../http/problems.ts'
import type { ExchangeRoute, Route } from '../http/route.ts'

/** Who asks, and under which id the log has it. */
export interface Caller {
  readonly account: Account
  readonly requestId: string
}

export type CallApi = (caller: Caller) => Client

export function createCallApi(deps: ServerDeps, routes: readonly Route[]): CallApi {
  const find = createFinder(routes.filter((row) => row.kind === 'exchange'))
  return (caller) => createClient((request) => answer(deps, find, caller, request))
}

type Find = (request: ApiRequest) => { row: ExchangeRoute; params: Readonly<Record<string, string>> }

async function answer(deps: ServerDeps, find: Find, caller: Caller, request: ApiRequest): Promise<ApiResponse> {
  try {
    const { row, params } = find(request)
    if (row.auth !== 'none') requireScope(caller.account, row.auth)
    const { query, body } = request
    const { status, body: answered } = await exchange(deps, row, {
      account: caller.account,
      params,
      query,
      body,
      mark: () => null,
    })
    return { status, headers: {}, body: answered ?? null }
  } catch (error) {
    const refused = refusalOf(error)
    if (refused.code === 'internal') {
      deps.log.error({ err: error, path: request.path, request_id: caller.requestId }, 'a call of the dashboard failed')
    }
    const at = { path: request.path, requestId: caller.requestId }
    const { status } = PROBLEMS[refused.code]
    return { status, headers: {}, body: problem(refused.code, refused.message, at, refused.fields) }
  }
}

/** The first row that fits, as in Express. */
function createFinder(rows: readonly ExchangeRoute[]): Find {
  const patterns = rows.map((row) => ({ row, pattern: patternOf(row.path) }))
  return ({ method, path }) => {
    for (const { row, pattern } of patterns) {
      const found = row.method === method ? pattern.exec(path) : null
      if (found !== null) return { row, params: decoded(found.groups ?? {}) }
    }
    throw new RadarError('not_found', `There is no ${path.slice(0, 200)} here.`)
  }
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/:(\w+)/g, '(?<$1>[^/]+)')}$`)
}

function decoded(groups: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(groups).map(([name, value]) => [name, decodeURIComponent(value)]))
}
