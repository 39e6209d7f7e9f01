/** Pieces that several presenters share. */
import type { WireReason } from '@dnsradar/client'
import type { GroupId, Reason } from '@dnsradar/core'
import { maybeWireTime, reasonObject } from '@dnsradar/core/delivery/objects'

export type Slugs = ReadonlyMap<GroupId, string>

/** A group that was deleted meanwhile is named by its id. */
export function groupOf(slugs: Slugs, id: GroupId): string {
  return slugs.get(id) ?? id
}

export const maybeTime: (ms: number | null) => string | null = maybeWireTime

export const presentReason: (reason: Reason) => WireReason = reasonObject
