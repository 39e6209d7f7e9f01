/** What the Entri dialect keeps of its own. Its monitors, groups and hooks are rows as any others. */
import type { Entri } from '@dnsradar/core'
import type { QueryContext } from './context.ts'
import { applicationQueries } from './entri-applications.ts'
import { batchRecords } from './entri-batches.ts'
import { domainQueries } from './entri-domains.ts'

export function entriQueries(context: QueryContext): Entri {
  return { ...applicationQueries(context), ...domainQueries(context), ...batchRecords(context) }
}
