/**
 * Examples of bodies, by route and status: what was really sent and answered.
 *
 * `examples.json` is recorded: `packages/server/test/examples.test.ts` runs the product through a story and fails when
 * it says anything else than the file. After a change that is meant, the same test writes the file anew:
 *
 *     vitest run --project e2e packages/server/test/examples.test.ts --update
 */
import { readFileSync } from 'node:fs'

/** An Example Object of OpenAPI. Without a value: answered without a body. */
export interface Example {
  readonly summary: string
  readonly value?: unknown
}

export type NamedExamples = Readonly<Record<string, Example>>

export interface RouteExamples {
  readonly request?: NamedExamples
  /** By status. */
  readonly responses: Readonly<Record<string, NamedExamples>>
}

export interface Examples {
  /** By method and path as they stand in the route table. */
  readonly routes: Readonly<Record<string, RouteExamples>>
  /** Bodies of deliveries, by their names in the document's `webhooks`. */
  readonly webhooks: Readonly<Record<string, NamedExamples>>
}

const FILE = new URL('examples.json', import.meta.url)

/** Read when the document is first asked for, so that starting does not wait for it. */
export function readExamples(): Examples {
  return JSON.parse(readFileSync(FILE, 'utf8')) as Examples
}

export function examplesOf(
  { routes }: Examples,
  { method, path }: { readonly method: string; readonly path: string },
): RouteExamples {
  return routes[`${method} ${path}`] ?? { responses: {} }
}

/** As a media type holds them: nothing when there are none. */
export function asMember(examples: NamedExamples | undefined): { examples?: Record<string, Example> } {
  return examples === undefined ? {} : { examples: { ...examples } }
}
