/** The server's route table is the truth about routes; the client's operations are held against it. */
import { ENDPOINTS } from '@dnsradar/client'
import { ROUTES } from '@dnsradar/server'
import { expect, test } from 'vitest'

/** A segment's name is the reader's affair: only its place counts. */
function placeOf(method: string, path: string): string {
  return `${method} ${path.replaceAll(/:\w+|\{\w+\}/g, '*')}`
}

test('every route behind an API key is an operation of the client, and the reverse', () => {
  const routes = ROUTES.filter((route) => route.auth !== 'none').map(({ method, path }) => placeOf(method, path))
  const operations = Object.values(ENDPOINTS).map(({ method, path }) => placeOf(method, path))
  expect(operations.toSorted()).toEqual(routes.toSorted())
})

test('an operation takes a body or a query where its route does', () => {
  for (const { method, path, input, output } of Object.values(ENDPOINTS)) {
    const route = ROUTES.find((row) => placeOf(row.method, row.path) === placeOf(method, path))
    expect([path, input.in === 'body']).toEqual([path, route?.body !== null])
    const query = route?.query as { readonly shape: object } | undefined
    const parameters = Object.keys(query?.shape ?? {})
    expect([path, input.in === 'query']).toEqual([path, parameters.length > 0])
    expect([path, output.out === 'page']).toEqual([path, parameters.includes('limit')])
  }
})
