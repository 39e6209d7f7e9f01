/** A real store for the model's runs, each in an organization of its own: opening one for every run would take longer. */
import type { Store, WatchedMonitor, Webhook } from '@dnsradar/core'
import { aResult, aWebhook, BROKEN, claimMonitor, createMonitor, type Stand, type TestClock } from '../fixtures.ts'
import type { Desk } from './desk.ts'
import { PLAIN, secretText, SUBSCRIPTION, type Topic } from './words.ts'

/** Disposing of it leaves nothing that another run on the same store could be handed out. */
export async function engineDesk(store: Store, clock: TestClock): Promise<Desk & AsyncDisposable> {
  const { id: orgId } = await store.accounts.createOrganization({ name: 'model', plan: 'unlimited' })
  const stand: Stand = { store, clock, orgId }
  const made = (await makeWebhooks(stand)).map(({ id }) => id)
  const monitors: Record<Topic, WatchedMonitor> = {
    both: await createMonitor(stand, { group: 'one' }),
    subscription: await createMonitor(stand, { group: 'two' }),
  }
  return {
    clock,
    orgId,
    made,
    queue: store.queue,
    webhooks: store.webhooks,
    deliveries: store.deliveries,
    async record(topic) {
      const check = await claimMonitor(stand, monitors[topic])
      const [recorded] = await store.checks.record([aResult(check, clock.now(), { change: BROKEN })])
      if (recorded?.recorded !== true || recorded.event === null) throw new Error('the change was not recorded')
      return recorded.event.id
    },
    async [Symbol.asyncDispose]() {
      for (const id of made) await store.webhooks.delete(orgId, id)
    },
  }
}

/** A plain webhook of one group, with a secret of its owner's, and a subscription that hears of every group. */
async function makeWebhooks({ store, orgId }: Stand): Promise<readonly Webhook[]> {
  const plain = { groups: ['one'], secret: secretText(PLAIN), callerGaveSecret: true }
  const subscription = { source: 'n8n', allGroups: true, secret: secretText(SUBSCRIPTION) } as const
  return [
    await store.webhooks.create(orgId, aWebhook(plain), 5),
    (await store.webhooks.subscribe(orgId, { ...aWebhook(subscription), source: 'n8n' }, 5)).webhook,
  ]
}
