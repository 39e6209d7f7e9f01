/**
 * The sample that `POST /webhooks/{id}/test` sends: written as a real delivery to this webhook would be, every id marked
 * `_test_` so that a receiver cannot take it for news.
 */
import type { OrganizationId } from '../ids.ts'
import type { DnsEvent } from '../monitor/event.ts'
import type { Circumstances } from './context.ts'
import type { Webhook } from './delivery.ts'
import { FORMAT_ROWS } from './formats/table.ts'

/** `suffix` is the test delivery's own id without its prefix, `created` its time in epoch milliseconds. */
export function testBody(
  suffix: string,
  created: number,
  webhook: Pick<Webhook, 'orgId' | 'source' | 'format' | 'formatOptions'>,
): string {
  return FORMAT_ROWS[webhook.format].body({
    news: {
      of: 'record',
      event: sampleEvent(suffix, created, webhook.orgId),
      circumstances: { ...SAMPLE_CIRCUMSTANCES, brokenSince: created },
    },
    identity: { id: `req_test_${suffix}`, webhookId: `wh_test_${suffix}`, created },
    recipient: webhook,
    isTest: true,
  })
}

const SAMPLE_CIRCUMSTANCES: Omit<Circumstances, 'brokenSince'> = {
  groupSlug: 'default',
  match: 'exact',
  metadata: {},
  url: null,
}

function sampleEvent(suffix: string, occurred: number, orgId: OrganizationId): DnsEvent {
  return {
    id: `evt_test_${suffix}`,
    orgId,
    monitorId: `mon_test_${suffix}`,
    groupId: `grp_test_${suffix}`,
    kind: 'record.broken',
    domain: 'example.com',
    subdomain: 'www',
    type: 'A',
    expected: ['192.0.2.1'],
    previous: ['192.0.2.1'],
    current: ['192.0.2.2'],
    oldState: 'VALID',
    newState: 'MISMATCH',
    occurred,
    incidenceCount: 1,
    externalId: null,
    reasons: [
      {
        code: 'differs',
        message: '`192.0.2.2` is published where `192.0.2.1` is expected.',
        value: '192.0.2.2',
      },
    ],
    confirmed: true,
  }
}
