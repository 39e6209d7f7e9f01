/** The queue of the store on paper: the protocol of leases in its smallest form, around the product's settlements. */
import type { AfterSettle, ClaimedDelivery, Queue, Settlement } from '@dnsradar/core'
import { effectiveChange, mayBeSent, queueAfter } from '../../src/settlement.ts'
import { headOf, isOpen, isWaiting, letterOf, read, type Letter, type Paper, type Row } from './paper-rows.ts'

export function paperQueue(paper: Paper): Queue {
  const { clock, leases, rows } = paper

  function settleHead(claimed: ClaimedDelivery, settlement: Settlement, keepLease: boolean): AfterSettle {
    const { webhook, delivery, lease } = claimed
    const row = rows.get(webhook.id)
    const letter = row === undefined ? null : letterOf(row, delivery.id)
    if (row === undefined || letter === null || row.columns.is_active === 0 || !leases.holds(webhook.id, lease)) {
      noteLate(letter, settlement)
      return { kind: 'late' }
    }
    const change = effectiveChange(settlement, isOpen(letter))
    note(letter, settlement)
    const head = changeQueue(row, change, clock.now())
    if (keepLease && change.do === 'advance' && head !== null) return { kind: 'next', delivery: head.delivery }
    leases.release(webhook.id, lease)
    return { kind: change.do === 'disable' ? 'disabled' : 'idle' }
  }

  return {
    async claimDue({ node, leaseMs, lane }) {
      return [...rows.values()].flatMap((row) => {
        const { next_at, is_active, retries } = row.columns
        const { id } = row.webhook
        if (is_active === 0 || next_at === null || next_at > clock.now()) return []
        if (lane !== undefined && (lane === 'retrying') !== retries > 0) return []
        if (leases.leasedUntil(id, clock.now()) !== null) return []
        const head = headOf(row)
        if (head !== null) {
          return [{ webhook: read(row), delivery: head.delivery, lease: leases.take(id, node, clock.now() + leaseMs) }]
        }
        leases.end(id)
        row.columns = { ...row.columns, next_at: null, resume_at: null }
        return []
      })
    },
    async renew({ id }, lease, leaseMs) {
      return rows.get(id)?.columns.is_active === 1 && leases.extend(id, lease, clock.now() + leaseMs)
    },
    async release({ webhook, lease }) {
      leases.release(webhook.id, lease)
    },
    settle: async (claimed, settlement, keepLease) => settleHead(claimed, settlement, keepLease),

    async claimLoose({ node, leaseMs }) {
      return [...rows.values()].flatMap((row) =>
        dueLoose(row, clock.now()).flatMap((letter) => {
          const { delivery } = letter
          const webhook = read(row)
          if (!mayBeSent(delivery.kind, webhook)) {
            letter.delivery = { ...delivery, status: 'FAILED', nextAttempt: null }
            return []
          }
          const token = clock.now() + leaseMs
          letter.delivery = { ...delivery, nextAttempt: token }
          return [{ webhook, delivery: letter.delivery, lease: { node, token } }]
        }),
      )
    },
    async settleLoose({ webhook, delivery, lease }, settlement) {
      const row = rows.get(webhook.id)
      const letter = row === undefined ? null : letterOf(row, delivery.id)
      if (row === undefined || letter === null) return
      if (!isOpen(letter) || letter.delivery.nextAttempt !== lease.token) return noteLate(letter, settlement)
      note(letter, settlement)
      changeQueue(row, settlement.webhook, clock.now())
    },
    async nextDue() {
      const times = [...rows.values()].flatMap((row) => [...looseTimes(row), ...queueTimes(paper, row)])
      return times.length === 0 ? null : Math.min(...times)
    },
  }
}

function dueLoose({ letters }: Row, now: number): readonly Letter[] {
  return letters.filter((letter) => {
    const { sequence, nextAttempt } = letter.delivery
    return sequence === null && isOpen(letter) && nextAttempt !== null && nextAttempt <= now
  })
}

function looseTimes({ letters }: Row): readonly number[] {
  return letters.flatMap((letter) =>
    isOpen(letter) && letter.delivery.sequence === null ? [letter.delivery.nextAttempt ?? 0] : [],
  )
}

function queueTimes({ leases, clock }: Paper, { webhook, columns }: Row): readonly number[] {
  if (columns.is_active === 0 || columns.next_at === null) return []
  return [Math.max(columns.next_at, leases.leasedUntil(webhook.id, clock.now()) ?? 0)]
}

/** Answers the head that waits afterwards. */
function changeQueue(row: Row, change: Settlement['webhook'], now: number): Letter | null {
  if (change.do === 'disable') {
    failQueue(row)
    row.pauses.push({ since: now, until: null })
  }
  const head = headOf(row)
  row.columns = queueAfter(change, row.columns, now, head !== null)
  return head
}

export function failQueue({ letters }: Row): void {
  for (const letter of letters) {
    if (isWaiting(letter)) letter.delivery = { ...letter.delivery, status: 'FAILED', nextAttempt: null }
  }
}

function note(letter: Letter, settlement: Settlement): void {
  if (isOpen(letter)) letter.delivery = { ...letter.delivery, ...settlement.delivery }
  letter.attempts.push({ ...settlement.attempt, late: false })
}

function noteLate(letter: Letter | null, settlement: Settlement): void {
  if (letter === null) return
  const isRead = settlement.attempt.outcome.kind === 'accepted'
  if (isRead && letter.delivery.status !== 'DELIVERED') letter.delivery = { ...letter.delivery, ...settlement.delivery }
  letter.attempts.push({ ...settlement.attempt, late: true })
}
