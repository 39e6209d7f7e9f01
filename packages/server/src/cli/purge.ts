/** `purge`: drops now what the server would drop within the hour, or, with a later time, what it would drop by then. */
import { type OrganizationId, wireTime } from '@dnsradar/core'
import { readConfig } from '../config.ts'
import { openForCommand } from '../database.ts'
import { type OrganizationPurge, purge, type Purge } from '../retention.ts'
import { auditedAs } from './audit.ts'
import type { BatchContext } from './context.ts'
import { readTime } from './time.ts'

export async function purgeNow({ output, env }: BatchContext, asked: { now?: string; json: boolean }): Promise<number> {
  const given = asked.now === undefined ? null : readTime(asked.now, '--now')
  const { retentionMs } = readConfig(env).config
  await using store = await openForCommand(env)
  const at = given ?? store.clock.now()
  const { organizations, ...whole } = await purge(store, { at, retentionMs })
  const audited = (id: OrganizationId, counts: object) =>
    auditedAs(store, id, 'retention.purge', id, { ...counts, at: wireTime(at) })
  for (const { organization, ...counts } of organizations) await audited(organization.id, wireCounts(counts))
  if (whole.partitions + whole.webhooks > 0) {
    // Of all organizations, so it is the installation's.
    await audited((await store.accounts.ensureDefaultOrganization(null)).organization.id, whole)
  }
  const sum = { ...sumOf(organizations), ...whole }
  output.out(asked.json ? JSON.stringify(sum, null, 2) : sentence(sum))
  return 0
}

interface Counts {
  readonly events: number
  readonly requests: number
  readonly system_events: number
  readonly audit: number
}

function wireCounts({ events, requests, systemEvents, audit }: Omit<OrganizationPurge, 'organization'>): Counts {
  return { events, requests, system_events: systemEvents, audit }
}

function sumOf(purges: readonly OrganizationPurge[]): Counts {
  return purges.map(wireCounts).reduce(
    (sum, counts) => ({
      events: sum.events + counts.events,
      requests: sum.requests + counts.requests,
      system_events: sum.system_events + counts.system_events,
      audit: sum.audit + counts.audit,
    }),
    { events: 0, requests: 0, system_events: 0, audit: 0 },
  )
}

function sentence(sum: Counts & Omit<Purge, 'organizations'>): string {
  const { events, requests, system_events, audit, partitions, webhooks } = sum
  return (
    `Dropped ${events} events, ${requests} requests, ${system_events} system events and ${audit} audit entries, ` +
    `${partitions} partitions of whole months, and ${webhooks} subscriptions that are gone.`
  )
}
