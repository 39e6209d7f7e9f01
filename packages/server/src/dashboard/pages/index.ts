/** **The table** of pages. */
import type { PageRow } from '../page.ts'
import { bulkMonitorPages } from './bulk-monitors.ts'
import { editMonitorPages } from './edit-monitor.ts'
import { monitorActionPages } from './monitor-actions.ts'
import { monitorListPages } from './monitor-list.ts'
import { monitorPages } from './monitor.ts'
import { newMonitorPages } from './new-monitor.ts'
import { overviewPages } from './overview.ts'
import { propagationPages } from './propagation.ts'
import { groupPages } from './groups.ts'
import { historyPages } from './histories.ts'
import { keyPages } from './keys.ts'
import { requestPages } from './request.ts'
import { settingsPages } from './settings.ts'
import { webhookPagesOfOne } from './webhook.ts'
import { webhookChangePages } from './webhook-changes.ts'
import { webhookPages } from './webhooks.ts'

/** The first that fits answers: `new` is no monitor's id. */
export const PAGES: readonly PageRow[] = [
  ...overviewPages,
  ...monitorListPages,
  ...newMonitorPages,
  ...bulkMonitorPages,
  ...monitorPages,
  ...monitorActionPages,
  ...propagationPages,
  ...editMonitorPages,
  ...groupPages,
  ...webhookPages,
  ...webhookPagesOfOne,
  ...webhookChangePages,
  ...requestPages,
  ...historyPages,
  ...keyPages,
  ...settingsPages,
]
