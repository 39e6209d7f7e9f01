/** From the query of a list of monitors to the store's filter. */
import type { MonitorFilter } from '@dnsradar/core'
import type * as z from 'zod'
import { given } from '../http/page.ts'
import type { MonitorListQuery } from '../schemas/monitors.ts'

/** `full_domain` is the name that is asked for, so it stands in the way of its two halves. */
export function monitorFilter(query: z.output<typeof MonitorListQuery>): MonitorFilter {
  const { domain, subdomain, full_domain } = query
  const name = full_domain === undefined ? { domain, subdomain: subdomain === '' ? null : subdomain } : {}
  return given({
    ...name,
    ownerName: full_domain,
    registrable: query.registrable_domain,
    group: query.group,
    state: query.state,
    type: query.record_type,
    isActive: query.is_active,
    match: query.match,
    metadata: query.metadata,
    externalId: query.external_id,
    text: query.q,
  })
}
