/** The processes that share one installation. */
import type { NodeId } from '../ids.ts'
import type { Page, PageRequest } from './lists.ts'

/** What a process says of itself. */
export interface NodeCard {
  readonly id: NodeId
  /** The parts that it runs: `api`, `check`, `deliver`. */
  readonly roles: readonly string[]
  readonly version: string
  /** Epoch milliseconds. */
  readonly started: number
}

export interface Node extends NodeCard {
  /** When it last said that it lives. */
  readonly heartbeat: number
}

/** Between two heartbeats of a process. */
export const HEARTBEAT_MS = 5_000
/** Whoever missed six heartbeats is not shown any more. What it had leased is free when the lease ends, not earlier. */
export const ALIVE_MS = 6 * HEARTBEAT_MS

export interface Nodes {
  /** Says that this process lives, and compares the store's clock with the database's. The first one is how it joins. */
  beat(card: NodeCard): Promise<void>
  /** Takes back that it lives and wakes the others: what it had leased and released is theirs. */
  leave(id: NodeId): Promise<void>
  /** Those alive. */
  list(page: PageRequest): Promise<Page<Node>>
}
