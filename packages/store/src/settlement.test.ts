import type { QueueChange } from '@dnsradar/core'
import { expect, test } from 'vitest'
import { queueAfter, type QueueColumns } from './settlement.ts'

const NOW = 1000
const failing: QueueColumns = {
  is_active: 1,
  disabled_reason: null,
  retries: 2,
  last_error: 'before',
  last_executed: 1,
  next_at: 5000,
  resume_at: null,
}

const cases: {
  why: string
  change: QueueChange
  hasHead: boolean
  before?: Partial<QueueColumns>
  after: Partial<QueueColumns>
}[] = [
  {
    why: 'a success clears the fault, and the next head is due at once',
    change: { do: 'advance', lastExecuted: 9 },
    hasHead: true,
    after: { retries: 0, last_error: null, last_executed: 9, next_at: NOW },
  },
  {
    why: 'a success that empties the queue leaves nothing due',
    change: { do: 'advance', lastExecuted: 9 },
    hasHead: false,
    after: { retries: 0, last_error: null, last_executed: 9, next_at: null },
  },
  {
    why: 'a failure waits until its next try',
    change: { do: 'wait', at: 7000, retries: 3, lastError: 'again', lastExecuted: 9 },
    hasHead: true,
    after: { retries: 3, last_error: 'again', last_executed: 9, next_at: 7000 },
  },
  {
    why: 'giving up disables',
    change: { do: 'disable', reason: 'gave_up', retries: 10, lastError: 'enough', lastExecuted: 9 },
    hasHead: false,
    after: {
      is_active: 0,
      disabled_reason: 'gave_up',
      retries: 10,
      last_error: 'enough',
      last_executed: 9,
      next_at: null,
    },
  },
  {
    why: 'a test that wakes makes a waiting head due now, remembers its turn and changes no counter',
    change: { do: 'none', wake: true, lastExecuted: 9 },
    hasHead: true,
    after: { last_executed: 9, next_at: NOW, resume_at: 5000 },
  },
  {
    why: 'a head tried out of turn waits for its turn again, and the turn is no longer remembered',
    change: { do: 'wait', at: 7000, retries: 2, lastError: 'again', lastExecuted: 9 },
    hasHead: true,
    before: { next_at: NOW, resume_at: 7000 },
    after: { retries: 2, last_error: 'again', last_executed: 9, next_at: 7000, resume_at: null },
  },
  {
    why: 'a success out of turn leaves nothing behind',
    change: { do: 'advance', lastExecuted: 9 },
    hasHead: true,
    before: { next_at: NOW, resume_at: 7000 },
    after: { retries: 0, last_error: null, last_executed: 9, next_at: NOW, resume_at: null },
  },
  {
    why: 'a resend leaves a head alone that is tried out of turn',
    change: { do: 'none', wake: false, lastExecuted: 9 },
    hasHead: true,
    before: { next_at: NOW, resume_at: 7000 },
    after: { last_executed: 9, next_at: NOW, resume_at: 7000 },
  },
  {
    why: 'a test that wakes does not postpone a head that is due already',
    change: { do: 'none', wake: true, lastExecuted: 9 },
    hasHead: true,
    before: { next_at: 500 },
    after: { last_executed: 9, next_at: 500 },
  },
  {
    why: 'a test that wakes makes nothing due where nothing waits',
    change: { do: 'none', wake: true, lastExecuted: 9 },
    hasHead: false,
    before: { next_at: null },
    after: { last_executed: 9, next_at: null },
  },
  {
    why: 'a failed test leaves the queue alone',
    change: { do: 'none', wake: false, lastExecuted: 9 },
    hasHead: true,
    after: { last_executed: 9 },
  },
]

test.for(cases)('$why', ({ change, hasHead, before, after }) => {
  const row = { ...failing, ...before }
  expect(queueAfter(change, row, NOW, hasHead)).toEqual({ ...row, ...after })
})
