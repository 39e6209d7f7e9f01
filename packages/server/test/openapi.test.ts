/** The reference: complete, valid, and readable without a key, a network or a script of anybody else's. */
import { ENDPOINTS } from '@dnsradar/client'
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type * as z from 'zod'
import { type DnsServer, startDnsServer } from '../../../test/harness/dns-server.ts'
import { type ReceivedRequest, type Receiver, startReceiver } from '../../../test/harness/webhook-receiver.ts'
import { PROBLEMS } from '../src/http/problems.ts'
import { type Route, successesOf } from '../src/http/route.ts'
import { ROUTES } from '../src/index.ts'
import { INPUTS, OUTPUTS } from '../src/openapi/components.ts'
import { openApiPath } from '../src/openapi/document.ts'
import { examplesOf, readExamples } from '../src/openapi/examples.ts'
import { OPERATIONS, TAGS } from '../src/openapi/operations.ts'
import { mediaTypeOf } from '../src/openapi/responses.ts'
import { DnsDelivery, SubscriptionDelivery, SystemDelivery, TestDelivery } from '../src/schemas/deliveries.ts'
import { A_MONITOR, type Api, startApi } from './api.ts'

let api: Api
let dns: DnsServer
let receiver: Receiver
// oxlint-disable-next-line typescript/no-explicit-any -- the tests look into JSON of every shape
let document: any
beforeAll(async () => {
  dns = await startDnsServer()
  receiver = await startReceiver()
  api = await startApi({
    DNSRADAR_RESOLVERS: dns.address,
    DNSRADAR_DNS_TIMEOUT: '5s',
    DNSRADAR_WEBHOOK_ALLOW: '127.0.0.1',
  })
  document = await (await fetch(`${api.address}/openapi.json`)).json()
})
afterAll(async () => {
  await api[Symbol.asyncDispose]()
  await receiver[Symbol.asyncDispose]()
  await dns[Symbol.asyncDispose]()
})

const recorded = readExamples()
const rows = ROUTES.map((row) => ({ name: `${row.method} ${row.path}`, row }))

const operation = ({ method, path }: Route) => document.paths[openApiPath(path)]?.[method.toLowerCase()]

describe('the OpenAPI document', () => {
  test('is valid OpenAPI 3.1', async () => {
    const validator = new Validator()
    const { valid, errors } = await validator.validate(structuredClone(document))
    expect({ valid, errors }).toEqual({ valid: true, errors: undefined })
    expect(validator.version).toBe('3.1')
  })

  test('refers to nothing that is not in it', () => {
    const broken = refsOf(document).filter((ref) => resolve(ref) === undefined)
    expect(broken).toEqual([])
  })

  test('has exactly the routes of the table', () => {
    const described = Object.entries(document.paths).flatMap(([path, item]) =>
      Object.keys(item as object).map((method) => `${method.toUpperCase()} ${path}`),
    )
    expect(described.sort()).toEqual(ROUTES.map(({ method, path }) => `${method} ${openApiPath(path)}`).sort())
  })

  test('has words for no route that is gone', () => {
    expect(Object.keys(OPERATIONS).sort()).toEqual(rows.map(({ name }) => name).sort())
  })

  test('calls each operation by a name of its own', () => {
    const ids = Object.values(OPERATIONS).map(({ id }) => id)
    expect(new Set(ids).size).toBe(ids.length)
  })

  test('calls operations as the client does', () => {
    const plain = Object.entries(ENDPOINTS).filter(([, { path }]) => !path.includes('?'))
    const named = plain.map(([id, { method, path }]) => [id, document.paths[path]?.[method.toLowerCase()]?.operationId])
    expect(named).toEqual(named.map(([id]) => [id, id]))
  })

  test('uses every tag and no other', () => {
    const used = new Set(Object.values(OPERATIONS).map(({ tag }) => tag))
    expect([...used].sort()).toEqual(Object.keys(TAGS).sort())
    expect(document.tags.map(({ name }: { name: string }) => name)).toEqual(Object.keys(TAGS))
  })

  test('names each schema once', () => {
    const texts = Object.entries(document.components.schemas).map(([name, schema]) => [JSON.stringify(schema), name])
    expect(Object.keys(document.components.schemas).filter((name) => /Output$|^__/.test(name))).toEqual([])
    const twice = texts.filter(([text], index) => texts.findIndex(([other]) => other === text) !== index)
    expect(twice).toEqual([])
  })

  test('says of no member that only answers may hold it: deliveries hold it too', () => {
    expect(JSON.stringify(document)).not.toContain('"readOnly"')
  })

  test('tells every code of a refusal under its status', () => {
    for (const [code, { status }] of Object.entries(PROBLEMS)) {
      expect(Object.keys(codesOf(status)), `${status} ${code}`).toContain(code)
    }
  })
})

