import { expect, test } from 'vitest'
import { anEvent } from '../../../../test/harness/delivery-examples.ts'
import type { DnsEvent } from '../monitor/event.ts'
import { type Circumstances, contextOf } from './context.ts'
import { spoken } from './summary.ts'

const OCCURRED = Date.UTC(2026, 0, 8, 12)

const circumstances = (change: Partial<Circumstances> = {}): Circumstances => ({
  groupSlug: 'mail',
  match: 'exact',
  metadata: { customer: '7' },
  brokenSince: OCCURRED,
  url: null,
  ...change,
})

const differs = {
  code: 'differs',
  message: '`192.0.2.2` is published where `192.0.2.1` is expected.',
  value: '192.0.2.2',
} as const

test('a context has exactly the documented members', () => {
  const event = anEvent({ reasons: [differs, { code: 'timeout', message: 'Late.' }], externalId: 'c-7' })
  const url = 'https://dns.example.com/m'
  expect(contextOf(event, circumstances({ url }))).toEqual({
    kind: 'record.broken',
    hostname: 'www.example.com',
    group: 'mail',
    external_id: 'c-7',
    metadata: { customer: '7' },
    reasons: [differs, { code: 'timeout', message: 'Late.', value: null }],
    missing: ['192.0.2.1'],
    unexpected: ['192.0.2.2'],
    broken_since: '2026-01-08T12:00:00Z',
    broken_for_seconds: 0,
    summary:
      'The A record of www.example.com is not as expected: `192.0.2.2` is published where `192.0.2.1` is expected.',
    url,
  })
})

const restored: Partial<DnsEvent> = {
  kind: 'record.restored',
  oldState: 'MISMATCH',
  newState: 'VALID',
  current: ['192.0.2.1'],
}

const summaries: { why: string; event: Partial<DnsEvent>; brokenSince?: number | null; summary: string }[] = [
  {
    why: 'a mismatch says the cause',
    event: { reasons: [differs] },
    summary:
      'The A record of www.example.com is not as expected: `192.0.2.2` is published where `192.0.2.1` is expected.',
  },
  {
    why: 'a cause goes on in lower case',
    event: { subdomain: null, reasons: [{ code: 'missing', message: 'None of the accepted values is present.' }] },
    summary: 'The A record of example.com is not as expected: none of the accepted values is present.',
  },
  {
    why: 'abbreviations keep their case',
    event: { type: 'SPF', newState: 'INVALID', reasons: [{ code: 'servfail', message: 'SERVFAIL was answered.' }] },
    summary: 'The SPF record of www.example.com cannot be looked up: SERVFAIL was answered.',
  },
  {
    why: 'a change of a broken record says that it still is',
    event: { kind: 'record.changed', oldState: 'TIMEOUT', newState: 'INVALID' },
    summary: 'The A record of www.example.com still cannot be looked up.',
  },
  {
    why: 'a record that is gone says what should be there',
    event: { newState: 'NOT_FOUND', current: [], expected: ['192.0.2.1', '192.0.2.3'] },
    summary: 'The A record of www.example.com is not there; `192.0.2.1` and `192.0.2.3` are expected.',
  },
  {
    why: 'a record that was never seen says no more than that',
    event: { newState: 'NOT_FOUND', current: [], expected: [] },
    summary: 'The A record of www.example.com is not there.',
  },
  {
    why: 'a restored record says how long it took',
    event: restored,
    brokenSince: OCCURRED - 7_500_000,
    summary: 'The A record of www.example.com is as expected now, after 2 hours 5 minutes.',
  },
  {
    why: 'a record that was right at first has no past',
    event: { ...restored, oldState: 'UNSET' },
    brokenSince: null,
    summary: 'The A record of www.example.com is as expected now.',
  },
]

test.for(summaries)('in one sentence: $why', ({ event, brokenSince = OCCURRED, summary }) => {
  expect(contextOf(anEvent(event), circumstances({ brokenSince })).summary).toBe(summary)
})

const differences: { why: string; event: Partial<DnsEvent>; match?: Circumstances['match']; lists: object }[] = [
  { why: 'nothing when it is as expected', event: restored, lists: { missing: [], unexpected: [] } },
  {
    why: 'nothing while nothing can be seen',
    event: { newState: 'TIMEOUT', current: [] },
    lists: { missing: [], unexpected: [] },
  },
  {
    why: 'everything when nothing is there',
    event: { newState: 'NOT_FOUND', current: [] },
    lists: { missing: ['192.0.2.1'], unexpected: [] },
  },
  {
    why: 'what the mode of the monitor says',
    event: {},
    match: 'includes',
    lists: { missing: ['192.0.2.1'], unexpected: [] },
  },
]

test.for(differences)('missing and unexpected: $why', ({ event, match = 'exact', lists }) => {
  expect(contextOf(anEvent(event), circumstances({ match }))).toMatchObject(lists)
})

test('an incident that has not begun by this clock has lasted no time', () => {
  expect(contextOf(anEvent({}), circumstances({ brokenSince: OCCURRED + 1 })).broken_for_seconds).toBe(0)
  expect(contextOf(anEvent({}), circumstances({ brokenSince: null }))).toMatchObject({
    broken_since: null,
    broken_for_seconds: null,
  })
})

test.for([
  [0, '0 seconds'],
  [1, '1 second'],
  [59, '59 seconds'],
  [60, '1 minute'],
  [61, '1 minute 1 second'],
  [3_600, '1 hour'],
  [3_659, '1 hour'],
  [90_000, '1 day 1 hour'],
  [86_400 * 400, '400 days'],
] as const)('%i seconds are %j', ([seconds, text]) => {
  expect(spoken(seconds)).toBe(text)
})
