/** Subscribing to the server's webhooks when a Zap is switched on, and ending that when it is switched off. */
import { randomBytes } from 'node:crypto'
import { ApiError, type NewWebhookInput } from '@dnsradar/client'
import { Fault } from '../fault.ts'
import { type Input, withRadar } from '../radar.ts'
import type { Subscription } from './delivery.ts'

/** What a Zap wants to hear of, as the server filters it. */
export type Wanted = Pick<NewWebhookInput, 'events' | 'groups' | 'monitors' | 'record_types' | 'states'>

export function subscribing(wanted: (input: Input) => Wanted) {
  return withRadar(async (radar, input, { bundle }): Promise<Subscription> => {
    const { targetUrl } = bundle
    if (targetUrl === undefined) throw new Fault('Zapier gave no address to send changes to. Switch the Zap on again.')
    const secret = randomBytes(32).toString('hex')
    const { uuid } = await radar.createWebhook({ url: targetUrl, source: 'zapier', secret, ...wanted(input) })
    return { id: uuid, secret }
  })
}

/** A subscription that is gone already is as wanted: the server ends one itself when Zapier answers 410. */
export const unsubscribe = withRadar(async (radar, _input, { bundle }): Promise<{ id: string | null }> => {
  const id = bundle.subscribeData?.id
  if (id === undefined) return { id: null }
  try {
    await radar.deleteWebhook(id, { by: 'subscriber' })
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 404)) throw error
  }
  return { id }
})
