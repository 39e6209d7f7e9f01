/** What waits, counted along the index of the queues: deliveries_queue. */
import type { Backlog } from '@dnsradar/core'
import type { QueryContext } from './context.ts'
import { IN_QUEUE } from './webhook-rows.ts'

export function backlogQueries({ db }: Pick<QueryContext, 'db'>): Backlog {
  return {
    async measure() {
      const waiting = await db
        .selectFrom('deliveries')
        .select((select) => select.fn.countAll<number | string>().as('deliveries'))
        .where(IN_QUEUE)
        .executeTakeFirstOrThrow()
      // A queue is in order, so the oldest delivery is the head of one.
      const heads = await db
        .selectFrom((from) =>
          from
            .selectFrom('webhooks')
            .where('is_active', '=', 1)
            .where('next_at', 'is not', null)
            .select((select) => [
              'retries',
              select
                .selectFrom('deliveries')
                .select('deliveries.created')
                .whereRef('deliveries.webhook_id', '=', 'webhooks.id')
                .where(IN_QUEUE)
                .orderBy('deliveries.seq')
                .limit(1)
                .as('queued'),
            ])
            .as('heads'),
        )
        .select((select) => [
          select.fn.min<number | null>('queued').as('oldest'),
          select.fn.countAll<number | string>().filterWhere('retries', '>', 0).as('retrying'),
        ])
        .executeTakeFirstOrThrow()
      return { deliveries: Number(waiting.deliveries), oldest: heads.oldest, retryingWebhooks: Number(heads.retrying) }
    },
  }
}