const codesOf = (status: number) =>
  document.components.responses[`Problem${status}`].content['application/problem+json'].examples

describe.for(rows)('$name', ({ row }) => {
  test('has its successes, each with the schema of its row', () => {
    const { responses } = operation(row)
    const successes = Object.keys(responses).filter((status) => status.startsWith('2'))
    expect(successes).toEqual(
      successesOf(row)
        .map(({ status }) => String(status))
        .sort(),
    )
    for (const { status, response } of successesOf(row)) {
      expect(responses[status].content?.[mediaTypeOf(row)]?.schema).toEqual(
        status === 204 ? undefined : namesOf(response, OUTPUTS),
      )
    }
  })

  test('has its body under a name', () => {
    const { requestBody } = operation(row)
    const expected = row.body === null ? undefined : namesOf(row.body, INPUTS)
    expect(requestBody?.content['application/json'].schema).toEqual(expected)
  })

  test('shows what was recorded of it', () => {
    const { request, responses } = examplesOf(recorded, row)
    const described = operation(row)
    expect(described.requestBody?.content['application/json'].examples).toEqual(request)
    for (const [status, examples] of Object.entries(responses).filter(([status]) => status !== '204')) {
      const [media] = Object.values<{ examples?: object }>(described.responses[status].content)
      expect(media?.examples, `status ${status}`).toEqual(examples)
    }
  })

  test('lists every parameter of its path and its query', () => {
    const parameters = operation(row).parameters.map((given: { $ref?: string }) =>
      given.$ref === undefined ? given : resolve(given.$ref),
    )
    const named = (place: string) =>
      parameters.filter((given: { in: string }) => given.in === place).map((given: { name: string }) => given.name)
    expect(named('path')).toEqual([...row.path.matchAll(/:(\w+)/g)].map(([, name]) => name))
    expect(named('query')).toEqual(Object.keys((row.query as z.ZodObject).shape))
    expect(named('header').includes('Idempotency-Key')).toBe(row.method === 'POST')
  })

  test('asks for the scope of its row and tells what follows without', () => {
    const { security, responses } = operation(row)
    const guarded = row.auth !== 'none'
    expect(security).toEqual(guarded ? [{ ApiKey: [row.auth] }, { Bearer: [row.auth] }] : [])
    expect('401' in responses).toBe(guarded)
    // Every key may read.
    expect('403' in responses).toBe(guarded && row.auth !== 'read')
    expect('RateLimit' in responses[row.status].headers).toBe(row.rateClass !== 'open')
    expect('304' in responses).toBe(guarded && row.kind === 'exchange' && row.method === 'GET')
  })
})

/** `{$ref}` of a schema that has a name, or of each that a union offers. */
function namesOf(schema: z.ZodType, known: Readonly<Record<string, z.ZodType>>): object {
  const [name] = Object.entries(known).find(([, other]) => other === schema) ?? []
  if (name !== undefined) return { $ref: `#/components/schemas/${name}` }
  const { options } = schema as z.ZodUnion<z.ZodType[]>
  expect(options, 'an unnamed schema is a choice between named ones').toBeInstanceOf(Array)
  return { anyOf: options.map((option) => namesOf(option, known)) }
}

function refsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([name, inner]) =>
    name === '$ref' && typeof inner === 'string' ? [inner] : refsOf(inner),
  )
}

// oxlint-disable-next-line typescript/no-explicit-any -- see above
function resolve(ref: string): any {
  return ref
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((value, name) => (value as Record<string, unknown> | undefined)?.[name], document)
}

/** What a receiver is sent by a new webhook when `cause` happens. */
async function delivered(webhook: object, cause: (id: string) => Promise<unknown>): Promise<ReceivedRequest> {
  const json = { url: receiver.url, groups: ['default'], secret: 'a secret of the caller', ...webhook }
  const { body } = await api.call('POST', '/webhooks', { json })
  await cause(body.uuid)
  const received = await receiver.next()
  await api.call('DELETE', `/webhooks/${body.uuid}`)
  return received
}

/** What any HTTP client sends. */
const PLAIN_HEADERS = [
  'host',
  'connection',
  'content-type',
  'content-length',
  'user-agent',
  'accept',
  'accept-encoding',
]

