/** What a webhook may be told: a recorded event and what its writers have to know about it. */
import type { DnsEvent } from '../monitor/event.ts'
import type { Circumstances } from './context.ts'
import type { Subject, SystemEvent } from './system-event.ts'

export type News =
  | { readonly of: 'record'; readonly event: DnsEvent; readonly circumstances: Circumstances }
  | { readonly of: 'system'; readonly event: SystemEvent; readonly subject: Subject }
