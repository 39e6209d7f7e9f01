/** How monitors and what they are set to read. */
import type { MatchMode, NotifyMode } from '@dnsradar/client'

/** `www.example.com`; the apex is the domain alone. */
export function nameOf({ domain, subdomain }: { readonly domain: string; readonly subdomain: string | null }): string {
  return subdomain === null ? domain : `${subdomain}.${domain}`
}

/** Of its page. */
export function pathOf(id: string): string {
  return `/app/monitors/${id}`
}

export interface ModeWords {
  readonly label: string
  readonly says: string
}

/** **The table** of ways to match, the usual ones first. */
export const MATCH_WORDS: Readonly<Record<MatchMode, ModeWords>> = {
  exact: { label: 'Exactly these values', says: 'all of them and nothing else' },
  includes: { label: 'At least these values', says: 'all of them, and others may be there' },
  any_of: { label: 'At least one of these', says: 'one of them is enough' },
  none_of: { label: 'None of these', says: 'none of them may be there' },
  cidr: { label: 'Addresses in these networks', says: 'every address lies in one of them' },
  absent: { label: 'No record at all', says: 'nothing may be there' },
  baseline: { label: 'Whatever is there first', says: 'what the first check finds is expected from then on' },
}

/** **The table** of when events begin. */
export const NOTIFY_WORDS: Readonly<Record<NotifyMode, ModeWords>> = {
  immediately: { label: 'From the first check on', says: 'also when the record was never right' },
  on_success: { label: 'From the first time it is valid', says: 'that it became valid is the first event' },
  after_success: { label: 'When it breaks after it was valid', says: 'silent until it has been valid once' },
}

export function every(minutes: number): string {
  return minutes < 60 ? `every ${minutes} min` : minutes === 60 ? 'every hour' : `every ${minutes / 60} hours`
}
