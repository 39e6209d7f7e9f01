/** The server's route table is the truth about routes; the client's operations are held against it. */
import { ENDPOINTS } from '@dnsradar/client'
import { ROUTES } from '@dnsradar/server'
import { expect, test } from 'vitest'

/** A segment's name is the reader's affair: only its place counts. */
function placeOf(method: string, path: string): string {
  return `${method} ${path.replaceAll(/:\w+|\{\w+\}/g, '*')}`
}

/** An operation that sets parameters of its own is a way to call a route that others call too. */
function routeOf(method: string, path: string) {
  const [plain = ''] = path.split('?')
  return ROUTES.find((row) => placeOf(row.method, row.path) === placeOf(method, plain))
}

test('every route behind an API key is an operation of the client, and the reverse', () => {
  const routes = ROUTES.filter((route) => route.auth !== 'none').map(({ method, path }) => placeOf(method, path))
  const operations = Object.values(ENDPOINTS)
    .filter(({ path }) => !path.includes('?'))
    .map(({ method, path }) => placeOf(method, path))
  expect(operations.toSorted()).toEqual(routes.toSorted())
})

test('an operation takes a body or a query where its route does', () => {
  for (const { method, path, input, output } of Object.values(ENDPOINTS)) {
    const route = routeOf(method, path)
    const parameters = parametersOf(route)
    expect([path, input.in === 'body']).toEqual([path, route?.body !== null])
    expect([path, output.out === 'page']).toEqual([path, parameters.includes('limit')])
    if (input.in !== 'body') expect([path, input.in === 'query']).toEqual([path, parameters.length > 0])
  }
})

test('every parameter beside a body has an operation that sets it', () => {
  for (const route of ROUTES) {
    if (route.body === null) continue
    const place = placeOf(route.method, route.path)
    const set = Object.values(ENDPOINTS).flatMap(({ method, path }) => {
      const [plain = '', query = ''] = path.split('?')
      return placeOf(method, plain) === place ? [...new URLSearchParams(query).keys()] : []
    })
    expect([place, set]).toEqual([place, parametersOf(route)])
  }
})

function parametersOf(route: (typeof ROUTES)[number] | undefined): readonly string[] {
  return Object.keys((route?.query as { readonly shape?: object } | undefined)?.shape ?? {})
}
