/** How an expectation would judge values, without a monitor and without the DNS. */
import type { Verdict } from '@dnsradar/core'
import { matchObserved } from '@dnsradar/core/monitor/observed'
import type { MatchInput } from '../schemas/monitors.ts'
import { matchOf } from './new-monitor.ts'

/** Refuses an expectation as creating a monitor with it would. */
export function dryRun(input: MatchInput): Verdict {
  return matchObserved({
    type: input.record_type,
    match: matchOf(input),
    expected: input.expected_value ?? [],
    observed: input.observed ?? [],
    response: input.response,
  })
}
