/**
 * The open streams of this process: how many there may be, whose they are, and when they end.
 *
 * Streams end when their reader goes or falls behind, when their API key is no longer good, and with the process.
 */
import { type ApiKeyId, type Clock, type Log, type OrganizationId, RadarError, type Store } from '@dnsradar/core'
import type { Account } from '../http/context.ts'
import { RateLimited } from '../http/limits.ts'
import { follow, type Wish } from './follow.ts'
import { HEARTBEAT } from './frame.ts'
import type { Outlet } from './outlet.ts'
import { createTail, type Tail } from './tail.ts'

/** Sends until the outlet is closed. `onLive` is called once nothing that is committed from then on will be missed. */
export type Send = (outlet: Outlet, onLive: () => void) => Promise<void>

export interface Streams {
  /** Takes a place until the stream ends, or throws `rate_limited`. `isStillGood` rejects once the key is refused. */
  open(account: Account, wish: Omit<Wish, 'orgId'>, isStillGood: () => Promise<unknown>): Send
  /** Something was committed in this process. */
  ring(): void
}

export interface StreamsDeps {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly stopping: AbortSignal
}

export const MOST_PER_KEY = 20
export const MOST_PER_ORGANIZATION = 200
/** A place is free as soon as any stream ends; nobody knows when. */
const TRY_AGAIN_S = 15
/** How soon the streams of a revoked key end. */
const ROUND_MS = 5_000
/** A heartbeat each 15 s. */
const ROUNDS_PER_BEAT = 3

interface Open {
  readonly outlet: Outlet
  readonly keyId: ApiKeyId
  readonly isStillGood: () => Promise<unknown>
}

interface Audience {
  readonly tail: Tail
  readonly ended: AbortController
  streams: number
}

export function createStreams({ store, clock, log, stopping }: StreamsDeps): Streams {
  /** One account object per request, so per stream. */
  const places = new Set<Account>()
  const open = new Set<Open>()
  const audiences = new Map<OrganizationId, Audience>()
  let rounds: AbortController | null = null
  stopping.addEventListener('abort', () => {
    for (const { outlet } of open) outlet.close()
  })

  function audienceOf(orgId: OrganizationId): Audience {
    const known = audiences.get(orgId)
    if (known !== undefined) return known
    const made = { tail: createTail({ store, clock, log }, orgId), ended: new AbortController(), streams: 0 }
    audiences.set(orgId, made)
    void made.tail.run(made.ended.signal)
    return made
  }

  function enter(orgId: OrganizationId, one: Open): Audience {
    const audience = audienceOf(orgId)
    audience.streams += 1
    open.add(one)
    if (rounds === null) {
      rounds = new AbortController()
      void goRound(open, clock, log, rounds.signal)
    }
    return audience
  }

  function exit(orgId: OrganizationId, one: Open, audience: Audience): void {
    audience.streams -= 1
    if (audience.streams === 0) {
      audience.ended.abort()
      audiences.delete(orgId)
    }
    open.delete(one)
    if (open.size > 0) return
    rounds?.abort()
    rounds = null
  }

  return {
    open(account, wish, isStillGood) {
      refuseMore(places, account)
      places.add(account)
      const orgId = account.organization.id
      return async (outlet, onLive) => {
        const one: Open = { outlet, keyId: account.key.id, isStillGood }
        const audience = enter(orgId, one)
        if (stopping.aborted) outlet.close()
        try {
          await follow({ store, tail: audience.tail, outlet, now: clock.now }, { ...wish, orgId }, onLive)
        } finally {
          exit(orgId, one, audience)
          places.delete(account)
        }
      }
    },
    ring() {
      for (const { tail } of audiences.values()) tail.ring()
    },
  }
}

function refuseMore(taken: ReadonlySet<Account>, { key, organization }: Account): void {
  const places = [...taken]
  const ofKey = places.filter((place) => place.key.id === key.id).length
  const ofOrganization = places.filter((place) => place.organization.id === organization.id).length
  const refuse = (most: number, whose: string): never => {
    throw new RateLimited(
      `${whose} has ${most} open streams, which is as many as it may have; close one, or try again in ${TRY_AGAIN_S} s.`,
      TRY_AGAIN_S,
    )
  }
  if (ofKey >= MOST_PER_KEY) refuse(MOST_PER_KEY, 'The API key')
  if (ofOrganization >= MOST_PER_ORGANIZATION) refuse(MOST_PER_ORGANIZATION, 'The organization')
}

/** Heartbeats, and one look at each key for all its streams. */
async function goRound(open: ReadonlySet<Open>, clock: Clock, log: Log, signal: AbortSignal): Promise<void> {
  for (let round = 1; !signal.aborted; round++) {
    await clock.wait(ROUND_MS, signal)
    if (signal.aborted) return
    const byKey = Map.groupBy(open, ({ keyId }) => keyId)
    await Promise.all([...byKey.values()].map((streams) => endUnlessGood(streams, log)))
    if (round % ROUNDS_PER_BEAT === 0) for (const { outlet } of open) outlet.beat(HEARTBEAT)
  }
}

/** Only a refusal ends streams: a database that does not answer says nothing about a key. */
async function endUnlessGood(streams: readonly Open[], log: Log): Promise<void> {
  try {
    await streams[0]?.isStillGood()
  } catch (error) {
    if (error instanceof RateLimited) return
    if (error instanceof RadarError) for (const { outlet } of streams) outlet.close()
    else log.warn({ err: error }, 'the API key of an open stream could not be checked')
  }
}
