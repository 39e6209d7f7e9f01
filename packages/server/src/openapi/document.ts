/** The OpenAPI 3.1 document: made from the route table and the schemas that the server itself validates with. */
import {
  createDocument,
  type CreateDocumentOptions,
  type ZodOpenApiObject,
  type ZodOpenApiOperationObject,
  type ZodOpenApiParameterObject,
  type ZodOpenApiRequestBodyObject,
} from 'zod-openapi'
import * as z from 'zod'
import { PROBLEMS } from '../http/problems.ts'
import type { Route } from '../http/route.ts'
import { VERSION } from '../version.ts'
import { HEADERS, INPUTS, OUTPUTS, PATH_PARAMETERS } from './components.ts'
import { deliveries, DELIVERY_HEADERS } from './deliveries.ts'
import { asMember, type Examples, examplesOf, type NamedExamples } from './examples.ts'
import { operationOf, TAGS } from './operations.ts'
import { PROBLEM_RESPONSES, responsesOf } from './responses.ts'

export type OpenApiDocument = ReturnType<typeof createDocument>

export function openApiDocument(routes: readonly Route[], examples: Examples): OpenApiDocument {
  return createDocument(
    {
      openapi: '3.1.1',
      info: {
        title: 'DNSRadar',
        version: VERSION,
        description: DESCRIPTION,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      // Wherever the document was read from.
      servers: [{ url: '/' }],
      tags: Object.entries(TAGS).map(([name, description]) => ({ name, description })),
      paths: pathsOf(routes, (row) => describe(row, examples)),
      webhooks: deliveries(examples),
      components: {
        schemas: { ...OUTPUTS, ...INPUTS },
        parameters: { ...PARAMETERS, ...DELIVERY_HEADERS },
        headers: HEADERS,
        responses: PROBLEM_RESPONSES,
        securitySchemes: {
          ApiKey: { type: 'apiKey', in: 'header', name: 'X-API-Key', description: 'An API key: `sk_…`' },
          Bearer: { type: 'http', scheme: 'bearer', description: 'The same API key as a bearer token.' },
        },
      },
    },
    OPTIONS,
  )
}

/** Bodies are named here once and described as they are sent; what becomes of them inside is nobody's business. */
const OPTIONS: CreateDocumentOptions = {
  allowEmptySchema: { pipe: { output: true } },
  override: ({ jsonSchema }) => {
    // Ours not to change in TypeScript; on the wire it would say that no request may hold it.
    delete jsonSchema.readOnly
    // Every whole number of JavaScript is within these.
    if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum
    if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum
  },
}

const DESCRIPTION = `Watches DNS records and tells webhooks when they change.

Times are ISO 8601 in UTC with whole seconds; time filters are Unix seconds. Lists answer \`{limit, after, before, has_more, data}\`: pass \`after\` back to go on. Members and parameters that are not known are refused. Refusals are problem documents (RFC 9457) with a stable \`code\`.`

/** `/monitors/:id` as OpenAPI writes it. */
export function openApiPath(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}')
}

/** The document's `paths`, with each row described under its path and method. */
export function pathsOf<Row extends { readonly method: string; readonly path: string }>(
  rows: readonly Row[],
  describe: (row: Row) => ZodOpenApiOperationObject,
): NonNullable<ZodOpenApiObject['paths']> {
  const byPath = Map.groupBy(rows, ({ path }) => openApiPath(path))
  return Object.fromEntries(
    [...byPath].map(([path, rowsOfPath]) => [
      path,
      Object.fromEntries(rowsOfPath.map((row) => [row.method.toLowerCase(), describe(row)])),
    ]),
  )
}

function describe(row: Route, examples: Examples): ZodOpenApiOperationObject {
  const { id, tag, summary } = operationOf(row)
  return {
    operationId: id,
    tags: [tag],
    summary,
    description: descriptionOf(row),
    security: row.auth === 'none' ? [] : [{ ApiKey: [row.auth] }, { Bearer: [row.auth] }],
    requestParams: { query: queryOf(row) },
    parameters: [...pathParameters(row.path), ...headerParameters(row)],
    ...(row.body === null ? {} : { requestBody: bodyOf(row.body, examplesOf(examples, row).request) }),
    responses: responsesOf(row, examples),
  }
}

function bodyOf(schema: z.ZodType, examples: NamedExamples | undefined): ZodOpenApiRequestBodyObject {
  return { required: !schema.safeParse({}).success, content: { 'application/json': { schema, ...asMember(examples) } } }
}

function descriptionOf(row: Route): string {
  const { description, refuses = [] } = operationOf(row)
  const codes = refuses.map((code) => `\`${code}\` (${PROBLEMS[code].status})`)
  return [
    ...(description === undefined ? [] : [description]),
    row.auth === 'none' ? 'Needs no API key.' : `Needs a key with scope \`${row.auth}\`.`,
    ...(codes.length === 0 ? [] : [`May be refused with ${codes.join(', ')}.`]),
  ].join('\n\n')
}

/** Throws for a query that is no object: its parameters could not be listed. */
function queryOf({ method, path, query }: Route): z.ZodObject {
  if (query instanceof z.ZodObject) return query
  throw new Error(`${method} ${path} takes a query that is no object`)
}

/** Throws for a parameter that nobody has described yet. */
function pathParameters(path: string): readonly ZodOpenApiParameterObject[] {
  return [...path.matchAll(/([^/]+)\/(:\w+)/g)].map(([segments]) => {
    if (!(segments in PATH_PARAMETERS)) throw new Error(`${segments} of ${path} has no words in openapi/components.ts`)
    return { $ref: `#/components/parameters/${parameterName(segments)}` }
  })
}

/** `monitors/:id` -> `monitors-id`. */
function parameterName(segments: string): string {
  return segments.replace('/:', '-')
}

function headerParameters({ kind, method, auth }: Route): readonly ZodOpenApiParameterObject[] {
  const reference = (name: string) => ({ $ref: `#/components/parameters/${name}` })
  return [
    ...(method === 'POST' && auth !== 'none' ? [reference('Idempotency-Key')] : []),
    ...(kind === 'exchange' && method === 'GET' && auth !== 'none' ? [reference('If-None-Match')] : []),
    ...(kind === 'stream' ? [reference('Last-Event-ID')] : []),
  ]
}

const PARAMETERS: Readonly<Record<string, ZodOpenApiParameterObject>> = {
  ...Object.fromEntries(
    Object.entries(PATH_PARAMETERS).map(([segments, words]) => [
      parameterName(segments),
      { ...words, in: 'path', required: true },
    ]),
  ),
  'Idempotency-Key': {
    name: 'Idempotency-Key',
    in: 'header',
    description:
      'The request happens once, however often it arrives within 24 hours: a repeat is given the same answer. 1 to 255 visible ASCII characters, such as a UUID.',
    schema: { type: 'string', minLength: 1, maxLength: 255, pattern: '^[!-~]+$' },
  },
  'Last-Event-ID': {
    name: 'Last-Event-ID',
    in: 'header',
    description: 'The id of the last message that the caller has: what came after it is sent first.',
    schema: { type: 'string', examples: ['evt_01h455vb4pex5vsknk084sn02q'] },
  },
  'If-None-Match': {
    name: 'If-None-Match',
    in: 'header',
    description: 'The `ETag` of an answer that the caller has: 304 without a body while it still holds.',
    schema: { type: 'string' },
  },
}
