/**
 * Everything that can be asked of the server, read from its route tables: a new row is attacked without a word here.
 * What stands in no table is listed at the end, and a test compares the whole with the application's own router.
 */
import { type Route, ROUTES, statusesOf } from '@dnsradar/server'
import { PAGES } from '../../packages/server/src/dashboard/pages/index.ts'
import { statusesOf as entriStatusesOf } from '../../packages/server/src/entri/reference.ts'
import type { EntriRoute } from '../../packages/server/src/entri/route.ts'
import { ENTRI_ROUTES } from '../../packages/server/src/entri/routes.ts'
import { TokenBody } from '../../packages/server/src/entri/schemas.ts'
import { examplesOf, readExamples } from '../../packages/server/src/openapi/examples.ts'
import { type JsonSchema, type Vocabulary, vocabularyOf } from './acceptable.ts'

/** Whose manners a route has: who asks, in which form, and how it refuses. */
export type Manner = 'api' | 'entri' | 'dashboard' | 'open'

export interface Target {
  readonly manner: Manner
  readonly method: string
  /** Express form: `/monitors/:id`. */
  readonly path: string
  readonly query: JsonSchema | null
  readonly body: JsonSchema | null
  /** Bodies that were accepted when they were recorded. */
  readonly examples: readonly unknown[]
  /** Every status that the route documents; null where nothing is documented by status. */
  readonly statuses: readonly number[] | null
}

interface Schema {
  toJSONSchema(options: { readonly io: 'input'; readonly unrepresentable: 'any' }): unknown
}

const recorded = readExamples()

export const TARGETS: readonly Target[] = [
  ...ROUTES.map(targetOf),
  ...ENTRI_ROUTES.map(entriTargetOf),
  ...PAGES.map(({ method, path }) => plain('dashboard', method, `/app${path === '/' ? '' : path}`)),
  ...['sign-in', 'sign-out'].map((name) => plain('dashboard', 'POST', `/app/${name}`)),
  ...['sign-in', 'stream', 'assets/:version/:name'].map((name) => plain('dashboard', 'GET', `/app/${name}`)),
  { ...plain('entri', 'POST', '/token'), body: jsonSchemaOf(TokenBody), statuses: [200, 400, 401, 413, 415, 429] },
  // With the cookie and the wishes of a browser: programs are not led to the dashboard.
  plain('dashboard', 'GET', '/'),
  ...[
    '/metrics',
    '/openapi.json',
    '/llms.txt',
    '/docs',
    '/docs/initializer.js',
    '/docs/swagger-ui.css',
    '/docs/swagger-ui-bundle.js',
    '/docs/favicon-32x32.png',
    '/monitor/openapi.json',
    '/badge/:group.svg',
    '/badge/:group.json',
    '/status/:group',
  ].map((path) => plain('open', 'GET', path)),
]

/** What members are called in all of them, and what was accepted there. */
export const VOCABULARY: Vocabulary = vocabularyOf(TARGETS.flatMap(({ examples }) => examples))

export function nameOf({ method, path }: Pick<Target, 'method' | 'path'>): string {
  return `${method} ${path}`
}

function targetOf(row: Route): Target {
  const { request = {} } = examplesOf(recorded, row)
  return {
    manner: row.auth === 'none' ? 'open' : 'api',
    method: row.method,
    path: row.path,
    query: jsonSchemaOf(row.query),
    body: jsonSchemaOf(row.body),
    examples: Object.values(request).map(({ value }) => value),
    statuses: statusesOf(row),
  }
}

function entriTargetOf(row: EntriRoute): Target {
  return {
    ...plain('entri', row.method, row.path),
    query: jsonSchemaOf(row.query),
    body: jsonSchemaOf(row.body),
    statuses: [200, ...entriStatusesOf(row)],
  }
}

function plain(manner: Manner, method: string, path: string): Target {
  return { manner, method, path, query: null, body: null, examples: [], statuses: null }
}

function jsonSchemaOf(schema: Schema | null | undefined): JsonSchema | null {
  if (schema === null || schema === undefined) return null
  return schema.toJSONSchema({ io: 'input', unrepresentable: 'any' }) as JsonSchema
}
