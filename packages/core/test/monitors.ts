/** A monitor for tests, with the members that a test cares about changed. */
import type { Monitor } from '../src/monitor/monitor.ts'

/** Expects one address of `www.example.test` and nothing else. */
export function aMonitor(change: Partial<Monitor> = {}): Monitor {
  return {
    id: 'mon_01h455vb4pex5vsknk084sn02q',
    orgId: 'org_01h455vb4pex5vsknk084sn02q',
    groupId: 'grp_01h455vb4pex5vsknk084sn02q',
    domain: 'example.test',
    subdomain: 'www',
    ownerName: 'www.example.test',
    registrable: 'example.test',
    type: 'A',
    match: 'exact',
    expected: ['192.0.2.1'],
    expectedVersion: 1,
    intervalMinutes: 5,
    notify: 'immediately',
    isActive: true,
    externalId: null,
    metadata: {},
    created: 0,
    updated: 0,
    ...change,
  }
}
