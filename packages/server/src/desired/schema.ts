/**
 * What a configuration file may say. The fields are those of the API, so that there is one vocabulary; what is added is
 * a key for each object, which stays while everything else about it changes.
 */
import { FREQUENCIES } from '@dnsradar/client'
import * as z from 'zod'
import { slug } from '../schemas/fields.ts'
import { NewGroupBody } from '../schemas/groups.ts'
import { externalId, NewMonitorBody } from '../schemas/monitors.ts'
import { NewWebhookBody } from '../schemas/webhooks.ts'

export const VERSION = 1
/** Whose objects these are when a file does not say. */
export const DEFAULT_OWNER = 'configuration'

const KEY = /^[a-z0-9][a-z0-9_-]{0,62}$/

const key = z.string().regex(KEY, {
  error: 'is not accepted; use 1 to 63 lower-case letters, digits, _ and -, beginning with a letter or digit',
})

export const Owner = key.meta({
  description: 'Label on everything that this file makes. What carries another label, or none, is left alone.',
})

/** A value that is not to stand in the file: secrets, and addresses that hold one. */
export const Reference = z
  .strictObject({
    env: z
      .string()
      .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, { error: 'is no name of an environment variable; use letters, digits and _' }),
  })
  .meta({ description: 'Taken from this environment variable when the file is planned or applied.' })

const maybeSecret = z.union([z.string(), Reference], { error: 'is not accepted; give a string, or {env: NAME}' })

/** Editors offer what the rules accept: a plan may allow fewer of them. */
const frequency = z
  .int()
  .optional()
  .meta({ description: 'Minutes between two looks.', override: { enum: [...FREQUENCIES] } })

export const Defaults = NewMonitorBody.pick({ notify: true, is_active: true, group: true })
  .extend({ frequency })
  .meta({ description: 'For monitors that leave these out.' })

export const GroupEntry = NewGroupBody.omit({ slug: true })

export const MonitorEntry = NewMonitorBody.omit({ external_id: true }).extend({ frequency })

export const WebhookEntry = NewWebhookBody.omit({ source: true }).extend({
  url: maybeSecret,
  headers: z.record(z.string(), maybeSecret).optional(),
  secret: Reference.optional().meta({ description: 'Sent when the webhook is made, and with --send-secrets.' }),
  format_options: z.record(z.string(), maybeSecret).optional(),
  monitors: z.array(z.string()).optional().meta({ description: 'Keys of monitors in this file, or mon_ ids.' }),
})

export type WebhookEntryInput = z.output<typeof WebhookEntry>

/** The sections' own keys; what stands under them is held to its schema entry by entry, for the sake of its place. */
export const Shell = z.strictObject({
  version: z.literal(VERSION, { error: `is not accepted; this program reads version: ${VERSION}` }),
  owner: Owner.optional(),
  defaults: z.unknown().optional(),
  groups: z.unknown().optional(),
  monitors: z.unknown().optional(),
  webhooks: z.unknown().optional(),
})

/** The whole, for editors. */
export const Configuration = Shell.extend({
  defaults: Defaults.optional(),
  groups: z.record(slug, GroupEntry.nullable()).optional().meta({ description: 'By slug. Groups are never deleted.' }),
  monitors: z
    .record(externalId, MonitorEntry)
    .optional()
    .meta({ description: 'By key, which becomes the external_id.' }),
  webhooks: z.record(key, WebhookEntry).optional().meta({ description: 'By key.' }),
})

/** Keys of each section, and what to say of one that is none. */
export const SECTION_KEYS = { groups: slug, monitors: externalId, webhooks: key } as const
