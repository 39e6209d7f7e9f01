/** What the command line writes stands in the audit too, without a key. */
import type { OrganizationId, Records } from '@dnsradar/core'

export async function auditedAs(
  { audit }: Records,
  orgId: OrganizationId,
  action: string,
  object: string,
  changes: Readonly<Record<string, unknown>> = {},
): Promise<void> {
  await audit.record(orgId, { keyId: null, action, object, changes })
}
