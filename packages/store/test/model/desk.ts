/** What of a store the model's runs use, so that they can be held against one that is only on paper, too. */
import type { Deliveries, OrganizationId, Queue, WebhookId, Webhooks } from '@dnsradar/core'
import type { TestClock } from '../fixtures.ts'
import type { Topic } from './words.ts'

export interface Desk {
  readonly clock: TestClock
  readonly orgId: OrganizationId
  /** The plain webhook and the subscription. */
  readonly made: readonly WebhookId[]
  readonly queue: Queue
  readonly webhooks: Pick<Webhooks, 'list' | 'setActive' | 'delete' | 'retry' | 'rotateSecret' | 'recover'>
  readonly deliveries: Pick<Deliveries, 'list' | 'attempts' | 'createTest' | 'retry'>
  /** Records an event; its id. */
  record(topic: Topic): Promise<string>
}
