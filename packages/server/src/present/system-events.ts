/** System events on the wire. */
import type { WireSystemEvent } from '@dnsradar/client'
import { type SystemEvent, wireTime } from '@dnsradar/core'

export function presentSystemEvent({ id, type, created, data }: SystemEvent): WireSystemEvent {
  return { uuid: id, type, created: wireTime(created), data }
}
