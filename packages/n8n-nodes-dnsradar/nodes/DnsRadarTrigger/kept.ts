/**
 * What a trigger keeps between two calls: n8n's static data of the node.
 *
 * When somebody listens for a test event beside an active workflow, n8n hands the active one's data to the hooks of the
 * test: they may use only what was kept for their own url.
 */
import type { IDataObject } from 'n8n-workflow'

export interface Kept {
  readonly url: string
  readonly webhookId: string
  readonly secret: string
  /** `webhook-id` of the deliveries that ran, oldest first. */
  readonly seen: readonly string[]
}

/**
 * What the server repeats follows at once, so that few would do against that; against one who plays recorded deliveries
 * again, 200 are those of an hour, the longest replay window, at one every 18 s.
 */
const REMEMBERED = 200

export function keptIn(data: IDataObject): Kept | null {
  const { url, webhookId, secret, seen } = data
  if (typeof url !== 'string' || typeof webhookId !== 'string' || typeof secret !== 'string') return null
  return { url, webhookId, secret, seen: Array.isArray(seen) ? seen.map(String) : [] }
}

export function keptFor(data: IDataObject, url: string): Kept | null {
  const kept = keptIn(data)
  return kept?.url === url ? kept : null
}

export function keep(data: IDataObject, kept: Omit<Kept, 'seen'>): void {
  Object.assign(data, kept, { seen: [] })
}

export function forget(data: IDataObject): void {
  for (const name of ['url', 'webhookId', 'secret', 'seen']) delete data[name]
}

export function remember(data: IDataObject, kept: Kept, id: string): void {
  data['seen'] = [...kept.seen, id].slice(-REMEMBERED)
}
