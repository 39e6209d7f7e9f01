/** The app: what Zapier finds when it loads the package. */
import { defineApp, version as platformVersion } from 'zapier-platform-core'
import packageJson from '../package.json' with { type: 'json' }
import { authentication } from './authentication.ts'
import { updateGroupMonitors } from './creates/group.ts'
import { acceptCurrentValue, checkMonitor, setMonitorActive, updateMonitor } from './creates/monitors.ts'
import { createMonitor, createMonitors } from './creates/new-monitors.ts'
import { findEvents, findGroup, findMonitor, lookUpRecord } from './searches/index.ts'
import { groupList, monitorList, webhookList } from './triggers/lists.ts'
import { dnsChange, recordBroken, recordRestored } from './triggers/records.ts'
import { domainRestored, monitorPaused, newMonitor, webhookDisabled } from './triggers/system.ts'

export default defineApp({
  version: packageJson.version,
  platformVersion,
  authentication,
  // Every request goes through Zapier's own helper: there is nothing for a patch of `http` and `fetch` to log.
  flags: { cleanInputData: true, skipHttpPatch: true },
  triggers: {
    [dnsChange.key]: dnsChange,
    [recordBroken.key]: recordBroken,
    [recordRestored.key]: recordRestored,
    [domainRestored.key]: domainRestored,
    [newMonitor.key]: newMonitor,
    [monitorPaused.key]: monitorPaused,
    [webhookDisabled.key]: webhookDisabled,
    [groupList.key]: groupList,
    [monitorList.key]: monitorList,
    [webhookList.key]: webhookList,
  },
  creates: {
    [createMonitor.key]: createMonitor,
    [createMonitors.key]: createMonitors,
    [updateMonitor.key]: updateMonitor,
    [checkMonitor.key]: checkMonitor,
    [setMonitorActive.key]: setMonitorActive,
    [updateGroupMonitors.key]: updateGroupMonitors,
    [acceptCurrentValue.key]: acceptCurrentValue,
  },
  searches: {
    [findMonitor.key]: findMonitor,
    [findGroup.key]: findGroup,
    [findEvents.key]: findEvents,
    [lookUpRecord.key]: lookUpRecord,
  },
  searchOrCreates: {
    find_monitor: {
      key: 'find_monitor',
      display: {
        label: 'Find or Create Monitor',
        description: 'Finds a monitor by the name of its record, or creates one.',
      },
      search: 'find_monitor',
      create: 'create_monitor',
    },
  },
})
