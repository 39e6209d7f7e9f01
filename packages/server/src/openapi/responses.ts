/** Answers of a route: its successes from the row, its refusals from the one table of problems. */
import { PROBLEM_CODES } from '@dnsradar/client'
import type { ErrorCode } from '@dnsradar/core'
import type { ZodOpenApiResponseObject, ZodOpenApiResponsesObject } from 'zod-openapi'
import { problem, PROBLEMS } from '../http/problems.ts'
import { type Route, type Success, successesOf } from '../http/route.ts'
import { type HeaderName, headersNamed, Problem } from './components.ts'
import { asMember, type Examples, examplesOf, type NamedExamples, type RouteExamples } from './examples.ts'
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

function problemResponse(
  status: number,
  codes: readonly ErrorCode[],
  examples: NamedExamples = madeUp(codes),
): ZodOpenApiResponseObject {
  const lines = codes.map((code) => `- \`${code}\`: ${PROBLEMS[code].title}.`)
  return {
    description: lines.join('\n'),
    headers: headersNamed(['X-Request-Id', ...(EXTRA_HEADERS[status] ?? [])]),
    content: {
      'application/problem+json': {
        schema: Problem,
        ...asMember(examples),
      },
    },
  }
}

/** One of each code: what a refusal of any route looks like. */
function madeUp(codes: readonly ErrorCode[]): NamedExamples {
  const at = { path: '/monitors', requestId: 'trace-42' }
  const example = (code: ErrorCode) => ({
    summary: PROBLEMS[code].title,
    value: problem(code, `${PROBLEMS[code].title}.`, at),
  })
  return Object.fromEntries(codes.map((code) => [code, example(code)]))
}

export function responsesOf(row: Route, examples: Examples): ZodOpenApiResponsesObject {
  const { responses } = examplesOf(examples, row)
  return Object.fromEntries([
    ...successesOf(row).map((one) => [one.status, success(row, one, responses)] as const),
    ...(isConditional(row) ? [['304', NOT_MODIFIED] as const] : []),
    ...refusals(row).map((status) => [status, refusal(status, responses[status])] as const),
  ])
}

/** Every status that a route says it answers with. */
export function statusesOf(row: Route): readonly number[] {
  return [...successesOf(row).map(({ status }) => status), ...(isConditional(row) ? [304] : []), ...refusals(row)]
}

/** The one that all routes share, unless this route has examples of its own. */
function refusal(status: number, examples: NamedExamples | undefined): ZodOpenApiResponseObject | { $ref: string } {
  return examples === undefined
    ? { $ref: `#/components/responses/${nameOf(status)}` }
    : problemResponse(status, CODES.get(status) ?? [], examples)
}

function isConditional({ kind, method, auth }: Route): boolean {
  return kind === 'exchange' && method === 'GET' && auth !== 'none'
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

function success(
  row: Route,
  { status, response }: Success,
  examples: RouteExamples['responses'],
): ZodOpenApiResponseObject {
  const headers: readonly HeaderName[] = [
    'X-Request-Id',
    ...(row.rateClass === 'open' ? [] : LIMITED),
    ...(isConditional(row) ? (['ETag', 'Link'] as const) : []),
    ...(row.method === 'POST' ? (['Idempotency-Replayed'] as const) : []),
  ]
  return {
    description: MEANINGS[status] ?? 'Done.',
    headers: headersNamed(headers),
    ...(status === 204 ? {} : { content: { [mediaTypeOf(row)]: { schema: response, ...asMember(examples[status]) } } }),
  }
}

export function mediaTypeOf({ kind }: Route): string {
  switch (kind) {
    case 'exchange':
      return 'application/json'
    case 'stream':
      return 'text/event-stream'
  }
}

/** Statuses of refusals, ascending. */
function refusals(row: Route): readonly number[] {
  const own = (operationOf(row).refuses ?? []).map((code) => PROBLEMS[code].status)
  const statuses = [
    ...own,
    // A query that no route knows is refused everywhere.
    400,
    // Who asks is read from the database; a probe of the process leans on nothing that can break.
    ...(row.auth === 'none' ? [] : [401, 500]),
    // Every key may read.
    ...(row.auth === 'none' || row.auth === 'read' ? [] : [403]),
    ...(row.rateClass === 'open' ? [] : [429]),
    ...(row.path.includes(':') ? [404] : []),
    ...(row.method === 'GET' ? [] : [413, 415]),
    // `Idempotency-Key`: still running, or used for something else.
    ...(row.method === 'POST' ? [409, 422] : []),
  ]
  return [...new Set(statuses)].sort((one, other) => one - other)
}
