/**
 * The queue and the sender of a worker, seen from outside: every step is written down before it is taken further, and
 * may be the worker's last. Nothing of the product knows of it.
 */
import type { ClaimedDelivery, DeliveryId, Queue, Sender, WebhookId } from '@dnsradar/core'
import type { Faults } from './faults.ts'
import { type Line, SEND_HEADER } from './protocol.ts'

export interface Watch {
  readonly worker: string
  readonly faults: Faults
  readonly say: (line: Line) => void
  /** Claims are for seconds in production, and nobody here has the time. */
  readonly leaseMs: number
}

export function watchQueue(queue: Queue, { faults, say, leaseMs }: Watch): Queue {
  const chosen = (webhook: WebhookId, delivery: DeliveryId, from: number, isLoose = false): void =>
    say({ is: 'chosen', webhook, delivery, from, isLoose })
  const shortened = <T extends { readonly leaseMs: number }>(claim: T): T => ({
    ...claim,
    leaseMs: Math.min(claim.leaseMs, leaseMs),
  })
  const noted = (claimed: readonly ClaimedDelivery[], from: number, isLoose: boolean): void => {
    for (const { webhook, delivery } of claimed) chosen(webhook.id, delivery.id, from, isLoose)
  }

  return {
    async claimDue(claim) {
      await faults.reach('claim:before')
      const from = Date.now()
      const claimed = await queue.claimDue(shortened(claim))
      noted(claimed, from, false)
      if (claimed.length > 0) await faults.reach('claim:after')
      return claimed
    },
    async renew(webhook, lease, lastsMs) {
      await faults.reach('renew:before')
      const from = Date.now()
      const ok = await queue.renew(webhook, lease, lastsMs)
      say({ is: 'renewed', webhook: webhook.id, from, leaseMs: lastsMs, ok })
      if (ok) await faults.reach('renew:after')
      return ok
    },
    async settle(claimed, settlement, keepLease) {
      const from = Date.now()
      const after = await queue.settle(claimed, settlement, keepLease)
      say({ is: 'settled', delivery: claimed.delivery.id, after: after.kind, at: Date.now() })
      if (after.kind === 'next') chosen(claimed.webhook.id, after.delivery.id, from)
      await faults.reach('settle:after')
      return after
    },
    release: (claimed) => queue.release(claimed),
    async claimLoose(claim) {
      const from = Date.now()
      const claimed = await queue.claimLoose(shortened(claim))
      noted(claimed, from, true)
      if (claimed.length > 0) await faults.reach('loose:claimed')
      return claimed
    },
    async settleLoose(claimed, settlement) {
      await queue.settleLoose(claimed, settlement)
      await faults.reach('loose:settled')
    },
    nextDue: () => queue.nextDue(),
  }
}

/** Marks every request with a key of its own. */
export function watchSender(sender: Sender, { worker, faults, say }: Watch): Sender {
  let sent = 0
  return {
    async send(request, signal) {
      await faults.reach('send:before')
      const key = `${worker}.${++sent}`
      const delivery = new Map(request.headers).get('webhook-id') as DeliveryId
      say({ is: 'sending', key, delivery, at: Date.now() })
      const outcome = await sender.send({ ...request, headers: [...request.headers, [SEND_HEADER, key]] }, signal)
      say({ is: 'sent', key, at: Date.now() })
      await faults.reach('send:after')
      return outcome
    },
    [Symbol.asyncDispose]: () => sender[Symbol.asyncDispose](),
  }
}
