/** How names, values and states read in a message. */
import type { State, WireReason } from '@dnsradar/client'

export function hostnameOf({ domain, subdomain }: { domain: string; subdomain: string | null }): string {
  return subdomain === null ? domain : `${subdomain}.${domain}`
}

/** The host alone: the path of a webhook's url is often all that protects it. */
export function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : ''
}

/** A list in one line; a list itself reaches a Zap as line items. */
export function lineOf(values: readonly string[] | null): string {
  return (values ?? []).join(', ')
}

/** The cause, in words. */
export function reasonText(reasons: readonly WireReason[]): string {
  return reasons[0]?.message ?? ''
}

export function isBroken(state: State): boolean {
  return state !== 'VALID' && state !== 'UNSET'
}
