/** From what a caller asked for to the monitor that will be kept: names, match mode and expectation made whole. */
import type { MatchMode, NewMonitor } from '@dnsradar/core'
import type { MonitorType } from '@dnsradar/core/record-types'
import { ownerName, registrableDomain, splitFullDomain } from '@dnsradar/core/dns/name'
import { isExact } from '@dnsradar/core/delivery/objects'
import { newExpectation } from '@dnsradar/core/match/index'
import { refusal } from '../http/validate.ts'
import type { NewMonitorInput } from '../schemas/monitors.ts'
import { checkFrequency } from './plans.ts'

const DEFAULT_FREQUENCY = 60

export type Expect = typeof newExpectation

/** Throws for the first rule that is broken: name, match mode, expectation, frequency. */
export function newMonitor(input: NewMonitorInput, plan: string, expect: Expect = newExpectation): NewMonitor {
  const type = input.record_type
  const name = nameOf(input, type)
  const match = matchOf(input)
  const { display: expected } = expect({ type, match, expected: input.expected_value ?? [] })
  const intervalMinutes = input.frequency ?? DEFAULT_FREQUENCY
  checkFrequency(plan, intervalMinutes)
  return {
    ...name,
    group: input.group ?? null,
    type,
    match,
    expected,
    intervalMinutes,
    notify: input.notify ?? 'immediately',
    isActive: input.is_active ?? true,
    externalId: input.external_id ?? null,
    metadata: input.metadata ?? {},
  }
}

export type Name = Pick<NewMonitor, 'domain' | 'subdomain' | 'ownerName' | 'registrable'>
export type NameInput = Pick<NewMonitorInput, 'domain' | 'subdomain' | 'full_domain'>

export function nameOf(input: NameInput, type: MonitorType): Name {
  const { domain, subdomain } = partsOf(input)
  const owner = ownerName(domain, subdomain, type)
  return {
    domain,
    subdomain: subdomain ?? impliedSubdomain(domain, owner),
    ownerName: owner,
    registrable: registrableDomain(owner),
  }
}

/** An empty subdomain is the apex, as null is. */
function partsOf({ domain, subdomain, full_domain }: NameInput): Pick<Name, 'domain' | 'subdomain'> {
  if (full_domain === undefined) {
    if (domain !== undefined) return { domain, subdomain: subdomain || null }
    throw refusal('invalid_field', {
      domain: 'is required; give domain, with subdomain where there is one, or full_domain',
    })
  }
  if (domain === undefined && !subdomain) return splitFullDomain(full_domain)
  throw refusal('invalid_field', { full_domain: 'cannot stand beside domain or subdomain; give one or the other' })
}

const POLICY_LABEL = '_dmarc'

/** The label under which a DMARC monitor looks when it was given the domain alone. */
function impliedSubdomain(domain: string, owner: string): string | null {
  const implied = owner.startsWith(`${POLICY_LABEL}.`) && !domain.toLowerCase().startsWith(`${POLICY_LABEL}.`)
  return implied ? POLICY_LABEL : null
}

export type MatchInput = Pick<NewMonitorInput, 'match' | 'is_exact_match'>

/** `is_exact_match` is the older word: it can say `exact` or `includes`, and must not contradict `match`. */
export function matchOf({ match, is_exact_match }: MatchInput): MatchMode {
  if (match === undefined) return is_exact_match === false ? 'includes' : 'exact'
  if (is_exact_match === undefined || is_exact_match === isExact(match)) return match
  throw refusal('invalid_field', {
    is_exact_match: `is ${is_exact_match}, but match is ${match}; leave is_exact_match out`,
  })
}
