/** Groups on the wire. */
import type { WireGroup } from '@dnsradar/client'
import { type Group, wireTime } from '@dnsradar/core'

export function presentGroup(group: Group): WireGroup {
  return {
    uuid: group.id,
    slug: group.slug,
    name: group.name,
    kind: group.kind,
    is_default: group.isDefault,
    monitors: group.monitors,
    webhooks: group.webhooks,
    is_public: group.isPublic,
    created: wireTime(group.created),
  }
}
