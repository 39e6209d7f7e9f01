/** Processes on the wire. */
import type { WireNode } from '@dnsradar/client'
import { type Node, wireTime } from '@dnsradar/core'

export function presentNode({ id, roles, version, started, heartbeat }: Node): WireNode {
  return { id, roles, version, started: wireTime(started), heartbeat: wireTime(heartbeat) }
}
