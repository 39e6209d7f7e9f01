/** What can be done with webhooks. */
import {
  type Delivery,
  type MonitorId,
  notFound,
  type Page,
  type PageRequest,
  RadarError,
  testBody,
  type WatchedMonitor,
  type Webhook,
  type WebhookEdit,
  type WebhookFilter,
} from '@dnsradar/core'
import type { Deps } from '../deps.ts'
import type { Account } from '../http/context.ts'
import { type Allowance, HOUR_MS, MINUTE_MS, refuseExcess, spend } from '../http/limits.ts'
import { readId } from '../schemas/fields.ts'
import type { NewWebhookInput, WebhookPatchInput } from '../schemas/webhooks.ts'
import { refuseEntriHook } from './entri-owned.ts'
import { newWebhook, webhookPatch } from './new-webhook.ts'

/** With a `source` it is a subscription: asking again for the same url replaces it. `created` tells which. */
export async function createWebhook(
  deps: Deps,
  account: Account,
  input: NewWebhookInput,
): Promise<{ readonly webhook: Webhook; readonly created: boolean }> {
  const webhook = newWebhook(deps, input)
  await checkMonitorFilter(deps, account, webhook.filters.monitors)
  const { webhooks } = deps.store
  const { id } = account.organization
  return webhook.source === null
    ? { webhook: await webhooks.create(id, webhook, deps.rules.webhooksPerGroup), created: true }
    : webhooks.subscribe(id, { ...webhook, source: webhook.source }, deps.rules.subscriptions)
}

/** `edit` sees the webhook inside the transaction, so that two edits at once cannot undo each other by halves. */
export async function patchWebhook(
  deps: Deps,
  account: Account,
  id: string,
  input: WebhookPatchInput,
): Promise<Webhook> {
  const known = readId('wh', id)
  if (known === null) return missing(id)
  await checkMonitorFilter(deps, account, input.monitors ?? [])
  const edit = (current: Webhook): WebhookEdit => {
    refuseEntriHook(current)
    return webhookPatch(deps, current, input)
  }
  const updated = await deps.store.webhooks.update(account.organization.id, known, edit, deps.rules.webhooksPerGroup)
  return updated ?? missing(id)
}

/** A filter on a monitor that does not exist would silence the webhook without a word. */
async function checkMonitorFilter(deps: Deps, account: Account, monitors: readonly MonitorId[]): Promise<void> {
  const found: (WatchedMonitor | null)[] = []
  // One after the other: inside a transaction there is one connection, which takes one query at a time.
  for (const id of monitors) found.push(await deps.store.monitors.get(account.organization.id, id))
  const faults = monitors.flatMap((id, index) =>
    found[index] === null ? [[`monitors[${index}]`, `there is no monitor ${id}; leave it out`] as const] : [],
  )
  const [first] = faults
  if (first !== undefined)
    throw new RadarError('invalid_field', `${first[0]}: ${first[1]}.`, Object.fromEntries(faults))
}

export async function getWebhook(deps: Deps, account: Account, id: string): Promise<Webhook> {
  const known = readId('wh', id)
  const found = known === null ? null : await deps.store.webhooks.get(account.organization.id, known)
  return found ?? missing(id)
}

/** Refuses the hook of an Entri application, and one that there is not. */
export async function getOwnWebhook(deps: Deps, account: Account, id: string): Promise<Webhook> {
  const webhook = await getWebhook(deps, account, id)
  refuseEntriHook(webhook)
  return webhook
}

export function listWebhooks(
  deps: Deps,
  account: Account,
  filter: WebhookFilter,
  page: PageRequest,
): Promise<Page<Webhook>> {
  return deps.store.webhooks.list(account.organization.id, filter, page)
}

/** `by`: a subscriber that ends its subscription itself is not told that it is over. */
export async function deleteWebhook(deps: Deps, account: Account, id: string, by: 'subscriber' | null): Promise<void> {
  const { id: known } = await getOwnWebhook(deps, account, id)
  const deleted = await deps.store.webhooks.delete(account.organization.id, known)
  if (deleted === null) return missing(id)
  // One that was disabled before was told then, or had said itself that it is gone.
  if (deleted.isActive && by === null) deps.farewell(deleted)
}

export async function setWebhookActive(deps: Deps, account: Account, id: string, isActive: boolean): Promise<Webhook> {
  const before = await getWebhook(deps, account, id)
  const change = isActive ? { isActive } : { isActive, reason: 'manual' as const }
  const changed = await deps.store.webhooks.setActive(account.organization.id, before.id, change)
  if (changed === null) return missing(id)
  if (before.isActive && !isActive) deps.farewell(changed)
  return changed
}

/** A test reaches somebody else's server, so this holds whatever the operator's own limit is. */
const TEST_ALLOWANCES: readonly Allowance[] = [
  { limit: 5, windowMs: MINUTE_MS },
  { limit: 20, windowMs: HOUR_MS },
]

/** Counts one more test of a webhook; throws when there were too many, or when there is no such webhook. */
export async function limitTests(deps: Deps, account: Account, id: string): Promise<void> {
  const webhook = await getWebhook(deps, account, id)
  for (const allowance of TEST_ALLOWANCES) {
    refuseExcess(await spend(deps.rateLimits, deps.clock, `${webhook.id} test`, allowance), 'tests of one webhook')
  }
}

/** Works on a disabled webhook too: that is how its owner finds out whether to enable it. */
export async function testWebhook(deps: Deps, account: Account, id: string): Promise<Delivery> {
  const known = readId('wh', id)
  if (known === null) return missing(id)
  const delivery = await deps.store.deliveries.createTest(account.organization.id, known, ({ id, created }, webhook) =>
    testBody(id.slice('req_'.length), created, webhook),
  )
  deps.deliverer.poke()
  return delivery ?? missing(id)
}

function missing(id: string): never {
  throw notFound('webhook', id)
}
