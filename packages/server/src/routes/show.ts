/** From what an action gave to what the wire shows: presenters need the groups' slugs, which are looked up here. */
import type {
  WireBulk,
  WireBulkPreview,
  WireCheckedMonitor,
  WireEvent,
  WireMonitor,
  WireMonitorDetail,
  WirePage,
  WireWebhook,
  WireWebhookWithSecret,
} from '@dnsradar/client'
import type { DnsEvent, GroupId, Page, PageRequest, WatchedMonitor, Webhook } from '@dnsradar/core'
import type { CheckedMonitor } from '@dnsradar/core/check'
import type { FirstLook } from '../actions/first-look.ts'
import type { BulkResult } from '../actions/many-monitors.ts'
import type { Deps } from '../deps.ts'
import { hasScope } from '../http/auth.ts'
import type { Account } from '../http/context.ts'
import { presentPage } from '../http/page.ts'
import { lastLook } from '../looks.ts'
import { presentCheck, presentRecordedCheck } from '../present/check.ts'
import { presentEvent } from '../present/events.ts'
import { presentMonitor } from '../present/monitors.ts'
import { presentNewWebhook, presentWebhook } from '../present/webhooks.ts'
import type { Slugs } from '../present/words.ts'

function slugsOf(deps: Deps, account: Account, groups: readonly GroupId[]): Promise<Slugs> {
  return deps.store.groups.slugs(account.organization.id, [...new Set(groups)])
}

export async function showMonitor(deps: Deps, account: Account, watched: WatchedMonitor): Promise<WireMonitor> {
  return presentMonitor(watched, await slugsOf(deps, account, [watched.monitor.groupId]))
}

export async function showMonitorDetail(
  deps: Deps,
  account: Account,
  watched: WatchedMonitor,
): Promise<WireMonitorDetail> {
  const look = await lastLook(deps, watched)
  const check = look === null ? presentRecordedCheck(watched.status) : presentCheck(look)
  return { ...(await showMonitor(deps, account, watched)), check }
}

export async function showChecked(deps: Deps, account: Account, checked: CheckedMonitor): Promise<WireCheckedMonitor> {
  return { ...(await showMonitor(deps, account, checked.watched)), check: presentCheck(checked.look) }
}

/** A monitor with its first look, null when that did not come in time. */
export async function showFirstLook(
  deps: Deps,
  account: Account,
  { watched, look }: FirstLook,
): Promise<WireMonitorDetail> {
  return { ...(await showMonitor(deps, account, watched)), check: look === null ? null : presentCheck(look) }
}

export async function showBulk(deps: Deps, account: Account, results: readonly BulkResult[]): Promise<WireBulk> {
  const slugs = await slugsOfAll(deps, account, results)
  return { data: results.map(({ watched }) => presentMonitor(watched, slugs)) }
}

export async function showBulkPreview(
  deps: Deps,
  account: Account,
  results: readonly BulkResult[],
): Promise<WireBulkPreview> {
  const slugs = await slugsOfAll(deps, account, results)
  const data = results.map(({ watched, existing }, index) => ({
    index,
    result: existing ? ('existing' as const) : ('create' as const),
    monitor: presentMonitor(watched, slugs),
  }))
  return { data }
}

function slugsOfAll(deps: Deps, account: Account, results: readonly BulkResult[]): Promise<Slugs> {
  return slugsOf(
    deps,
    account,
    results.map(({ watched }) => watched.monitor.groupId),
  )
}

export async function showMonitors(
  deps: Deps,
  account: Account,
  page: Page<WatchedMonitor>,
  asked: PageRequest,
): Promise<WirePage<WireMonitor>> {
  const slugs = await slugsOf(
    deps,
    account,
    page.items.map(({ monitor }) => monitor.groupId),
  )
  return presentPage(page, asked, (watched) => presentMonitor(watched, slugs))
}

export async function showEvent(deps: Deps, account: Account, event: DnsEvent): Promise<WireEvent> {
  return presentEvent(event, await slugsOf(deps, account, [event.groupId]))
}

export async function showEvents(
  deps: Deps,
  account: Account,
  page: Page<DnsEvent>,
  asked: PageRequest,
): Promise<WirePage<WireEvent>> {
  const slugs = await slugsOf(
    deps,
    account,
    page.items.map(({ groupId }) => groupId),
  )
  return presentPage(page, asked, (event) => presentEvent(event, slugs))
}

export async function showWebhook(deps: Deps, account: Account, webhook: Webhook): Promise<WireWebhook> {
  return presentWebhook(webhook, await slugsOf(deps, account, webhook.groups), hasScope(account, 'write'))
}

export async function showNewWebhook(deps: Deps, account: Account, webhook: Webhook): Promise<WireWebhookWithSecret> {
  return presentNewWebhook(webhook, await slugsOf(deps, account, webhook.groups))
}

export async function showWebhooks(
  deps: Deps,
  account: Account,
  page: Page<Webhook>,
  asked: PageRequest,
): Promise<WirePage<WireWebhook>> {
  const slugs = await slugsOf(
    deps,
    account,
    page.items.flatMap(({ groups }) => groups),
  )
  return presentPage(page, asked, (webhook) => presentWebhook(webhook, slugs, hasScope(account, 'write')))
}
