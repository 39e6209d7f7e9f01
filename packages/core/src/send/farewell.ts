/**
 * Tells the subscriber's side that its subscription is over.
 *
 * Zapier keeps a hook of its own for each subscription and closes it when the hook's url is sent a DELETE. Without it
 * a Zap whose subscription we end would look alive and never run again. One try, and nothing depends on it.
 */
import type { Webhook } from '../delivery/delivery.ts'
import type { Log } from '../ports/log.ts'
import type { Sender } from '../ports/send.ts'

export interface FarewellDeps {
  readonly sender: Sender
  readonly log: Log
  /** `DNSRadar/` and the version. */
  readonly userAgent: string
}

/** After the commit that disables or deletes the webhook. Other webhooks than Zapier's are left alone. */
export async function sayFarewell({ sender, log, userAgent }: FarewellDeps, webhook: Webhook): Promise<void> {
  if (webhook.source !== 'zapier') return
  const { url, headers, timeoutMs } = webhook
  const outcome = await sender.send({
    url,
    method: 'DELETE',
    headers: [...headers, ['User-Agent', userAgent]],
    body: '',
    timeoutMs,
  })
  if (outcome.kind === 'failed') {
    log.warn({ webhook: webhook.id, error: outcome.errorMessage }, 'a subscriber could not be told that it is off')
  }
}
