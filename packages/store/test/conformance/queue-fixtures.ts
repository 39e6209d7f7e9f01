/** What the tests of the queue share: a webhook with deliveries waiting. */
import type { ClaimedDelivery, DeliveryStatus, Webhook } from '@dnsradar/core'
import {
  CLAIM,
  createMonitor,
  createWebhook,
  FIRST_PAGE,
  openBench,
  recordChanges,
  type Bench,
  type OpenDatabase,
  type Stand,
} from '../fixtures.ts'

export type QueueBench = Bench & { readonly webhook: Webhook }

/** A webhook with `count` deliveries waiting. */
export async function openQueue(open: OpenDatabase, count: number): Promise<QueueBench> {
  const bench = await openBench(open)
  const webhook = await createWebhook(bench)
  await recordChanges(bench, await createMonitor(bench), count)
  return { ...bench, webhook }
}

export async function claimQueue({ store }: Stand): Promise<ClaimedDelivery> {
  const [claimed] = await store.queue.claimDue(CLAIM)
  if (claimed === undefined) throw new Error('nothing was claimed')
  return claimed
}

/** Of all deliveries of a webhook, oldest first. */
export async function statuses({ store, orgId }: Stand, webhook: Webhook): Promise<DeliveryStatus[]> {
  const { items } = await store.deliveries.list(orgId, webhook.id, {}, FIRST_PAGE)
  return items.map(({ status }) => status)
}
