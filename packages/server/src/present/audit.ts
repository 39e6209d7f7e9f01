/** Who wrote what, on the wire. */
import type { WireAuditEntry } from '@dnsradar/client'
import { type AuditEntry, wireTime } from '@dnsradar/core'

export function presentAuditEntry({ id, created, keyId, action, object, changes }: AuditEntry): WireAuditEntry {
  return { uuid: id, created: wireTime(created), key_uuid: keyId, action, object, changes }
}
