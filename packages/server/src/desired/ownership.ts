/**
 * Labels that tell what a configuration file made from what people made by hand.
 *
 * A monitor carries its owner in its metadata and its key as its external id. A webhook has no place for either but its
 * headers, so it carries both in one of them, which receivers may ignore. Groups carry nothing and are never deleted.
 */
import type { WireMonitor, WireWebhook } from '@dnsradar/client'

export const OWNER_METADATA = 'dnsradar_owner'
export const OWNER_HEADER = 'X-DNSRadar-Managed-By'

export function ownerOf({ metadata }: Pick<WireMonitor, 'metadata'>): string | null {
  return metadata[OWNER_METADATA] ?? null
}

export function labelOf(owner: string, key: string): string {
  return `${owner}:${key}`
}

/** Null for a webhook that nobody labelled. */
export function labelOn({ headers }: Pick<WireWebhook, 'headers'>): { owner: string; key: string } | null {
  const [, label] = Object.entries(headers).find(([name]) => isLabel(name)) ?? []
  const [owner, key] = label?.split(':') ?? []
  return owner === undefined || key === undefined ? null : { owner, key }
}

export function isLabel(header: string): boolean {
  return header.toLowerCase() === OWNER_HEADER.toLowerCase()
}

/** What the owner of an object wrote, without our label. */
export function ownMetadata({ metadata }: Pick<WireMonitor, 'metadata'>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(metadata).filter(([name]) => name !== OWNER_METADATA))
}

export function ownHeaders({ headers }: Pick<WireWebhook, 'headers'>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !isLabel(name)))
}
