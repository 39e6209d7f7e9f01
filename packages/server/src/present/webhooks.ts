/** Webhooks on the wire: the object that deliveries hold too, with its options. */
import type { WireWebhook, WireWebhookWithSecret } from '@dnsradar/client'
import type { Webhook } from '@dnsradar/core'
import { shownOptions } from '@dnsradar/core/delivery/formats/table'
import { webhookObject } from '@dnsradar/core/delivery/objects'
import { signingSecret } from '@dnsradar/core/delivery/sign'
import { groupOf, type Slugs } from './words.ts'

/** `clear`: header values may be credentials, so only keys with write scope see them. */
export function presentWebhook(webhook: Webhook, slugs: Slugs, clear: boolean): WireWebhook {
  const groups = webhook.groups.map((id) => groupOf(slugs, id))
  const options = shownOptions(webhook.format, webhook.formatOptions)
  return { ...webhookObject(webhook, groups, clear), format_options: options }
}

/** The one time that the secret is shown. */
export function presentNewWebhook(webhook: Webhook, slugs: Slugs): WireWebhookWithSecret {
  return { ...presentWebhook(webhook, slugs, true), signing_secret: signingSecret(webhook.secret) }
}
