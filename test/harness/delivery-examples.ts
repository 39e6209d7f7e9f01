/** A webhook, a delivery, an event and outcomes for tests, each with the members that a test cares about changed. */
import type { Delivery, DnsEvent, Outcome, Webhook } from '@dnsradar/core'

const NO_PHASES = { dns: null, connect: null, tls: null, firstByte: null }

export function aWebhook(change: Partial<Webhook>): Webhook {
  return {
    id: 'wh_01jd00000000000000000000aa',
    orgId: 'org_01jd00000000000000000000aa',
    created: 0,
    url: 'https://example.com/hook',
    method: 'POST',
    headers: [],
    secret: 'your-webhook-secret-key',
    callerGaveSecret: true,
    previousSecret: null,
    previousSecretUntil: null,
    source: null,
    format: 'dnsradar',
    formatOptions: {},
    groups: ['grp_01jd00000000000000000000aa'],
    allGroups: false,
    filters: { events: ['record.*'], states: [], recordTypes: [], monitors: [] },
    timeoutMs: 5000,
    isActive: true,
    disabledReason: null,
    lastError: null,
    lastExecuted: null,
    retries: 0,
    nextAttempt: null,
    resumeAt: null,
    pending: 1,
    ...change,
  }
}

export function aDelivery(change: Partial<Delivery>): Delivery {
  return {
    id: 'req_01jd00000000000000000000aa',
    orgId: 'org_01jd00000000000000000000aa',
    webhookId: 'wh_01jd00000000000000000000aa',
    eventId: 'evt_01jd00000000000000000000aa',
    systemEventId: null,
    sequence: 1,
    kind: 'event',
    status: 'PENDING',
    body: '{}',
    headline: { kind: 'record.broken', group: 'default', externalId: null },
    created: 0,
    delivered: null,
    lastAttempt: null,
    nextAttempt: null,
    attempts: 0,
    statusCode: null,
    responseBody: null,
    errorMessage: null,
    ...change,
  }
}

export function anEvent(change: Partial<DnsEvent>): DnsEvent {
  return {
    id: 'evt_01jd00000000000000000000aa',
    orgId: 'org_01jd00000000000000000000aa',
    monitorId: 'mon_01jd00000000000000000000aa',
    groupId: 'grp_01jd00000000000000000000aa',
    kind: 'record.broken',
    oldState: 'VALID',
    newState: 'MISMATCH',
    previous: ['192.0.2.1'],
    current: ['192.0.2.2'],
    incidenceCount: 1,
    reasons: [],
    confirmed: true,
    occurred: Date.UTC(2026, 0, 8, 12),
    domain: 'example.com',
    subdomain: 'www',
    type: 'A',
    expected: ['192.0.2.1'],
    externalId: null,
    ...change,
  }
}

export const accepted: Outcome = {
  kind: 'accepted',
  statusCode: 200,
  responseBody: 'ok',
  ip: '192.0.2.9',
  phases: NO_PHASES,
  durationMs: 12,
}

export function failure(statusCode: number | null, retryAfterMs: number | null = null): Outcome {
  return {
    kind: 'failed',
    errorClass: statusCode === null ? 'timeout' : 'http_status',
    errorMessage: statusCode === null ? 'Connection timeout after 5 s' : `HTTP ${statusCode}`,
    statusCode,
    responseBody: null,
    retryAfterMs,
    ip: null,
    phases: NO_PHASES,
    durationMs: 5000,
  }
}
