/** What would have to be done so that a server has what a file asks for. Data: shown, counted, then carried out. */
import type {
  GroupPatch,
  MonitorPatch,
  NewGroupInput,
  NewMonitorInput,
  NewWebhookInput,
  WebhookPatch,
} from '@dnsradar/client'
import type { Fault, Place } from '../source/place.ts'

/** `adopt`: something made by hand becomes the file's. */
export type Action = 'create' | 'update' | 'adopt' | 'delete'

export interface FieldChange {
  readonly field: string
  /** Undefined where there was nothing, or where what there was is not shown. */
  readonly from: unknown
  readonly to: unknown
}

interface Common {
  readonly key: string
  /** What it is about, in words: a name and type, an address. */
  readonly about: string
  readonly fields: readonly FieldChange[]
}

interface Declared extends Common {
  readonly place: Place
}

interface Existing {
  /** Id, or slug of a group. */
  readonly id: string
}

export type Change =
  | (Declared & { readonly kind: 'group'; readonly action: 'create'; readonly body: NewGroupInput })
  | (Declared & Existing & { readonly kind: 'group'; readonly action: 'update'; readonly body: GroupPatch })
  | (Declared & { readonly kind: 'monitor'; readonly action: 'create'; readonly body: NewMonitorInput })
  | (Declared &
      Existing & { readonly kind: 'monitor'; readonly action: 'update' | 'adopt'; readonly body: MonitorPatch })
  | (Common & Existing & { readonly kind: 'monitor'; readonly action: 'delete' })
  /** `monitors` in a webhook's body are keys of the file or ids. */
  | (Declared & { readonly kind: 'webhook'; readonly action: 'create'; readonly body: NewWebhookInput })
  | (Declared &
      Existing & {
        readonly kind: 'webhook'
        readonly action: 'update' | 'adopt'
        readonly body: WebhookPatch
        /** Undefined: as it is. */
        readonly activity: boolean | undefined
      })
  | (Common & Existing & { readonly kind: 'webhook'; readonly action: 'delete' })

export interface Plan {
  /** In the order in which they are to be carried out. */
  readonly changes: readonly Change[]
  /** With one of these nothing is applied. */
  readonly conflicts: readonly Fault[]
}

export interface PlanOptions {
  /** Takes over what was made by hand and is what the file asks for. */
  readonly adopt: boolean
  /** A server never shows a secret, so nobody can tell whether it has changed: it is sent again. */
  readonly sendSecrets: boolean
}
