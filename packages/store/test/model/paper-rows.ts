/**
 * The smallest store there can be: queues in plain objects, and every decision left to the product's own pure functions.
 * It shows that those agree with the model before any statement of an engine comes into it, in thousands of runs.
 */
import {
  createMint,
  timeOf,
  type Attempt,
  type Delivery,
  type DeliveryKind,
  type EventId,
  type Mint,
  type OrganizationId,
  type Webhook,
  type WebhookId,
} from '@dnsradar/core'
import { createLeaseTable, type LeaseTable } from '../../src/sqlite/leases.ts'
import type { QueueColumns } from '../../src/settlement.ts'
import { aWebhook, type TestClock } from '../fixtures.ts'
import { PLAIN, secretText, SUBSCRIPTION, type Topic } from './words.ts'

export interface Letter {
  delivery: Delivery
  readonly attempts: Attempt[]
}

export interface Row {
  webhook: Webhook
  columns: QueueColumns
  nextSequence: number
  readonly pauses: { readonly since: number; until: number | null }[]
  readonly letters: Letter[]
}

export interface Paper {
  readonly clock: TestClock
  readonly orgId: OrganizationId
  readonly mint: Mint
  readonly leases: LeaseTable
  readonly rows: Map<WebhookId, Row>
  readonly events: { readonly id: EventId; readonly topic: Topic }[]
}

export function openPaper(clock: TestClock): Paper {
  const mint = createMint(clock.now, (length) => new Uint8Array(length))
  const orgId = mint('org')
  const made = [PLAIN, SUBSCRIPTION].map((number) => newRow(number, orgId, mint))
  const rows = new Map(made.map((row) => [row.webhook.id, row]))
  return { clock, orgId, mint, leases: createLeaseTable(), rows, events: [] }
}

function newRow(number: number, orgId: OrganizationId, mint: Mint): Row {
  const id = mint('wh')
  const isPlain = number === PLAIN
  const webhook: Webhook = {
    ...aWebhook({ secret: secretText(number), callerGaveSecret: isPlain, source: isPlain ? null : 'n8n' }),
    id,
    orgId,
    created: timeOf(id),
    groups: [],
    allGroups: !isPlain,
    previousSecret: null,
    previousSecretUntil: null,
    disabledReason: null,
    lastError: null,
    lastExecuted: null,
    retries: 0,
    nextAttempt: null,
    resumeAt: null,
    pending: 0,
  }
  const columns: QueueColumns = {
    is_active: 1,
    disabled_reason: null,
    retries: 0,
    last_error: null,
    last_executed: null,
    next_at: null,
    resume_at: null,
  }
  return { webhook, columns, nextSequence: 1, pauses: [], letters: [] }
}

export function read({ webhook, columns, letters }: Row): Webhook {
  return {
    ...webhook,
    isActive: columns.is_active === 1,
    disabledReason: columns.disabled_reason as Webhook['disabledReason'],
    retries: columns.retries,
    lastError: columns.last_error,
    lastExecuted: columns.last_executed,
    nextAttempt: columns.next_at,
    resumeAt: columns.resume_at,
    pending: letters.filter(isWaiting).length,
  }
}

export function isOpen({ delivery: { status } }: Letter): boolean {
  return status === 'PENDING' || status === 'RETRYING'
}

/** In the queue. */
export function isWaiting(letter: Letter): boolean {
  return isOpen(letter) && letter.delivery.sequence !== null
}

export function headOf({ letters }: Row): Letter | null {
  const before = (a: Letter, b: Letter) => (a.delivery.sequence ?? 0) - (b.delivery.sequence ?? 0)
  return letters.filter(isWaiting).toSorted(before)[0] ?? null
}

export function letterOf(row: Row, id: Delivery['id']): Letter | null {
  return row.letters.find(({ delivery }) => delivery.id === id) ?? null
}

/** A letter more; `write` is given its identity, which its body carries. */
export function addLetter(
  { mint, orgId }: Paper,
  row: Row,
  what: { kind: DeliveryKind; eventId: EventId | null; sequence: number | null; nextAttempt: number | null },
  write: (delivery: { id: Delivery['id']; created: number }) => string,
): Delivery {
  const id = mint('req')
  const created = timeOf(id)
  const delivery: Delivery = {
    ...what,
    id,
    orgId,
    created,
    body: write({ id, created }),
    webhookId: row.webhook.id,
    systemEventId: null,
    headline: { kind: what.kind, group: null, externalId: null },
    status: 'PENDING',
    delivered: null,
    lastAttempt: null,
    attempts: 0,
    statusCode: null,
    responseBody: null,
    errorMessage: null,
  }
  row.letters.push({ delivery, attempts: [] })
  return delivery
}

/** In the queue, and due when it was idle. */
export function addEvent(paper: Paper, row: Row, eventId: EventId): void {
  const what = { kind: 'event', eventId, sequence: row.nextSequence, nextAttempt: null } as const
  addLetter(paper, row, what, ({ id }) => JSON.stringify({ uuid: id, created: '', event_uuid: eventId }))
  row.nextSequence += 1
  row.columns = { ...row.columns, next_at: row.columns.next_at ?? paper.clock.now() }
}
