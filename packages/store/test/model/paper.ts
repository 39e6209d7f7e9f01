/** What people ask of the store on paper, and what happens around it. */
import { refuseDisabled, resendBody, retryOf, timeOf, type Delivery } from '@dnsradar/core'
import { CLEARED_COLUMNS, hurriedColumns } from '../../src/settlement.ts'
import type { TestClock } from '../fixtures.ts'
import type { Desk } from './desk.ts'
import { failQueue, paperQueue } from './paper-queue.ts'
import { addEvent, addLetter, headOf, letterOf, openPaper, read, type Paper, type Row } from './paper-rows.ts'

export function paperDesk(clock: TestClock): Desk {
  const paper = openPaper(clock)
  return {
    clock,
    orgId: paper.orgId,
    made: [...paper.rows.keys()],
    queue: paperQueue(paper),
    webhooks: paperWebhooks(paper),
    deliveries: paperDeliveries(paper),
    async record(topic) {
      const id = paper.mint('evt')
      paper.events.push({ id, topic })
      for (const row of paper.rows.values()) {
        if (row.columns.is_active === 1 && hears(row, topic)) addEvent(paper, row, id)
      }
      return id
    },
  }
}

function hears({ webhook }: Row, topic: string): boolean {
  return webhook.allGroups || topic === 'both'
}

function paperWebhooks(paper: Paper): Desk['webhooks'] {
  const { clock, leases, rows } = paper
  return {
    async list() {
      return { items: [...rows.values()].map(read), hasNext: false, hasPrevious: false }
    },
    async setActive(_orgId, id, { isActive }) {
      const row = rows.get(id)
      if (row === undefined) return null
      if (isActive !== (row.columns.is_active === 1)) (isActive ? enable : disable)(paper, row)
      return read(row)
    },
    async delete(_orgId, id) {
      const row = rows.get(id)
      leases.end(id)
      rows.delete(id)
      return row === undefined ? null : read(row)
    },
    async retry(_orgId, id) {
      const row = rows.get(id)
      if (row === undefined) return null
      refuseDisabled(read(row))
      hurry(row, clock.now())
      return read(row)
    },
    async rotateSecret(_orgId, id, { secret, overlapMs }) {
      const row = rows.get(id)
      if (row === undefined) return null
      const previousSecret = overlapMs === 0 ? null : row.webhook.secret
      const previousSecretUntil = overlapMs === 0 ? null : clock.now() + overlapMs
      row.webhook = { ...row.webhook, secret, previousSecret, previousSecretUntil }
      return read(row)
    },
    async recover(_orgId, id, { since }) {
      const row = rows.get(id)
      if (row === undefined) return null
      refuseDisabled(read(row))
      return { queued: reopen(paper, row, since) + addMissed(paper, row, since), after: null }
    },
  }
}

function disable({ clock, leases }: Paper, row: Row): void {
  leases.end(row.webhook.id)
  failQueue(row)
  row.columns = { ...row.columns, is_active: 0, disabled_reason: 'manual', next_at: null, resume_at: null }
  row.pauses.push({ since: clock.now(), until: null })
}

function enable({ clock }: Paper, row: Row): void {
  row.columns = { ...row.columns, ...CLEARED_COLUMNS, is_active: 1, disabled_reason: null, next_at: null }
  for (const pause of row.pauses) pause.until ??= clock.now()
}

function hurry(row: Row, now: number): void {
  row.columns = { ...row.columns, ...hurriedColumns(row.columns, now) }
}

function reopen({ clock }: Paper, row: Row, since: number): number {
  const lost = row.letters.filter(
    ({ delivery }) => delivery.status === 'FAILED' && delivery.sequence !== null && delivery.created >= since,
  )
  for (const letter of lost) {
    letter.delivery = { ...letter.delivery, status: letter.delivery.attempts > 0 ? 'RETRYING' : 'PENDING' }
  }
  if (lost.length === 0) return 0
  hurry(row, clock.now())
  row.columns = { ...row.columns, next_at: row.columns.next_at ?? clock.now() }
  return lost.length
}

function addMissed(paper: Paper, row: Row, since: number): number {
  const missed = paper.events.filter(({ id, topic }) => {
    const at = timeOf(id)
    const slept = row.pauses.some((pause) => pause.since <= at && at <= (pause.until ?? -1))
    return slept && at >= since && hears(row, topic) && !row.letters.some(({ delivery }) => delivery.eventId === id)
  })
  for (const { id } of missed) addEvent(paper, row, id)
  return missed.length
}

function paperDeliveries(paper: Paper): Desk['deliveries'] {
  const { clock, rows } = paper
  return {
    async list(_orgId, webhookId) {
      const items = rows.get(webhookId)?.letters.map(({ delivery }) => delivery) ?? []
      return { items, hasNext: false, hasPrevious: false }
    },
    async attempts(_orgId, id) {
      const letters = [...rows.values()].map((row) => letterOf(row, id))
      return letters.find((letter) => letter !== null)?.attempts ?? []
    },
    async createTest(_orgId, webhookId, bodyOf) {
      const row = rows.get(webhookId)
      if (row === undefined) return null
      const what = { kind: 'test', eventId: null, sequence: null, nextAttempt: clock.now() } as const
      return addLetter(paper, row, what, (delivery) => bodyOf(delivery, read(row)))
    },
    async retry(_orgId, webhookId, id) {
      const row = rows.get(webhookId)
      const letter = row === undefined ? null : letterOf(row, id)
      if (row === undefined || letter === null) return null
      refuseDisabled(read(row))
      if (retryOf(letter.delivery, headOf(row)?.delivery.id ?? null) === 'resend') return resend(row, letter.delivery)
      hurry(row, clock.now())
      return letter.delivery
    },
  }

  function resend(row: Row, { id: original, eventId, body }: Delivery): Delivery {
    const what = { kind: 'resend', eventId, sequence: null, nextAttempt: clock.now() } as const
    return addLetter(paper, row, what, ({ id, created }) =>
      resendBody(body, original, { id, webhookId: row.webhook.id, created }),
    )
  }
}
