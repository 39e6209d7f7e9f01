/** What handlers and actions work with: made once in `compose.ts`, passed first to everything. */
import type { Authority, Clock, Log, Nodes, RateLimits, Records, Resolver, Store, Webhook } from '@dnsradar/core'
import type { Checker } from '@dnsradar/core/check'
import type { Deliverer } from '@dnsradar/core/deliver'
import type { TargetRules } from '@dnsradar/core/send/guard'
import type { Looks } from './looks.ts'
import type { Streams } from './stream/streams.ts'

export interface Deps {
  /** Inside a write: those of its transaction. */
  readonly store: Records
  readonly rateLimits: RateLimits
  readonly nodes: Nodes
  readonly clock: Clock
  readonly log: Log
  readonly randomBytes: (length: number) => Uint8Array
  readonly resolver: Resolver
  /** Undefined when the zones' own servers are not to be asked. */
  readonly authority: Authority | undefined
  /** The loops of this process; where a part runs elsewhere its work is found by polling. */
  readonly checker: Checker
  readonly deliverer: Pick<Deliverer, 'poke'>
  readonly batches: { readonly poke: () => void }
  /** Tells a subscriber that we ended its subscription; inside a write, once that is committed. */
  readonly farewell: (webhook: Webhook) => void
  readonly looks: Looks
  readonly streams: Streams
  readonly rules: Rules
  readonly server: { readonly name: string; readonly version: string; readonly userAgent: string }
  /** Aborts when the process begins to stop. */
  readonly stopping: AbortSignal
  /** Why the process cannot serve, in words; empty while it can. */
  readonly faults: () => Promise<readonly string[]>
}

/** What the HTTP layer itself works with: it is who opens the transactions. */
export interface ServerDeps extends Deps {
  readonly store: Store
}

/** The limits that an operator sets. */
export interface Rules {
  readonly targets: () => TargetRules
  readonly webhooksPerGroup: number
  readonly subscriptions: number
  readonly ratePerMinute: number
  readonly webhookTimeoutMs: number
  /** Budget of one look. */
  readonly dnsTimeoutMs: number
}
