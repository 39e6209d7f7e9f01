/** That this process lives: said when it starts and every few seconds, and taken back when it ends. */
import { type Clock, HEARTBEAT_MS, type Log, type NodeCard, type Nodes } from '@dnsradar/core'

export interface Presence {
  /** The first heartbeat. */
  join(): Promise<void>
  /** The others, until `signal` aborts. */
  run(signal: AbortSignal): Promise<void>
  leave(): Promise<void>
}

export interface PresenceDeps {
  readonly nodes: Nodes
  readonly clock: Clock
  readonly log: Log
}

export function createPresence({ nodes, clock, log }: PresenceDeps, card: NodeCard): Presence {
  return {
    join: () => nodes.beat(card),

    async run(signal) {
      let isFailing = false
      for (;;) {
        await clock.wait(HEARTBEAT_MS, signal)
        if (signal.aborted) return
        try {
          await nodes.beat(card)
          isFailing = false
        } catch (error) {
          // Once: a database that is away for an hour need not be named 720 times.
          if (!isFailing) log.error({ err: error }, 'a heartbeat could not be written; trying again every few seconds')
          isFailing = true
        }
      }
    },

    async leave() {
      await nodes.leave(card.id).catch((error: unknown) => {
        log.warn({ err: error }, 'the others could not be told that this process ends; they will see it by its silence')
      })
    },
  }
}
