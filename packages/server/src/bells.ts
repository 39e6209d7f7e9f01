/**
 * Who is woken after a commit, in this process and in the others: nobody has to be, because all of them poll, but
 * whoever hears of it does not wait for that.
 */
import type { Hints } from '@dnsradar/core'
import type { Checker } from '@dnsradar/core/check'
import type { Deliverer } from '@dnsradar/core/deliver'
import type { Notifier } from '@dnsradar/core/notify'
import type { Streams } from './stream/streams.ts'

type Woken<T extends { poke(): void }> = Pick<T, 'poke'>

export interface Bells {
  /** An event was recorded: it is to be delivered, and shown to those who watch. */
  event(): void
  /** The same of a system event, and the operator may have to hear of it. */
  system(): void
  /** A monitor became due. */
  due(checker: Woken<Checker>): void
  /** To the other processes. */
  listen(checker: Woken<Checker>): void
}

export function createBells(parts: {
  readonly deliverer: Woken<Deliverer>
  readonly streams: Pick<Streams, 'ring'>
  readonly notifier: Woken<Notifier>
  readonly hints: Hints
}): Bells {
  const { deliverer, streams, notifier, hints } = parts
  const wake = (): void => {
    deliverer.poke()
    streams.ring()
  }
  const wakeAll = (): void => {
    wake()
    notifier.poke()
  }
  return {
    event() {
      wake()
      hints.give('deliver')
    },
    system() {
      wakeAll()
      hints.give('deliver')
    },
    due(checker) {
      checker.poke()
      hints.give('check')
    },
    listen(checker) {
      hints.listen((hint) => (hint === 'check' ? checker.poke() : wakeAll()))
    },
  }
}
