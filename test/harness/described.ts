/**
 * Holds what a server answers to what the API says of itself: each answer of a route has a status that the route
 * documents and exactly the members of that status' schema. Every client of the harness looks at every answer this way.
 */
import assert from 'node:assert/strict'
import { Problem, type Route, ROUTES, statusesOf, successesOf } from '@dnsradar/server'

export interface Answered {
  readonly status: number
  /** Parsed; undefined when there was none. */
  readonly body: unknown
}

/** Throws. `path` may have a query; what is in no row of the route table must not be a success. */
export function expectDescribed(method: string, path: string, { status, body }: Answered): void {
  const name = `${method} ${path}: ${status} ${JSON.stringify(body)}`
  const row = rowOf(method, path)
  if (row === undefined) {
    assert.ok(status >= 300, `no row of the route table is ${name}`)
    return
  }
  assert.ok(statusesOf(row).includes(status), `the description knows no such status of ${name}`)
  // What a stream tells is looked at by whoever reads it.
  if (method === 'HEAD' || status === 304 || (row.kind === 'stream' && status === row.status)) return
  const schema = successesOf(row).find((success) => success.status === status)?.response ?? Problem
  assert.deepEqual(schema.safeParse(body).error?.issues ?? [], [], `the description does not allow ${name}`)
}

/** The platform's `fetch`, which looks at the JSON that it brings back. */
export const describedFetch: typeof fetch = async (input, init) => {
  const request = new Request(input, init)
  const response = await fetch(request)
  const type = response.headers.get('content-type')
  if (type === null || /\bjson\b/.test(type)) {
    const text = await response.clone().text()
    const body = text === '' ? undefined : JSON.parse(text)
    expectDescribed(request.method, new URL(request.url).pathname, { status: response.status, body })
  }
  return response
}

function rowOf(method: string, path: string): Route | undefined {
  const asked = method === 'HEAD' ? 'GET' : method
  const [plain = ''] = path.split('?')
  return ROUTES.find((route) => route.method === asked && patternOf(route.path).test(plain))
}

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replaceAll(/:\w+/g, '[^/]+')}/?$`)
}