const askForTest = (id: string) => api.call('POST', `/webhooks/${id}/test`)
/** No server knows the name, so it breaks at its first look. */
const breakRecord = () => api.call('POST', '/monitors', { json: A_MONITOR })
const makeMonitor = () => api.call('POST', '/monitors', { json: { ...A_MONITOR, is_active: false } })

const DELIVERED = [
  { kind: 'dnsEvent', webhook: {}, cause: breakRecord, schema: DnsDelivery },
  { kind: 'subscription', webhook: { source: 'n8n' }, cause: breakRecord, schema: SubscriptionDelivery },
  { kind: 'systemEvent', webhook: { events: ['monitor.created'] }, cause: makeMonitor, schema: SystemDelivery },
  { kind: 'test', webhook: {}, cause: askForTest, schema: TestDelivery },
  { kind: 'test', webhook: { source: 'n8n' }, cause: askForTest, schema: TestDelivery },
] as const

test.for(DELIVERED)('a real delivery is what $kind promises', async ({ kind, webhook, cause, schema }) => {
  const { headers, body } = await delivered(webhook, cause)
  expect(schema.safeParse(JSON.parse(body)).error?.issues ?? []).toEqual([])
  const { post } = document.webhooks[kind]
  const described = post.requestBody.content['application/json']
  expect(described.schema).toEqual(namesOf(schema, OUTPUTS))
  expect(described.examples).toEqual(recorded.webhooks[kind])
  const parameters: Parameter[] = post.parameters.map(({ $ref }: { $ref: string }) => resolve($ref))
  const sent = Object.keys(headers).filter((name) => !PLAIN_HEADERS.includes(name))
  const lower = (given: readonly Parameter[]) => given.map(({ name }) => name.toLowerCase())
  expect(lower(parameters)).toEqual(expect.arrayContaining(sent))
  expect(sent).toEqual(expect.arrayContaining(lower(parameters.filter(({ required }) => required))))
})

interface Parameter {
  readonly name: string
  readonly required: boolean
}

const get = (path: string, headers: Readonly<Record<string, string>> = {}) => fetch(api.address + path, { headers })

describe('the reference', () => {
  const PATHS = ['/openapi.json', '/llms.txt', '/docs', '/docs/swagger-ui-bundle.js'] as const

  test.for(PATHS)('%s needs no key, and 304 says that it did not change', async (path) => {
    const whole = await get(path)
    expect(whole.status).toBe(200)
    expect(whole.headers.get('cache-control')).toBe('public, no-cache')
    await whole.arrayBuffer()
    const again = await get(path, { 'If-None-Match': whole.headers.get('etag') ?? '' })
    expect(again.status).toBe(304)
  })

  test.for(PATHS)('%s is there for GET only', async (path) => {
    const response = await fetch(api.address + path, { method: 'POST' })
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD'])
  })

  test('allows the page no script but files of this server', async () => {
    const policy = (await get('/docs')).headers.get('content-security-policy') ?? ''
    const directives = new Map(policy.split('; ').map((text) => [text.split(' ')[0], text.split(' ').slice(1)]))
    expect(directives.get('default-src')).toEqual(["'none'"])
    expect(directives.get('script-src')).toEqual(["'self'"])
    expect(directives.get('connect-src')).toEqual(["'self'"])
    expect(directives.get('frame-ancestors')).toEqual(["'none'"])
  })

  test('has no script inside its page, and everything that the page names is served', async () => {
    const html = await (await get('/docs')).text()
    expect(html).not.toMatch(/<script(?![^>]*\ssrc=)|\son\w+=|javascript:|https?:/i)
    const named = [...html.matchAll(/\s(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '')
    expect(named).toEqual(expect.arrayContaining(['/docs/swagger-ui-bundle.js', '/docs/swagger-ui.css']))
    const served = await Promise.all(named.map(async (path) => [path, (await get(path)).status]))
    expect(served).toEqual(named.map((path) => [path, 200]))
  })

  test('sends the address of the document to nobody', async () => {
    const script = await (await get('/docs/initializer.js')).text()
    expect(script).toContain('validatorUrl: null')
    expect(script).toContain("url: '/openapi.json'")
  })

  test.for(['/docs/package.json', '/docs/index.html', '/docs/%2e%2e/package.json', '/docs/..%2fpackage.json'])(
    'serves no other file of the package: %s',
    async (path) => {
      expect((await get(path)).status).toBe(404)
    },
  )

  test('/llms.txt names every route', async () => {
    const response = await get('/llms.txt')
    expect(response.headers.get('content-type')).toBe('text/plain; charset=utf-8')
    const text = await response.text()
    for (const { method, path } of ROUTES) expect(text).toContain(`\`${method} ${openApiPath(path)}\``)
  })
})
