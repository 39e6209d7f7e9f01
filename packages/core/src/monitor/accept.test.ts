import { expect, test } from 'vitest'
import { aMonitor } from '../../test/monitors.ts'
import { RadarError } from '../errors.ts'
import type { MonitorType } from '../record-types.ts'
import { acceptCurrent } from './accept.ts'
import { type MatchMode, unchecked } from './monitor.ts'

function accepted(given: { type: MonitorType; match: MatchMode; expected: string[]; current: string[] | null }) {
  const { current, ...expectation } = given
  return acceptCurrent({ monitor: aMonitor(expectation), status: { ...unchecked(0), current } })
}

test.for<{ why: string; given: Parameters<typeof accepted>[0]; becomes: { match: MatchMode; expected: string[] } }>([
  {
    why: 'the whole set is expected from now on',
    given: { type: 'A', match: 'exact', expected: ['192.0.2.1'], current: ['192.0.2.8', '192.0.2.9'] },
    becomes: { match: 'exact', expected: ['192.0.2.8', '192.0.2.9'] },
  },
  {
    why: 'a flexible monitor stays flexible',
    given: { type: 'MX', match: 'includes', expected: ['mx.a.test'], current: ['10 mx.b.test'] },
    becomes: { match: 'includes', expected: ['10 mx.b.test'] },
  },
  {
    why: 'an SPF expectation takes the SPF record and not its neighbours',
    given: { type: 'TXT', match: 'exact', expected: ['v=spf1 -all'], current: ['site-verification=1', 'v=spf1 ~all'] },
    becomes: { match: 'exact', expected: ['v=spf1 ~all'] },
  },
  {
    why: 'where the policy is gone, what is there is taken as it is',
    given: { type: 'TXT', match: 'includes', expected: ['v=spf1 -all'], current: ['site-verification=1'] },
    becomes: { match: 'includes', expected: ['site-verification=1'] },
  },
  {
    why: 'a baseline is taken anew, with everything in it',
    given: { type: 'TXT', match: 'baseline', expected: ['v=spf1 -all'], current: ['a', 'v=spf1 ~all'] },
    becomes: { match: 'baseline', expected: ['a', 'v=spf1 ~all'] },
  },
  {
    why: 'a record that should not have been there is now expected',
    given: { type: 'CNAME', match: 'absent', expected: [], current: ['proxy.test'] },
    becomes: { match: 'exact', expected: ['proxy.test'] },
  },
  {
    why: 'addresses outside the network are now expected themselves',
    given: { type: 'A', match: 'cidr', expected: ['192.0.2.0/24'], current: ['198.51.100.1'] },
    becomes: { match: 'exact', expected: ['198.51.100.1'] },
  },
])('$why', ({ given, becomes }) => {
  expect(accepted(given)).toEqual(becomes)
})

test.for([null, []])('without a current value there is nothing to accept: %j', (current) => {
  expect(() => accepted({ type: 'A', match: 'exact', expected: ['192.0.2.1'], current })).toThrow(RadarError)
})
