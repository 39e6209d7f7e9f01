/** A settlement, translated into columns: what both engines write, each with its own statements. */
import {
  CLEARED,
  hurried,
  webhookHappening,
  type DeliveryKind,
  type Happening,
  type QueueChange,
  type Settlement,
  type Webhook,
} from '@dnsradar/core'
import { readWebhook } from './rows/webhooks.ts'
import { scrub } from './scrub.ts'
import type { KeyRing } from './seal.ts'
import type { Bytes, WebhookRow } from './tables.ts'

export type QueueColumns = Pick<
  WebhookRow,
  'is_active' | 'disabled_reason' | 'retries' | 'last_error' | 'last_executed' | 'next_at' | 'resume_at'
>

/** `CLEARED` as columns. */
export const CLEARED_COLUMNS = {
  retries: CLEARED.retries,
  resume_at: CLEARED.resumeAt,
  last_error: CLEARED.lastError,
} as const satisfies Partial<QueueColumns>

/** `hurried`, in columns. */
export function hurriedColumns(
  { next_at, resume_at }: Pick<QueueColumns, 'next_at' | 'resume_at'>,
  now: number,
): Pick<QueueColumns, 'next_at' | 'resume_at'> {
  const { nextAttempt, resumeAt } = hurried({ nextAttempt: next_at, resumeAt: resume_at }, now)
  return { next_at: nextAttempt, resume_at: resumeAt }
}

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
  const { is_active, disabled_reason, retries, last_error } = row
  const kept = { is_active, disabled_reason, retries, last_error, last_executed: change.lastExecuted, resume_at: null }
  switch (change.do) {
    case 'advance':
      return { ...kept, ...CLEARED_COLUMNS, next_at: hasHead ? now : null }
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
    case 'none': {
      const { next_at, resume_at } = row
      return { ...kept, ...(change.wake ? hurriedColumns(row, now) : { next_at, resume_at }) }
    }
  }
}

/** A disabled webhook is sent tests and nothing else: a resend that still waited is failed when its turn comes. */
export function mayBeSent(kind: DeliveryKind, webhook: Pick<Webhook, 'isActive'>): boolean {
  return webhook.isActive || kind === 'test'
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
