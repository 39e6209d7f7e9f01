/** A settlement, translated into columns: what both engines write, each with its own statements. */
import { webhookHappening, type Happening, type QueueChange, type Settlement } from '@dnsradar/core'
import { readWebhook } from './rows/webhooks.ts'
import { scrub } from './scrub.ts'
import type { KeyRing } from './seal.ts'
import type { Bytes, WebhookRow } from './tables.ts'

export type QueueColumns = Pick<
  WebhookRow,
  'is_active' | 'disabled_reason' | 'retries' | 'last_error' | 'last_executed' | 'next_at'
>

/**
 * What a settlement does to a queue whose head was `isOpen` when its outcome arrived. A head that is no longer open was
 * delivered meanwhile by an attempt that came late: that success counts, whatever came of the repetition.
 */
export function effectiveChange(settlement: Settlement, isOpen: boolean): QueueChange {
  const { webhook } = settlement
  return isOpen ? webhook : { do: 'advance', lastExecuted: webhook.lastExecuted }
}

/** `hasHead`: deliveries are waiting once this one is settled. */
export function queueAfter(change: QueueChange, row: QueueColumns, now: number, hasHead: boolean): QueueColumns {
  const { is_active, disabled_reason, retries, last_error, next_at } = row
  const kept = { is_active, disabled_reason, retries, last_error, last_executed: change.lastExecuted }
  switch (change.do) {
    case 'advance':
      return { ...kept, retries: 0, last_error: null, next_at: hasHead ? now : null }
    case 'wait':
      return { ...kept, retries: change.retries, last_error: scrub(change.lastError), next_at: change.at }
    case 'disable':
      return {
        ...kept,
        is_active: 0,
        disabled_reason: change.reason,
        retries: change.retries,
        last_error: scrub(change.lastError),
        next_at: null,
      }
    case 'none':
      return { ...kept, next_at: change.wake && next_at !== null ? Math.min(next_at, now) : next_at }
  }
}

/** A group of the webhook. */
export interface SlugRow {
  id: Bytes
  slug: string
}

/** `row` is the webhook's once it is disabled; `failed` the deliveries of its queue that were failed with it. */
export function disabledWebhook(row: WebhookRow, groups: readonly SlugRow[], failed: number, ring: KeyRing): Happening {
  const webhook = readWebhook(row, { groups: groups.map((group) => group.id), pending: 0 }, ring)
  const turn = { reason: webhook.disabledReason, failed, lastError: webhook.lastError }
  const slugs = groups.map((group) => group.slug)
  return webhookHappening('webhook.disabled', webhook, slugs, turn)
}
