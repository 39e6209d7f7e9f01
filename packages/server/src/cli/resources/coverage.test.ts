import { ENDPOINTS } from '@dnsradar/client'
import { expect, test } from 'vitest'
import { applications, audit, me, nodes, organization } from './account.ts'
import { dryRun, events, groups, monitors, summary } from './monitors.ts'
import { requests, systemEvents, webhooks } from './webhooks.ts'

/** Operations that have a command of another kind. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  createMonitorAndWait: 'monitors create --wait',
  createMonitors: 'watch, import and apply',
  previewMonitors: 'import and plan',
  getMonitorEvent: 'events get',
  lookup: 'lookup, which needs no server',
  stream: 'tail and listen',
  createKey: 'keys create --remote',
  listKeys: 'keys list --remote',
  deleteKey: 'keys revoke --remote',
}

test('every operation of the API has a command', () => {
  const resources = [
    monitors,
    groups,
    events,
    webhooks,
    requests,
    systemEvents,
    organization,
    applications,
    audit,
    nodes,
  ]
  const rows = [...resources.flatMap((one) => one.rows), me, summary, dryRun]
  const covered = [...rows.map(({ operation }) => operation), ...Object.keys(ELSEWHERE)]
  expect(covered.toSorted()).toEqual(Object.keys(ENDPOINTS).toSorted())
})

test('a path has one id per segment', () => {
  for (const { rows } of [monitors, groups, events, webhooks, requests, applications]) {
    for (const { operation, ids } of rows) {
      expect({ operation, ids: ids.length }).toEqual({
        operation,
        ids: ENDPOINTS[operation].path.match(/\{/g)?.length ?? 0,
      })
    }
  }
})
