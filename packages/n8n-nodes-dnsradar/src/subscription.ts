/**
 * What a trigger asks the server for.
 *
 * The filters go to the server, so that a change nobody asked for is never sent and never waits in the ordered queue.
 */
import type { DnsEventKind, NewWebhookInput, RecordType } from '@dnsradar/client'

/** What "On" offers, and the event kinds it stands for. */
export const CHANGES = {
  any: ['record.*'],
  broken: ['record.broken'],
  changed: ['record.changed'],
  restored: ['record.restored'],
} as const satisfies Record<string, readonly (DnsEventKind | 'record.*')[]>
export type Changes = keyof typeof CHANGES

export interface TriggerChoices {
  /** Where n8n listens for this trigger. Test and production differ in it, so each gets a subscription of its own. */
  readonly callbackUrl: string
  /** Made for this subscription; every delivery is signed with it. */
  readonly secret: string
  readonly on: readonly Changes[]
  /** Slugs or ids. Empty means all groups, those made later included; the same for the lists below. */
  readonly groups: readonly string[]
  readonly monitors: readonly string[]
  readonly recordTypes: readonly RecordType[]
}

/** The webhook to create. The server takes it as an upsert by `source` and `url`: asking twice makes one. */
export function subscriptionInput(choices: TriggerChoices): NewWebhookInput {
  return {
    source: 'n8n',
    url: choices.callbackUrl,
    method: 'POST',
    secret: choices.secret,
    events: eventsOf(choices.on),
    monitors: choices.monitors,
    record_types: choices.recordTypes,
    ...(choices.groups.length === 0 ? { all_groups: true } : { groups: choices.groups, all_groups: false }),
  }
}

/** A trigger without a choice reports every change: silence would look like a broken one. */
function eventsOf(on: readonly Changes[]): readonly string[] {
  if (on.length === 0 || on.includes('any')) return CHANGES.any
  return [...new Set(on)].flatMap((change) => CHANGES[change])
}
