/** Pieces that several presenters share. */
import type { WireReason } from '@dnsradar/client'
import { type GroupId, type Reason, wireTime } from '@dnsradar/core'

export type Slugs = ReadonlyMap<GroupId, string>

/** A group that was deleted meanwhile is named by its id. */
export function groupOf(slugs: Slugs, id: GroupId): string {
  return slugs.get(id) ?? id
}

export function maybeTime(ms: number | null): string | null {
  return ms === null ? null : wireTime(ms)
}

export function presentReason({ code, message, value }: Reason): WireReason {
  return { code, message, value: value ?? null }
}
