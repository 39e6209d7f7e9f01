/** When a delivery was certainly waiting in its queue, as far as the parent can know. */
import type { Evidence } from '../run.ts'
import type { Queued } from '../world.ts'

/** Times that different processes took of the same moment. */
export const SLACK_MS = 5

/**
 * True only when nothing can have taken the delivery made at `created` out of its queue between `from` and `until`: no
 * pause began since it was made, or it was recovered after the last one and in time.
 */
export function wasInQueue(
  { ledger }: Evidence,
  { player, pauses }: Queued,
  created: number,
  from: number,
  until: number,
): boolean {
  const left = pauses.filter(({ since }) => since >= created - SLACK_MS && since <= until + SLACK_MS)
  const last = left.at(-1)
  if (last === undefined) return true
  return ledger.actions.some(
    ({ order, asked, over, isDone }) =>
      order.do === 'recover' &&
      order.webhook === player.webhook &&
      isDone &&
      order.since <= created &&
      asked > last.since &&
      over !== null &&
      over < from,
  )
}
