/** Watching live. */
import { NEWS_KINDS, type NewsKind, type NewsPosition, notFound, type WebhookId } from '@dnsradar/core'
import type { AskedStream } from '../http/route.ts'
import { refusal, shown } from '../http/validate.ts'
import { positionOf } from '../stream/position.ts'
import type { Send } from '../stream/streams.ts'

export interface StreamWish {
  readonly types?: ReadonlySet<NewsKind> | undefined
  readonly webhook?: WebhookId | undefined
}

/** Refuses a position that is none, a webhook that there is not, and a stream too many. */
export async function openStream(asked: AskedStream<StreamWish>): Promise<Send> {
  const { deps, account, query, lastEventId, isStillGood } = asked
  const { types = new Set(NEWS_KINDS), webhook = null } = query
  const position = lastEventId === null ? null : positionGiven(lastEventId)
  if (webhook !== null && (await deps.store.webhooks.get(account.organization.id, webhook)) === null) {
    throw notFound('webhook', webhook)
  }
  return deps.streams.open(account, { kinds: types, webhookId: webhook, position }, isStillGood)
}

function positionGiven(text: string): NewsPosition {
  const position = positionOf(text)
  if (position !== null) return position
  const message = `${shown(text)} is no id that a message carries; use one such as evt_01k…, or leave the header out`
  throw refusal('invalid_cursor', { 'Last-Event-ID': message })
}
