/**
 * Queues with one mistake each. A kill test that lets one of them pass has stopped looking; they are kept so that it is
 * noticed.
 */
import {
  type AfterSettle,
  type ClaimedDelivery,
  type Delivery,
  type Lease,
  type Outcome,
  type Queue,
  type Settlement,
  settle,
  type Store,
  type Webhook,
  type WebhookId,
} from '@dnsradar/core'
import type { Mutant } from './protocol.ts'

const MAKERS: Readonly<Record<Mutant, (store: Store) => Queue>> = {
  'settles-before-sending': ({ queue }) => settlesBeforeSending(queue),
  'sends-any-pending': sendsAnyPending,
  'leases-for-ever': ({ queue }) => leasesForEver(queue),
  'takes-any-lease': ({ queue }) => takesAnyLease(queue),
}

export function mutantQueue(mutant: Mutant, store: Store): Queue {
  return MAKERS[mutant](store)
}

/** Marks the head delivered while it still has to be sent. */
function settlesBeforeSending(queue: Queue): Queue {
  const heads = new Map<WebhookId, ClaimedDelivery>()
  const settled = new Map<WebhookId, AfterSettle>()
  return {
    ...queue,
    async claimDue(claim) {
      const claimed = await queue.claimDue(claim)
      for (const head of claimed) heads.set(head.webhook.id, head)
      return claimed
    },
    async renew(webhook, lease, leaseMs) {
      const head = heads.get(webhook.id)
      if (head === undefined || !(await queue.renew(webhook, lease, leaseMs))) return false
      settled.set(webhook.id, await queue.settle(head, hopeful(head), true))
      return true
    },
    async settle({ webhook, lease }) {
      const after = settled.get(webhook.id) ?? { kind: 'idle' as const }
      if (after.kind === 'next') heads.set(webhook.id, { webhook, delivery: after.delivery, lease })
      return after
    },
  }
}

const HOPE: Outcome = {
  kind: 'accepted',
  statusCode: 200,
  responseBody: '',
  ip: null,
  phases: { dns: null, connect: null, tls: null, firstByte: null },
  durationMs: 0,
}

function hopeful({ webhook, delivery }: ClaimedDelivery): Settlement {
  const now = Date.now()
  return settle(webhook, delivery, HOPE, { started: now, finished: now }, { delays: [], random: () => 0 })
}

/** Takes the newest of a queue for its head. */
function sendsAnyPending({ queue, deliveries }: Store): Queue {
  const newest = async ({ orgId, id }: Webhook, head: Delivery): Promise<Delivery> => {
    const page = { limit: 50, way: 'desc', after: null, before: null } as const
    const { items } = await deliveries.list(orgId, id, { undelivered: true }, page)
    return items.find(({ sequence, status }) => sequence !== null && status !== 'FAILED') ?? head
  }
  return {
    ...queue,
    claimDue: async (claim) =>
      Promise.all(
        (await queue.claimDue(claim)).map(async (claimed) => ({
          ...claimed,
          delivery: await newest(claimed.webhook, claimed.delivery),
        })),
      ),
    async settle(claimed, settlement, keepLease) {
      const after = await queue.settle(claimed, settlement, keepLease)
      if (after.kind !== 'next') return after
      return { kind: 'next', delivery: await newest(claimed.webhook, after.delivery) }
    },
  }
}

const YEAR_MS = 365 * 86_400_000

function leasesForEver(queue: Queue): Queue {
  return {
    ...queue,
    claimDue: (claim) => queue.claimDue({ ...claim, leaseMs: YEAR_MS }),
    renew: (webhook, lease) => queue.renew(webhook, lease, YEAR_MS),
  }
}

/** Whoever comes, however late, writes under the lease that is the latest one. */
function takesAnyLease(queue: Queue): Queue {
  const latest = new Map<WebhookId, Lease>()
  const unfenced = (claimed: ClaimedDelivery): ClaimedDelivery => ({
    ...claimed,
    lease: latest.get(claimed.webhook.id) ?? claimed.lease,
  })
  return {
    ...queue,
    async claimDue(claim) {
      const claimed = await queue.claimDue(claim)
      for (const { webhook, lease } of claimed) latest.set(webhook.id, lease)
      return claimed
    },
    renew: (webhook, lease, leaseMs) => queue.renew(webhook, latest.get(webhook.id) ?? lease, leaseMs),
    settle: (claimed, settlement, keepLease) => queue.settle(unfenced(claimed), settlement, keepLease),
  }
}
