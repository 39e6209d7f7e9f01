/** What the processes of a run wrote down, put together: every send with the lease it was made under, every life. */
import type { DeliveryId, EventId, WebhookId } from '@dnsradar/core'
import type { Line, Order, Point } from './protocol.ts'

/** One request on its way, from the choice of its delivery to the answer. Times are epoch milliseconds. */
export interface Send {
  readonly key: string
  readonly worker: string
  readonly delivery: DeliveryId
  /** Null when nothing chose it: a send that no claim led to. */
  readonly chosenFrom: number | null
  /** The renewal it was made under; null for what goes beside the queue, or when there was none. */
  readonly renewed: { readonly from: number; readonly until: number } | null
  readonly began: number
  /** When its sender was done with it, or died. */
  ended: number | null
}

export interface Life {
  readonly worker: string
  ended: { readonly at: number; readonly how: 'killed' | 'stopped' | 'crashed'; readonly why: string } | null
  readonly pauses: { readonly from: number; until: number | null }[]
}

/**
 * Something that the API can be asked for. `over` is when it was answered, or when the process died that was asked; in
 * that case nobody knows whether it `isDone`.
 */
export interface Action {
  readonly order: Exclude<Order, { do: 'arm' | 'let-go' | 'record' | 'stop' }>
  readonly asked: number
  over: number | null
  isDone: boolean
}

export interface Ledger {
  /** By their keys, in the order begun. */
  readonly sends: Map<string, Send>
  readonly lives: Life[]
  readonly actions: Action[]
  /** Whose recording was confirmed: these must never be lost. */
  readonly confirmed: Set<EventId>
  readonly points: { readonly point: Point; readonly worker: string }[]
  readonly refusals: string[]
  readonly errors: { readonly worker: string; readonly message: string; readonly error: string | null }[]
  terminated: number
  hear(worker: string, line: Line): void
}

/** A renewal is used up by the send of the queue that follows it; what goes beside the queue needs none and takes none. */
interface Memory {
  readonly chosen: Map<DeliveryId, { readonly webhook: WebhookId; readonly from: number; readonly isLoose: boolean }>
  readonly renewed: Map<WebhookId, { readonly from: number; readonly until: number }>
}

export function createLedger(): Ledger {
  const memories = new Map<string, Memory>()
  const ledger: Ledger = {
    sends: new Map(),
    lives: [],
    actions: [],
    confirmed: new Set(),
    points: [],
    refusals: [],
    errors: [],
    terminated: 0,
    hear(worker, line) {
      const memory = memories.get(worker) ?? { chosen: new Map(), renewed: new Map() }
      memories.set(worker, memory)
      note(ledger, worker, line, memory)
    },
  }
  return ledger
}

function note(ledger: Ledger, worker: string, line: Line, { chosen, renewed }: Memory): void {
  switch (line.is) {
    case 'chosen':
      chosen.set(line.delivery, { webhook: line.webhook, from: line.from, isLoose: line.isLoose })
      return
    case 'renewed':
      if (line.ok) renewed.set(line.webhook, { from: line.from, until: line.from + line.leaseMs })
      return
    case 'sending': {
      const choice = chosen.get(line.delivery)
      const queue = choice === undefined || choice.isLoose ? null : choice.webhook
      const lease = queue === null ? null : (renewed.get(queue) ?? null)
      if (queue !== null) renewed.delete(queue)
      const { key, delivery, at } = line
      const under = { chosenFrom: choice?.from ?? null, renewed: lease }
      ledger.sends.set(key, { key, worker, delivery, ...under, began: at, ended: null })
      return
    }
    case 'sent': {
      const send = ledger.sends.get(line.key)
      if (send !== undefined) send.ended = line.at
      return
    }
    case 'at':
      ledger.points.push({ point: line.point, worker })
      return
    case 'done':
      for (const event of line.done.events) ledger.confirmed.add(event)
      return
    case 'refused':
      ledger.refusals.push(line.why)
      return
    case 'logged':
      ledger.errors.push({ worker, message: line.message, error: line.error })
      return
    case 'ready':
    case 'settled':
      return
  }
}

/** The sends of a process that is no more ended with it. */
export function endLife(ledger: Ledger, life: Life, ended: NonNullable<Life['ended']>): void {
  life.ended = ended
  for (const send of ledger.sends.values()) {
    if (send.worker === life.worker && send.ended === null) send.ended = ended.at
  }
}
