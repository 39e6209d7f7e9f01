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

/**
 * After the commit that disables or deletes the webhook. Other webhooks than Zapier's are left alone. A process that
 * stops does not wait for it: `signal` calls it off.
 */
export async function sayFarewell(
  { sender, log, userAgent }: FarewellDeps,
  webhook: Webhook,
  signal: AbortSignal,
): Promise<void> {
  if (webhook.source !== 'zapier') return
  const { url, timeoutMs } = webhook
  const headers = [...webhook.headers, ['User-Agent', userAgent] as const]
  const outcome = await sender.send({ url, method: 'DELETE', headers, body: '', timeoutMs }, signal)
  if (outcome.kind === 'failed') {
    log.warn({ webhook: webhook.id, error: outcome.errorMessage }, 'a subscriber could not be told that it is off')
  }
}
