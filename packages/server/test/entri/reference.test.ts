/** The dialect's own OpenAPI document. */
import { Validator } from '@seriousme/openapi-schema-validator'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ENTRI_ROUTES } from '../../src/entri/routes.ts'
import { openApiPath } from '../../src/openapi/document.ts'
import { type Api, startApi } from '../api.ts'

let api: Api
// oxlint-disable-next-line typescript/no-explicit-any -- the tests look into JSON of every shape
let document: any
beforeAll(async () => {
  api = await startApi()
  const reply = await fetch(`${api.address}/monitor/openapi.json`)
  expect(reply.headers.get('content-type')).toMatch(/^application\/json/)
  document = await reply.json()
})
afterAll(() => api[Symbol.asyncDispose]())

test('is valid OpenAPI 3.1, and needs no token', async () => {
  const validator = new Validator()
  const { valid, errors } = await validator.validate(structuredClone(document))
  expect({ valid, errors }).toEqual({ valid: true, errors: undefined })
  expect(validator.version).toBe('3.1')
})

test('has exactly the routes of the dialect, each with a name of its own', () => {
  const described = Object.entries<Record<string, { operationId: string }>>(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { operationId }]) => ({ name: `${method.toUpperCase()} ${path}`, operationId })),
  )
  const routes = [{ method: 'POST', path: '/token' }, ...ENTRI_ROUTES]
  const names = routes.map(({ method, path }) => `${method} ${openApiPath(path)}`)
  expect(described.map(({ name }) => name).sort()).toEqual(names.sort())
  expect(new Set(described.map(({ operationId }) => operationId)).size).toBe(described.length)
})

test('asks for the application and its token, but for the token itself', () => {
  expect(document.paths['/token'].post.security).toEqual([])
  expect(document.paths['/monitor/domains'].get.security).toEqual([{ Application: [], Token: [] }])
})

test('names what is answered and delivered', () => {
  const { schema } = document.paths['/monitor/domains'].get.responses['200'].content['application/json']
  expect(schema).toEqual({ $ref: '#/components/schemas/DomainList' })
  const { requestBody, parameters } = document.webhooks.domainNews.post
  expect(requestBody.content['application/json'].schema).toEqual({ $ref: '#/components/schemas/EntriDelivery' })
  expect(parameters.map(({ name }: { name: string }) => name)).toContain('Entri-Signature-V2')
})

test('is kept apart from the native one', async () => {
  const reply = await fetch(`${api.address}/openapi.json`)
  const native = (await reply.json()) as { paths: object }
  expect(Object.keys(native.paths).filter((path) => path.startsWith('/monitor/') || path === '/token')).toEqual([])
  expect(Object.keys(native.paths)).toContain('/entri/applications')
})
