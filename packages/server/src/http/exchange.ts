/**
 * One exchange with a row of the route table, once it is known who asks and that they may: validation, the row's own
 * refusals, and `perform`. Express's requests and the dashboard's calls both come through here, so no rule is kept twice.
 */
import { type MarkedRequest, RadarError } from '@dnsradar/core'
import type { ServerDeps } from '../deps.ts'
import { checkPlain, isStorable, noBody } from './body.ts'
import type { Account } from './context.ts'
import { foldMembers } from './members.ts'
import { perform, type Performed } from './perform.ts'
import { type ExchangeRoute, nothing } from './route.ts'
import { validateBody, validateQuery } from './validate.ts'

/** As it was sent. */
export interface Sent {
  readonly account: Account | null
  readonly params: Readonly<Record<string, unknown>>
  /** Texts, or lists of texts where a parameter was given twice. */
  readonly query: unknown
  readonly body: unknown
  /** Reads the idempotency key, or gives null; called after the row's own refusals. */
  readonly mark: () => MarkedRequest | null
}

export async function exchange(deps: ServerDeps, row: ExchangeRoute, sent: Sent): Promise<Performed> {
  const { account } = sent
  const params = checkParams(sent.params)
  await row.before?.({ deps, account, params })
  return perform(deps, {
    row,
    account,
    params,
    sent: sent.body,
    mark: sent.mark(),
    isAlone: row.alone(sent.query as Readonly<Record<string, unknown>>),
    isRehearsal: row.rehearses(sent.query as Readonly<Record<string, unknown>>),
    prepare: () => {
      const query = validateQuery(row.query, readQuery(sent.query))
      const valid = row.method === 'GET' ? undefined : bodyOf(row, sent.body)
      return (inner) => row.handler({ deps: inner, account, params, query, body: valid })
    },
  })
}

function bodyOf(row: ExchangeRoute, body: unknown): unknown {
  checkPlain(body)
  if (row.body !== null) {
    // Where every member may be left out, so may the body.
    if (body === undefined && !row.body.safeParse({}).success) throw noBody()
    return validateBody(row.body, body === undefined ? {} : body)
  }
  validateBody(nothing.optional(), body)
  return undefined
}

/** Path parameters are looked up as they are; what no id or slug can hold names nothing. */
export function checkParams(params: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const values = Object.entries(params).map(([name, value]) => [name, String(value)] as const)
  if (values.some(([, value]) => !isStorable(value))) throw new RadarError('not_found', 'There is no such object.')
  return Object.fromEntries(values)
}

export function readQuery(query: unknown): Readonly<Record<string, unknown>> {
  return foldMembers(checkQuery(query))
}

function checkQuery(query: unknown): Readonly<Record<string, unknown>> {
  const entries = Object.entries(query as Record<string, unknown>)
  const broken = entries.find(
    ([name, value]) => !isStorable(name) || [value].flat().some((text) => !isStorable(String(text))),
  )
  if (broken === undefined) return query as Record<string, unknown>
  throw new RadarError('invalid_query', 'A query parameter holds a character that nothing here can hold; leave it out.')
}
