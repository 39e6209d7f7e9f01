/** The guard of webhooks, as its tests ask it. */
import { RadarError } from '../src/errors.ts'
import { type AddressClass, classify, parseAddress } from '../src/send/address.ts'
import { parseAllowList } from '../src/send/allow-list.ts'
import { checkTarget, type TargetRules } from '../src/send/guard.ts'

/** Nothing is opened. */
export const CLOSED: TargetRules = { allow: parseAllowList([]), ownListen: null }

export function allowing(...entries: string[]): TargetRules {
  return { ...CLOSED, allow: parseAllowList(entries) }
}

/** The reason of the refusal, null when the target is permitted. */
export function targetFault(url: string, rules: TargetRules = CLOSED): string | null {
  try {
    checkTarget(url, rules)
    return null
  } catch (error) {
    if (!(error instanceof RadarError) || error.code !== 'blocked_target') throw error
    return error.fields?.['url'] ?? 'without a field'
  }
}

/** `invalid` for what is no IP address. */
export function classOf(ip: string): AddressClass | 'invalid' {
  const address = parseAddress(ip)
  return address === null ? 'invalid' : classify(address)
}
