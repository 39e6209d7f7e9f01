/** A monitor and a webhook that can be made as they are: tests name what matters to them. */
import type { NewMonitor, NewWebhook } from '@dnsradar/core'

export function aMonitor(overrides: Partial<NewMonitor> = {}): NewMonitor {
  return {
    group: null,
    domain: 'example.com',
    subdomain: 'www',
    ownerName: 'www.example.com',
    registrable: 'example.com',
    type: 'A',
    match: 'exact',
    expected: ['192.0.2.1'],
    intervalMinutes: 5,
    notify: 'immediately',
    isActive: true,
    externalId: null,
    metadata: {},
    ...overrides,
  }
}

export function aWebhook(overrides: Partial<NewWebhook> = {}): NewWebhook {
  return {
    url: 'https://receiver.example/hook',
    method: 'POST',
    headers: [],
    secret: 'whsec_c2VjcmV0',
    callerGaveSecret: false,
    groups: null,
    allGroups: false,
    source: null,
    format: 'dnsradar',
    formatOptions: {},
    filters: { events: ['record.*'], states: [], recordTypes: [], monitors: [] },
    timeoutMs: 5000,
    isActive: true,
    ...overrides,
  }
}
