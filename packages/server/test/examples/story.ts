/**
 * What the recorder asks, in order: the story's steps are rows, each one request to a route of the table and the answer
 * that is expected. To give a route an example, add a row where the story has come to what the route needs.
 */
import type { Caller, World } from './world.ts'

export interface Step {
  /** Method and path as they stand in the route table. */
  readonly route: string
  /** Of the example; also how later steps refer to this one's answer. Unique. */
  readonly name: string
  /** One line about it, for the reference. */
  readonly summary: string
  readonly status: number
  /** What happens in the world before. */
  readonly before?: (world: World, told: Told) => unknown
  /** A function where it depends on earlier answers. */
  readonly ask?: Ask | ((told: Told, world: World) => Ask)
}

export interface Ask {
  /** For the path's `:parameters`. */
  readonly params?: Readonly<Record<string, string>>
  readonly query?: Readonly<Record<string, string>>
  readonly json?: unknown
  readonly headers?: Readonly<Record<string, string>>
  /** `admin` when left out. */
  readonly as?: Caller
}

/** The body that the step of this name was answered with. */
// oxlint-disable-next-line typescript/no-explicit-any -- answers of every shape
export type Told = (name: string) => any
