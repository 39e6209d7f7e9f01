/** From what a caller wants changed to the edit of the monitor as it stands: what is left out stays as it is. */
import { type MatchMode, type Monitor, type MonitorEdit, RadarError, type WatchedMonitor } from '@dnsradar/core'
import { isExact } from '@dnsradar/core/delivery/objects'
import { newExpectation } from '@dnsradar/core/match/index'
import { acceptCurrent } from '@dnsradar/core/monitor/accept'
import type { MonitorType } from '@dnsradar/core/record-types'
import { given } from '../http/page.ts'
import type { MonitorPatchInput } from '../schemas/monitors.ts'
import { matchOf, type Name, nameOf } from './new-monitor.ts'
import { checkFrequency } from './plans.ts'

/** The edited monitor is held to the rules for a new one. Throws for the first that is broken, as `newMonitor` does. */
export function patchOf({ monitor }: WatchedMonitor, input: MonitorPatchInput, plan: string): MonitorEdit {
  const type = input.record_type ?? monitor.type
  if (input.frequency !== undefined) checkFrequency(plan, input.frequency)
  return {
    ...nameAfter(monitor, input, type),
    ...expectationAfter(monitor, input, type),
    ...given({
      group: input.group,
      intervalMinutes: input.frequency,
      notify: input.notify,
      isActive: input.is_active,
      externalId: input.external_id,
      metadata: input.metadata,
    }),
  }
}

/** A type has a say in names, too: only PTR takes an address, and DMARC looks at a label of its own. */
function nameAfter(monitor: Monitor, input: MonitorPatchInput, type: MonitorType): Name {
  const { domain, subdomain, full_domain } = input
  if (full_domain !== undefined) return nameOf({ domain, subdomain, full_domain }, type)
  const whole = { domain: domain ?? monitor.domain, subdomain: subdomain === undefined ? monitor.subdomain : subdomain }
  try {
    return nameOf(whole, type)
  } catch (error) {
    throw subdomain === undefined && error instanceof RadarError ? aboutKeptSubdomain(error) : error
  }
}

/** Whoever did not name the subdomain cannot leave it out. */
function aboutKeptSubdomain(refused: RadarError): RadarError {
  const { subdomain } = refused.fields ?? {}
  if (subdomain === undefined) return refused
  const message = `The monitor's present subdomain does not go with the rest: set \`subdomain\` to null or to another. (${subdomain})`
  return new RadarError(refused.code, message, { subdomain: message })
}

type Expected = Pick<Monitor, 'type' | 'match' | 'expected'>

function expectationAfter(monitor: Monitor, input: MonitorPatchInput, type: MonitorType): Expected {
  const match = matchAfter(monitor.match, input)
  const isSameRule = type === monitor.type && match === monitor.match
  // Nothing to judge anew, and a taken baseline is no expectation that could be asked for.
  if (isSameRule && input.expected_value === undefined) return { type, match, expected: monitor.expected }
  const expected = input.expected_value ?? (TAKES_NONE.includes(match) ? [] : monitor.expected)
  return { type, match, expected: newExpectation({ type, match, expected }).display }
}

/** Modes to which a monitor turns without anything to expect. */
const TAKES_NONE: readonly MatchMode[] = ['absent', 'baseline']

/** `is_exact_match` sent back as it was read changes nothing, whichever mode it was the view of. */
function matchAfter(current: MatchMode, { match, is_exact_match }: MonitorPatchInput): MatchMode {
  const says = is_exact_match ?? isExact(current)
  return match === undefined && says === isExact(current) ? current : matchOf({ match, is_exact_match })
}

/** Throws `conflict` when there is nothing to accept, and `invalid_expectation` for what nobody could ask for. */
export function acceptanceOf(watched: WatchedMonitor): MonitorEdit {
  const edit = acceptCurrent(watched)
  const accepted = { ...watched.monitor, ...edit }
  // A baseline is taken as it is, by its first look as by its owner.
  if (accepted.match !== 'baseline') checkAcceptable(accepted)
  return edit
}

function checkAcceptable(expectation: Expected): void {
  try {
    newExpectation(expectation)
  } catch (error) {
    if (!(error instanceof RadarError) || error.code !== 'invalid_expectation') throw error
    const message = `The current value cannot be accepted. ${error.message} To watch it as it is, set \`match\` to \`baseline\`.`
    throw new RadarError(error.code, message, error.fields)
  }
}
