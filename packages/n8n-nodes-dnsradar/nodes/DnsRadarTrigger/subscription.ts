/**
 * What a trigger asks the server for, and whether what the server has is still that.
 *
 * The filters go to the server, so that a change nobody asked for is never sent and never waits in the ordered queue.
 */
import type { NewWebhookInput, RecordType, State, WebhookPatch, WireWebhook } from '../shared/client.ts'

export interface TriggerChoices {
  /** Event kinds, also with `*` at the end. Empty means every change of a record. */
  readonly events: readonly string[]
  /** Ids. Empty means all groups, those made later included; the same for the lists below. */
  readonly groups: readonly string[]
  readonly monitors: readonly string[]
  readonly states: readonly State[]
  readonly recordTypes: readonly RecordType[]
  /** `*` stands for any characters: `*.example.com`. Empty means any name. */
  readonly domain: string
}

/** A trigger without a choice reports every change: silence would look like a broken one. */
const EVERY_CHANGE = ['record.*']

/** Seconds that n8n has to answer a delivery: the node answers before the workflow runs. */
const ANSWER_WITHIN = 10

export function wantedFilters(
  choices: TriggerChoices,
): Required<
  Pick<NewWebhookInput, 'events' | 'states' | 'record_types' | 'monitors' | 'all_groups' | 'method' | 'timeout_seconds'>
> & { readonly groups?: readonly string[] } {
  const { events, groups, states, recordTypes, monitors } = choices
  return {
    method: 'POST',
    events: events.length === 0 ? EVERY_CHANGE : events,
    states,
    record_types: recordTypes,
    monitors,
    timeout_seconds: ANSWER_WITHIN,
    ...(groups.length === 0 ? { all_groups: true } : { groups, all_groups: false }),
  }
}

/** The server takes it as an upsert by `source` and `url`: asking twice makes one. */
export function subscriptionInput(url: string, secret: string, choices: TriggerChoices): NewWebhookInput {
  return { source: 'n8n', url, secret, ...wantedFilters(choices) }
}

/**
 * What has to change for `webhook` to be what is wanted; null when nothing. `groupIds` are the ids behind the
 * webhook's slugs, which its owner may rename at any time.
 */
export function changesTo(
  webhook: WireWebhook,
  groupIds: readonly string[],
  choices: TriggerChoices,
): WebhookPatch | null {
  const wanted = wantedFilters(choices)
  const same =
    webhook.method === wanted.method &&
    webhook.timeout_seconds === wanted.timeout_seconds &&
    webhook.all_groups === wanted.all_groups &&
    isSameSet(webhook.events, wanted.events) &&
    isSameSet(webhook.states, wanted.states) &&
    isSameSet(webhook.record_types, wanted.record_types) &&
    isSameSet(webhook.monitors, wanted.monitors) &&
    (wanted.all_groups || isSameSet(groupIds, wanted.groups ?? []))
  return same ? null : wanted
}

function isSameSet(left: readonly string[], right: readonly string[]): boolean {
  const set = new Set(left)
  return set.size === new Set(right).size && right.every((value) => set.has(value))
}
