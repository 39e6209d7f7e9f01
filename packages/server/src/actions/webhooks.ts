/** What can be done with webhooks. */
import {
  type Delivery,
  type NewWebhook,
  notFound,
  type Page,
  type PageRequest,
  RadarError,
  testBody,
  type Webhook,
  type WebhookFilter,
} from '@dnsradar/core'
import { validateHeaders } from '@dnsradar/core/delivery/headers'
import { generateSecret } from '@dnsradar/core/delivery/sign'
import { checkTarget } from '@dnsradar/core/send/guard'
import type { Deps } from '../deps.ts'
import type { Account } from '../http/context.ts'
import { readId } from '../schemas/fields.ts'
import type { NewWebhookInput } from '../schemas/webhooks.ts'

/** Formats that deliveries can be written in; others are words of the contract without a writer. */
const OFFERED_FORMATS: readonly string[] = ['dnsradar']
const DEFAULT_EVENTS = ['record.*']

export async function createWebhook(deps: Deps, account: Account, input: NewWebhookInput): Promise<Webhook> {
  const webhook = newWebhook(deps, input)
  await checkMonitorFilter(deps, account, webhook)
  return deps.store.webhooks.create(account.organization.id, webhook, deps.rules.webhooksPerGroup)
}

function newWebhook({ rules, randomBytes }: Deps, input: NewWebhookInput): NewWebhook {
  const headers = Object.entries(input.headers ?? {})
  checkTarget(input.url, rules.targets())
  validateHeaders(headers)
  checkFormat(input.format)
  return {
    url: input.url,
    method: input.method ?? 'POST',
    headers,
    secret: input.secret ?? generateSecret(randomBytes),
    callerGaveSecret: typeof input.secret === 'string',
    groups: groupsOf(input),
    allGroups: input.all_groups ?? false,
    source: null,
    format: input.format ?? 'dnsradar',
    formatOptions: {},
    filters: {
      events: input.events ?? DEFAULT_EVENTS,
      states: input.states ?? [],
      recordTypes: input.record_types ?? [],
      monitors: input.monitors ?? [],
    },
    timeoutMs: input.timeout_seconds === undefined ? rules.webhookTimeoutMs : input.timeout_seconds * 1000,
    isActive: input.is_active ?? true,
  }
}

/** Null means the default group. A webhook for all groups needs none by name. */
function groupsOf({ groups, all_groups }: NewWebhookInput): readonly string[] | null {
  if (groups === undefined) return all_groups === true ? [] : null
  if (groups.length > 0 || all_groups === true) return [...new Set(groups)]
  throw new RadarError(
    'invalid_field',
    'groups is empty, so nothing would be delivered; name a group or set all_groups.',
    {
      groups: 'is empty; name a group, leave it out for the default group, or set all_groups to true',
    },
  )
}

function checkFormat(format: string | undefined): void {
  if (format === undefined || OFFERED_FORMATS.includes(format)) return
  const message = `${JSON.stringify(format)} is not available here; use ${OFFERED_FORMATS.join(', ')} or leave it out`
  throw new RadarError('invalid_field', `format ${message}.`, { format: message })
}

/** A filter on a monitor that does not exist would silence the webhook without a word. */
async function checkMonitorFilter(deps: Deps, account: Account, { filters }: NewWebhook): Promise<void> {
  const found = await Promise.all(filters.monitors.map((id) => deps.store.monitors.get(account.organization.id, id)))
  const faults = filters.monitors.flatMap((id, index) =>
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

export function listWebhooks(
  deps: Deps,
  account: Account,
  filter: WebhookFilter,
  page: PageRequest,
): Promise<Page<Webhook>> {
  return deps.store.webhooks.list(account.organization.id, filter, page)
}

export async function deleteWebhook(deps: Deps, account: Account, id: string): Promise<void> {
  const known = readId('wh', id)
  const deleted = known !== null && (await deps.store.webhooks.delete(account.organization.id, known))
  if (!deleted) missing(id)
}

export async function setWebhookActive(deps: Deps, account: Account, id: string, isActive: boolean): Promise<Webhook> {
  const known = readId('wh', id)
  const change = isActive ? { isActive } : { isActive, reason: 'manual' as const }
  const changed = known === null ? null : await deps.store.webhooks.setActive(account.organization.id, known, change)
  return changed ?? missing(id)
}

/** Works on a disabled webhook too: that is how its owner finds out whether to enable it. */
export async function testWebhook(deps: Deps, account: Account, id: string): Promise<Delivery> {
  const known = readId('wh', id)
  if (known === null) return missing(id)
  const delivery = await deps.store.deliveries.createTest(account.organization.id, known, ({ id, created }) =>
    testBody(id.slice('req_'.length), created),
  )
  deps.deliverer.poke()
  return delivery ?? missing(id)
}

function missing(id: string): never {
  throw notFound('webhook', id)
}
