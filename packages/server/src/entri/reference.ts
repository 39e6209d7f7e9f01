/** The dialect's own OpenAPI 3.1 document, made from its route table: `/monitor/openapi.json`. */
import type { Express } from 'express'
import { createDocument, type ZodOpenApiOperationObject, type ZodOpenApiResponsesObject } from 'zod-openapi'
import * as z from 'zod'
import { wrongMethod } from '../http/errors.ts'
import { pathsOf } from '../openapi/document.ts'
import { answer } from '../openapi/serve.ts'
import { VERSION } from '../version.ts'
import { ENTRI_TAGS, type EntriRoute } from './route.ts'
import { ENTRI_ROUTES } from './routes.ts'
import {
  Batch,
  BatchStatus,
  DeletedDomain,
  Domain,
  DomainList,
  EntriDelivery,
  Health,
  Records,
  Refusal,
  Status,
  Token,
  TokenBody,
  WrittenDomain,
  WrittenRecords,
} from './schemas.ts'

export function registerEntriReference(app: Express): void {
  app
    .route('/monitor/openapi.json')
    .get(answer('application/json', () => JSON.stringify(entriDocument())))
    .all(wrongMethod(['GET', 'HEAD']))
}

const DESCRIPTION = `Monitors the DNS records of your customers' domains and tells your webhook when one goes missing and when all are back.

Every request but \`POST /token\` carries the header \`applicationId\` and a bearer token, which is good for 60 minutes. Members of a body that are not known are left aside. Refusals are \`{message, errors?}\`.`

function entriDocument() {
  return createDocument(
    {
      openapi: '3.1.1',
      info: { title: 'DNSRadar: Entri Monitor', version: VERSION, description: DESCRIPTION },
      servers: [{ url: '/' }],
      tags: Object.entries(ENTRI_TAGS).map(([name, description]) => ({ name, description })),
      paths: { '/token': { post: TOKEN }, ...pathsOf(ENTRI_ROUTES, describe) },
      webhooks: { domainNews: { post: DELIVERY } },
      components: {
        schemas: {
          Token,
          Domain,
          WrittenDomain,
          DeletedDomain,
          DomainList,
          Records,
          WrittenRecords,
          Batch,
          BatchStatus,
          Health,
          Status,
          Refusal,
          EntriDelivery,
        },
        securitySchemes: {
          Application: { type: 'apiKey', in: 'header', name: 'applicationId', description: 'Id of your application.' },
          Token: {
            type: 'http',
            scheme: 'bearer',
            bearerFormat: 'JWT',
            description: 'The `auth_token` of `POST /token`.',
          },
        },
      },
    },
    { allowEmptySchema: { pipe: { output: true } } },
  )
}

function describe(row: EntriRoute): ZodOpenApiOperationObject {
  return {
    operationId: row.id,
    tags: [row.tag],
    summary: row.summary,
    security: [{ Application: [], Token: [] }],
    requestParams: {
      ...(row.query instanceof z.ZodObject ? { query: row.query } : {}),
      ...(row.path.includes(':') ? { path: pathOf(row.path) } : {}),
    },
    ...(row.body === undefined ? {} : { requestBody: json(row.body, true) }),
    responses: {
      200: { description: 'Done.', ...json(row.response) },
      ...refusals(statusesOf(row)),
    },
  }
}

function pathOf(path: string): z.ZodObject {
  return z.object(Object.fromEntries([...path.matchAll(/:(\w+)/g)].map(([, name]) => [name ?? '', z.string()])))
}

/** Every status, beside 200, that a route may answer with. */
export function statusesOf(row: Pick<EntriRoute, 'path' | 'method' | 'body'>): readonly number[] {
  const isCreate = row.method === 'POST'
  return [
    400,
    401,
    ...(row.body === undefined ? [] : [402]),
    ...(row.path.includes(':') || row.body !== undefined ? [404] : []),
    ...(isCreate ? [409] : []),
    ...(row.body === undefined ? [] : [413, 415]),
    429,
    500,
  ]
}

const MEANINGS: Readonly<Record<number, string>> = {
  400: 'Something of the request is not acceptable; `errors` says what, by its place.',
  401: 'The applicationId, the token or the secret is missing or not good.',
  402: 'The plan of the organization allows no more monitors.',
  404: 'There is no such domain, record or batch.',
  409: 'It is there already.',
  413: 'The body is too large.',
  415: 'The body is not JSON.',
  429: 'Too many requests; `Retry-After` says when to try again.',
  500: 'Something is broken here.',
}

function refusals(statuses: readonly number[]): ZodOpenApiResponsesObject {
  return Object.fromEntries(
    statuses.map((status) => [status, { description: MEANINGS[status] ?? 'Refused.', ...json(Refusal) }] as const),
  ) as ZodOpenApiResponsesObject
}

function json(schema: z.ZodType, required?: true) {
  return { ...(required && { required }), content: { 'application/json': { schema } } }
}

const TOKEN: ZodOpenApiOperationObject = {
  operationId: 'createToken',
  tags: ['Service'],
  summary: 'Get a token for an hour',
  security: [],
  requestBody: json(TokenBody, true),
  responses: { 200: { description: 'Done.', ...json(Token) }, ...refusals([400, 401, 413, 415, 429, 500]) },
}

function header(name: string, description: string) {
  return { name, in: 'header', required: true, description, schema: { type: 'string' } } as const
}

const DELIVERY: ZodOpenApiOperationObject = {
  operationId: 'receiveDomainNews',
  tags: ['Domains'],
  summary: 'A record went missing, or all records of a domain are back',
  security: [],
  parameters: [
    header('Entri-Timestamp', 'Unix seconds of this attempt.'),
    header(
      'Entri-Signature-V2',
      'Lower-case hex of SHA-256 over id, timestamp and secret, one after the other. The body is not covered: verify `webhook-signature` where you can.',
    ),
    header('webhook-id', 'Standard Webhooks: id of the request, the same on every attempt.'),
    header('webhook-timestamp', 'Standard Webhooks: Unix seconds of this attempt.'),
    header('webhook-signature', 'Standard Webhooks: `v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`.'),
  ],
  requestBody: json(EntriDelivery, true),
  responses: {
    '2XX': { description: 'Received. The next one of the queue follows.' },
    410: { description: 'The webhook is gone and disabled.' },
    default: { description: 'A failure: tried again later, and the rest of the queue waits.' },
  },
}
