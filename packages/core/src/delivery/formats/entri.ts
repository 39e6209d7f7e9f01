/**
 * What Entri Monitor sends: its own envelope, and a signature that covers id, time and secret but not the body.
 *
 * The envelope's id names the request for good, so it is the same on every attempt and in a resend. Whoever knows one
 * signed request can send another body under the same headers until the time in them is too old: receivers that can
 * should verify the Standard Webhooks headers, which are sent beside these and cover the body.
 */
import { createHash } from 'node:crypto'
import { uuidOf } from '../../ids.ts'
import type { DnsEvent } from '../../monitor/event.ts'
import type { SystemEvent } from '../system-event.ts'
import { type FormatRow, JSON_BY_POST, type Telling } from './format.ts'

export const entri: FormatRow = {
  ...JSON_BY_POST,
  // The hook of an application, which is made with the application and never by hand.
  isOffered: false,
  body: (telling) => JSON.stringify(envelopeOf(telling)),
  headers({ secret }, body, now) {
    const { id } = JSON.parse(body) as { readonly id: string }
    const seconds = String(Math.floor(now / 1000))
    return [
      ['Entri-Timestamp', seconds],
      ['Entri-Signature-V2', createHash('sha256').update(`${id}${seconds}${secret}`).digest('hex')],
    ]
  },
}

function envelopeOf({ news, identity }: Telling) {
  const { type, domain, subdomain, user_id, records_propagated, records_non_propagated } =
    news.of === 'system' ? ofDomain(news.event) : ofSample(news.event)
  return {
    id: uuidOf(identity.id),
    user_id,
    domain,
    subdomain,
    type,
    data: { records_propagated, records_non_propagated },
  }
}

/** `data` as `entriHappening` wrote it; an event of another kind has nothing to tell in this format. */
function ofDomain({ type, data }: SystemEvent) {
  return {
    type,
    user_id: data['user_id'] ?? null,
    domain: data['domain'] ?? null,
    subdomain: data['subdomain'] ?? null,
    records_propagated: data['records_propagated'] ?? [],
    records_non_propagated: data['records_non_propagated'] ?? [],
  }
}

/** Hooks of applications hear of domains only: a record stands here when somebody tries the hook. */
function ofSample({ domain, subdomain, type, expected, newState }: DnsEvent) {
  const records = expected.map((value) => ({ type, host: subdomain ?? '@', value }))
  const isBack = newState === 'VALID'
  return {
    type: isBack ? 'domain.record_restored' : 'domain.record_missing',
    user_id: 'test',
    domain,
    subdomain,
    records_propagated: isBack ? records : [],
    records_non_propagated: isBack ? [] : records,
  }
}
