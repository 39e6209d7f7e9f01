/**
 * Notices: system events that the operator of an installation hears of, whoever's organization they happen in.
 *
 * What users do to their own monitors and webhooks is none of the operator's business; what breaks without anybody's
 * doing is.
 */
import type { SystemEventKind } from '../monitor/event.ts'
import type { SystemEventId } from '../ids.ts'
import { mailOf } from './formats/email.ts'
import { messageOf } from './formats/message.ts'
import { wireTime } from './payload.ts'
import type { Subject, SystemEvent } from './system-event.ts'

/** The ways to reach the operator, each with a setting of its own. */
export const NOTICE_CHANNELS = ['url', 'email'] as const
export type NoticeChannel = (typeof NOTICE_CHANNELS)[number]

export interface Notice {
  readonly event: SystemEvent
  readonly subject: Subject
  /** The channels that did not take it yet; null when nobody has tried any. */
  readonly owed: readonly NoticeChannel[] | null
}

type Data = SystemEvent['data']

const always = (): boolean => true
const never = (): boolean => false
/** Somebody switched it off and on again, and knows. */
const unlessByHand = ({ reason }: Data): boolean => reason !== 'manual'

const CONCERNS: Readonly<Record<SystemEventKind, (data: Data) => boolean>> = {
  'domain.restored': never,
  'domain.record_missing': never,
  'domain.record_restored': never,
  'monitor.created': never,
  'monitor.enabled': never,
  'monitor.disabled': never,
  'monitor.deleted': never,
  'webhook.disabled': unlessByHand,
  'webhook.recovered': unlessByHand,
  'resolver.outage': always,
  'resolver.recovered': always,
}

export function concernsOperator({ type, data }: Pick<SystemEvent, 'type' | 'data'>): boolean {
  return CONCERNS[type](data)
}

/** The JSON that is posted. */
export function noticeBody({ type, created, orgId, data }: SystemEvent): string {
  return JSON.stringify({ type, created: wireTime(created), organization_uuid: orgId, data })
}

/** The same in words, as the body of a mail. */
export function noticeMail({ event, subject }: Pick<Notice, 'event' | 'subject'>): string {
  const message = messageOf({ news: { of: 'system', event, subject }, isTest: false })
  const facts = [...message.facts, { name: 'Organization', values: [event.orgId] }]
  return JSON.stringify(mailOf({ ...message, facts }))
}

/** Receivers tell a notice that comes twice by these. */
export function noticeHeaders(
  { id, type }: { readonly id: SystemEventId; readonly type: SystemEventKind },
  userAgent: string,
): readonly (readonly [name: string, value: string])[] {
  return [
    ['Content-Type', 'application/json'],
    ['User-Agent', userAgent],
    ['X-DNSRadar-Event', type],
    ['webhook-id', id],
  ]
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE
/** An operator who was not reached within a day looks at the history instead. */
const GIVE_UP_MS = 24 * HOUR

/** Up to which age of the event a failure is followed by which wait: 1, 5 and 15 minutes, then every hour. */
const WAITS: readonly (readonly [age: number, wait: number])[] = [
  [MINUTE, MINUTE],
  [6 * MINUTE, 5 * MINUTE],
  [21 * MINUTE, 15 * MINUTE],
]

export function isTooLate({ created }: Pick<SystemEvent, 'created'>, now: number): boolean {
  return now >= created + GIVE_UP_MS
}

/** When to try again after a failure at `now`, by the age of the event; null when that would be too late. */
export function nextNotice(event: Pick<SystemEvent, 'created'>, now: number): number | null {
  const age = now - event.created
  const wait = WAITS.find(([limit]) => age < limit)?.[1] ?? HOUR
  return isTooLate(event, now + wait) ? null : now + wait
}
