/** The routes that an application really has, as its router holds them. */
import type { Express } from 'express'

export interface RegisteredRoute {
  readonly method: string
  readonly path: string
}

interface Layer {
  readonly route?: { readonly path: unknown; readonly methods: Readonly<Record<string, boolean>> }
  /** Of a router inside the router. */
  readonly handle: { readonly stack?: readonly Layer[] }
}

/** The only router inside the application's own, which does not tell below which path it stands. */
const INNER = '/app'

/** Without those that take all methods, which refuse them. */
export function routesOf(app: Express): readonly RegisteredRoute[] {
  return routesIn((app.router as unknown as { readonly stack: readonly Layer[] }).stack, '')
}

function routesIn(stack: readonly Layer[], prefix: string): readonly RegisteredRoute[] {
  return stack.flatMap(({ route, handle }) => {
    if (route === undefined) return handle.stack === undefined ? [] : routesIn(handle.stack, INNER)
    const { path, methods } = route
    if (typeof path !== 'string') return []
    return Object.keys(methods)
      .filter((method) => method !== '_all')
      .map((method) => ({ method: method.toUpperCase(), path: prefix + (prefix !== '' && path === '/' ? '' : path) }))
  })
}
