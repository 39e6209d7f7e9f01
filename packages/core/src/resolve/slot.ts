/** What a pool of channels knows about each of its sockets, and about each query that goes over them. */
import type { Query } from '../dns/query.ts'
import type { Patience, Reply } from './carrier.ts'
import type { Channel } from './channel.ts'
import { createInFlight, type InFlight } from './in-flight.ts'

export interface Slot {
  channel: Channel | null
  state: 'opening' | 'open' | 'ended'
  readonly pending: InFlight<Waiting>
  readonly openedAt: number
  sent: number
  answered: number
  lastMessageAt: number
  retired: boolean
}

export interface Waiting {
  readonly query: Query
  readonly patience: Patience
  readonly resolve: (reply: Reply) => void
  id: number
  slot: Slot | null
  sentAt: number
  timer: NodeJS.Timeout | undefined
  due: number
  /** The timer was late once and the query has got its grace. */
  overdue: boolean
  mixed: boolean
  requeued: boolean
  settled: boolean
  /** Why something that did come was passed over. */
  garbled: string | null
}

export function newSlot(now: number): Slot {
  return {
    channel: null,
    state: 'opening',
    pending: createInFlight(),
    openedAt: now,
    sent: 0,
    answered: 0,
    lastMessageAt: 0,
    retired: false,
  }
}

export function newWaiting(query: Query, patience: Patience, resolve: (reply: Reply) => void): Waiting {
  return {
    query,
    patience,
    resolve,
    id: 0,
    slot: null,
    sentAt: 0,
    timer: undefined,
    due: 0,
    overdue: false,
    mixed: false,
    requeued: false,
    settled: false,
    garbled: null,
  }
}
