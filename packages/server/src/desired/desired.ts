/** What a configuration asks for, complete: defaults filled in, references resolved, every object with its place. */
import type { Method, NewMonitorInput, RecordType, State, WebhookPatch } from '@dnsradar/client'
import type { NewMonitor } from '@dnsradar/core'
import type { Place } from '../source/place.ts'

export interface DesiredGroup {
  readonly key: string
  readonly place: Place
  /** Left out: as it is, or like the slug for a new one. */
  readonly name?: string | undefined
  readonly is_public?: boolean | undefined
}

export interface DesiredMonitor {
  readonly key: string
  readonly place: Place
  readonly input: NewMonitorInput
  /** The same as the server will keep it. */
  readonly monitor: NewMonitor
}

export interface DesiredWebhook {
  readonly key: string
  readonly place: Place
  readonly url: string
  readonly method: Method
  readonly headers: Readonly<Record<string, string>>
  readonly groups: readonly string[]
  readonly all_groups: boolean
  readonly events: readonly string[]
  readonly states: readonly State[]
  readonly record_types: readonly RecordType[]
  /** Keys of monitors in the file, or ids. */
  readonly monitors: readonly string[]
  /** Undefined: whatever the server chooses, or has. */
  readonly format: WebhookPatch['format'] | undefined
  readonly format_options: Readonly<Record<string, string>>
  readonly timeout_seconds: number | undefined
  readonly is_active: boolean | undefined
  readonly secret: string | undefined
}

export interface Desired {
  readonly owner: string
  readonly groups: readonly DesiredGroup[]
  readonly monitors: readonly DesiredMonitor[]
  readonly webhooks: readonly DesiredWebhook[]
}
