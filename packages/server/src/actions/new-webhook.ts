/** From what a caller asked for to the webhook that will be kept, or to the edit of the one that there is. */
import { type NewWebhook, RadarError, type Webhook, type WebhookEdit, type WebhookFilters } from '@dnsradar/core'
import { validateHeaders } from '@dnsradar/core/delivery/headers'
import { generateSecret } from '@dnsradar/core/delivery/sign'
import type { Deps } from '../deps.ts'
import { given } from '../http/page.ts'
import type { NewWebhookInput, WebhookPatchInput } from '../schemas/webhooks.ts'
import { formatEdit, keptValue, newFormat } from './webhook-format.ts'

const DEFAULT_FILTERS: WebhookFilters = { events: ['record.*'], states: [], recordTypes: [], monitors: [] }

/** Throws for the first rule that is broken: format, url, headers, groups. */
export function newWebhook({ rules, randomBytes }: Deps, input: NewWebhookInput): NewWebhook {
  const formatted = newFormat(rules.targets(), input)
  const headers = headersAfter([], input.headers ?? {})
  return {
    ...formatted,
    headers,
    secret: input.secret ?? generateSecret(randomBytes),
    callerGaveSecret: typeof input.secret === 'string',
    ...coverageOf(input),
    source: input.source ?? null,
    filters: filtersAfter(DEFAULT_FILTERS, input),
    timeoutMs: input.timeout_seconds === undefined ? rules.webhookTimeoutMs : input.timeout_seconds * 1000,
    isActive: input.is_active ?? true,
  }
}

/** The webhook that comes out is held to the rules for a new one. Throws as `newWebhook` does. */
export function webhookPatch({ rules }: Deps, current: Webhook, input: WebhookPatchInput): WebhookEdit {
  const formatted = formatEdit(rules.targets(), current, input)
  const headers = input.headers === undefined ? undefined : headersAfter(current.headers, input.headers)
  checkCoverageAfter(current, input)
  return given({
    url: input.url,
    method: input.method,
    headers,
    secret: input.secret,
    groups: input.groups === undefined ? undefined : [...new Set(input.groups)],
    allGroups: input.all_groups,
    ...formatted,
    filters: filtersAfter(current.filters, input),
    timeoutMs: input.timeout_seconds === undefined ? undefined : input.timeout_seconds * 1000,
  })
}

function filtersAfter(
  current: WebhookFilters,
  { events, states, record_types, monitors }: Pick<NewWebhookInput, 'events' | 'states' | 'record_types' | 'monitors'>,
): WebhookFilters {
  return { ...current, ...given({ events, states, recordTypes: record_types, monitors }) }
}

type Coverage = Pick<NewWebhook, 'groups' | 'allGroups'>

/** A webhook covers the default group unless it says more, a subscription all groups. Null is the default group. */
function coverageOf({ groups, all_groups, source }: NewWebhookInput): Coverage {
  const named = [...new Set(groups)]
  const allGroups = all_groups ?? (source !== undefined && named.length === 0)
  if (groups !== undefined && named.length === 0 && !allGroups) throw coversNothing('groups')
  return { groups: groups === undefined && !allGroups ? null : named, allGroups }
}

/** A webhook that lost its last group stays as it is, but nobody makes it so. */
function checkCoverageAfter(current: Webhook, { groups, all_groups }: WebhookPatchInput): void {
  if (groups === undefined && all_groups === undefined) return
  const named = groups ?? current.groups
  if (named.length === 0 && !(all_groups ?? current.allGroups)) {
    throw coversNothing(groups === undefined ? 'all_groups' : 'groups')
  }
}

function coversNothing(field: 'groups' | 'all_groups'): RadarError {
  const fault = field === 'groups' ? 'is empty' : 'is false, and no group is named'
  const wayOut = 'name a group, leave it out, or set all_groups to true'
  return new RadarError('invalid_field', `${field} ${fault}, so nothing would be delivered; ${wayOut}.`, {
    [field]: `${fault}; ${wayOut}`,
  })
}

/** All headers anew; the sign that stands for a value when it is not shown keeps the value that there is. */
function headersAfter(
  current: Webhook['headers'],
  asked: Readonly<Record<string, string>>,
): readonly (readonly [name: string, value: string])[] {
  const kept = new Map(current.map(([name, value]) => [name.toLowerCase(), value]))
  const headers = Object.entries(asked).map(
    ([name, value]) => [name, keptValue(`headers.${name}`, value, kept.get(name.toLowerCase()))] as const,
  )
  validateHeaders(headers)
  return headers
}
