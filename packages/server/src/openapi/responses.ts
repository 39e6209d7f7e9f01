/** Answers of a route: its successes from the row, its refusals from the one table of problems. */
import { PROBLEM_CODES } from '@dnsradar/client'
import type { ErrorCode } from '@dnsradar/core'
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi'
import { problem, PROBLEMS } from '../http/problems.ts'
import type { Route } from '../http/route.ts'
import { type HeaderName, headersNamed, Problem } from './components.ts'
import { operationOf } from './operations.ts'

/** By status, in the order of the table. */
const CODES: ReadonlyMap<number, readonly ErrorCode[]> = Map.groupBy<number, ErrorCode>(
  PROBLEM_CODES,
  (code) => PROBLEMS[code].status,
)

const EXTRA_HEADERS: Readonly<Record<number, readonly HeaderName[]>> = {
  401: ['WWW-Authenticate'],
  429: ['Retry-After'],
}

/** One response per status of a refusal: `Problem404`. */
export const PROBLEM_RESPONSES: Readonly<Record<string, ZodOpenApiResponseObject>> = Object.fromEntries(
  [...CODES].map(([status, codes]) => [nameOf(status), problemResponse(status, codes)]),
)

function nameOf(status: number): string {
  return `Problem${status}`
}

function problemResponse(status: number, codes: readonly ErrorCode[]): ZodOpenApiResponseObject {
  const lines = codes.map((code) => `- \`${code}\`: ${PROBLEMS[code].title}.`)
  const example = (code: ErrorCode) =>
    problem(code, `${PROBLEMS[code].title}.`, { path: '/monitors', requestId: 'trace-42' })
  return {
    description: lines.join('\n'),
    headers: headersNamed(['X-Request-Id', ...(EXTRA_HEADERS[status] ?? [])]),
    content: {
      'application/problem+json': {
        schema: Problem,
        examples: Object.fromEntries(codes.map((code) => [code, { value: example(code) }])),
      },
    },
  }
}

export function responsesOf(row: Route): ZodOpenApiResponsesObject {
  return Object.fromEntries([
    ...successStatuses(row).map((status) => [status, success(row, status)] as const),
    ...(isConditional(row) ? [['304', NOT_MODIFIED] as const] : []),
    ...refusals(row).map((status) => [status, { $ref: `#/components/responses/${nameOf(status)}` }] as const),
  ])
}

function successStatuses({ status, otherStatus }: Route): readonly number[] {
  return otherStatus === null ? [status] : [status, otherStatus]
}

function isConditional({ method, auth }: Route): boolean {
  return method === 'GET' && auth !== 'none'
}

const NOT_MODIFIED: ZodOpenApiResponseObject = {
  description: 'The answer is still the one that `If-None-Match` names.',
  headers: headersNamed(['X-Request-Id', 'ETag']),
}

const MEANINGS: Readonly<Record<number, string>> = {
  200: 'Done.',
  201: 'Created.',
  202: 'Accepted: it happens in the background.',
  204: 'Done; there is nothing to show.',
}

const LIMITED: readonly HeaderName[] = [
  'RateLimit',
  'RateLimit-Policy',
  'X-RateLimit-Limit',
  'X-RateLimit-Remaining',
  'X-RateLimit-Reset',
]

function success(row: Route, status: number): ZodOpenApiResponseObject {
  const headers: readonly HeaderName[] = [
    'X-Request-Id',
    ...(row.rateClass === 'open' ? [] : LIMITED),
    ...(isConditional(row) ? (['ETag', 'Link'] as const) : []),
    ...(row.method === 'POST' ? (['Idempotency-Replayed'] as const) : []),
  ]
  return {
    description: MEANINGS[status] ?? 'Done.',
    headers: headersNamed(headers),
    ...(status === 204 ? {} : { content: { 'application/json': { schema: row.response } } }),
  }
}

/** Statuses of refusals, ascending. */
function refusals(row: Route): readonly number[] {
  const own = (operationOf(row).refuses ?? []).map((code) => PROBLEMS[code].status)
  const statuses = [
    ...own,
    500,
    // A query that no route knows is refused everywhere.
    400,
    ...(row.auth === 'none' ? [] : [401, 403]),
    ...(row.rateClass === 'open' ? [] : [429]),
    ...(row.path.includes(':') ? [404] : []),
    ...(row.method === 'GET' ? [] : [413, 415]),
    // `Idempotency-Key`: still running, or used for something else.
    ...(row.method === 'POST' ? [409, 422] : []),
  ]
  return [...new Set(statuses)].sort((one, other) => one - other)
}
