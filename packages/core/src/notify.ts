/**
 * Notices, from a system event that concerns the operator to a channel that took it.
 *
 * The mark on the event is the outbox: it is set with the event, moved ahead while somebody tries, and cleared when
 * every channel has taken the notice. A process that dies in between costs a lease, and at worst a notice that comes
 * twice. Channels are owed one by one, so that one that is down does not make the other repeat itself.
 */
import { isTooLate, nextNotice, type Notice, NOTICE_CHANNELS, type NoticeChannel } from './delivery/notice.ts'
import { systemWords } from './delivery/system-words.ts'
import { createDoorbell } from './doorbell.ts'
import type { ClaimedNotice, Clock, Log, Store } from './ports.ts'

/** Hands a notice to one channel within `NOTICE_TIMEOUT_MS`. Null when it was taken, else what went wrong, without secrets. */
export type SendNotice = (notice: Notice) => Promise<string | null>

export interface NotifierDeps {
  readonly store: Pick<Store, 'operatorNotices'>
  /** Only those that the operator has set. */
  readonly channels: Readonly<Partial<Record<NoticeChannel, SendNotice>>>
  readonly clock: Clock
  readonly log: Log
}

export interface Notifier {
  /** Tells what is due until `signal` aborts, then finishes the notice in flight and gives back the others. */
  run(signal: AbortSignal): Promise<void>
  /** A system event was recorded: look without waiting for the next poll. */
  poke(): void
}

/** Of one attempt with one channel. */
export const NOTICE_TIMEOUT_MS = 10_000
/** One after the other, so that the operator reads them in the order in which things happened. */
const CLAIM = 10
/** Every notice of a claim may use up its attempt; the rest is for a slow store. */
const LEASE_MS = 3 * 60_000
/** How often to look for what other processes recorded. */
const POLL_MS = 5_000
/** Due a moment ago, and not to be claimed. */
const CONTESTED_MS = 100

export function createNotifier({ store: { operatorNotices }, channels, clock, log }: NotifierDeps): Notifier {
  const doorbell = createDoorbell(clock)
  const known = NOTICE_CHANNELS.filter((channel) => channels[channel] !== undefined)

  async function run(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const pauseMs = await tellDue(signal).catch((error: unknown) => {
        log.error({ err: error }, 'notices for the operator could not be read or written; trying again')
        return POLL_MS
      })
      if (pauseMs > 0) await doorbell.wait(pauseMs, signal)
    }
  }

  /** Says how long to wait before looking again. */
  async function tellDue(signal: AbortSignal): Promise<number> {
    // Asked first, because a claim is a write and there nearly never is anything.
    const due = await operatorNotices.nextDue()
    const ahead = due === null ? POLL_MS : due - clock.now()
    if (ahead > 0) return Math.min(ahead, POLL_MS)
    const claimed = await operatorNotices.claimDue({ limit: CLAIM, leaseMs: LEASE_MS })
    for (const notice of claimed) {
      if (signal.aborted) await giveBack(notice)
      else await tell(notice)
    }
    // None: another process has just taken it.
    return claimed.length === 0 ? CONTESTED_MS : 0
  }

  function giveBack(notice: ClaimedNotice): Promise<void> {
    return operatorNotices.settle(notice, { owed: owedOf(notice), at: clock.now() })
  }

  async function tell(notice: ClaimedNotice): Promise<void> {
    const { event } = notice
    if (notice.owed === null) logEvent(notice)
    const owed = isTooLate(event, clock.now()) ? owedOf(notice) : await attempt(notice)
    const at = owed.length === 0 ? null : nextNotice(event, clock.now())
    await operatorNotices.settle(notice, at === null ? null : { owed, at })
    if (owed.length > 0 && at === null) {
      log.error({ event: event.id, type: event.type, channels: owed }, 'the operator could not be told for a day')
    }
  }

  /** The channels that did not take it. */
  async function attempt(notice: ClaimedNotice): Promise<readonly NoticeChannel[]> {
    const { id, type } = notice.event
    const results = await Promise.all(
      owedOf(notice).map(async (channel) => ({ channel, error: (await channels[channel]?.(notice)) ?? null })),
    )
    const failed = results.filter(({ error }) => error !== null)
    for (const { channel, error } of failed) {
      log.warn({ event: id, type, channel, error }, 'the operator could not be told of a system event')
    }
    return failed.map(({ channel }) => channel)
  }

  /** A channel that the operator has taken away since is owed nothing. */
  function owedOf({ owed }: Notice): readonly NoticeChannel[] {
    return known.filter((channel) => owed === null || owed.includes(channel))
  }

  /** Of resolvers the process that asks them has said so already. */
  function logEvent({ event, subject }: Notice): void {
    if (subject.of === 'resolver') return
    const { title } = systemWords(event)
    log.warn({ event: event.id, type: event.type, organization: event.orgId, title }, 'a system event')
  }

  return { run, poke: doorbell.ring }
}
