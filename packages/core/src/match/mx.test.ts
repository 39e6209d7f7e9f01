/** MX: hosts with their priorities or without. */
import { expect, test } from 'vitest'
import type { MatchMode } from '../monitor/monitor.ts'
import { matchObserved } from '../monitor/observed.ts'

const HOSTS = ['mx1.service.com', 'mx2.service.com']
const PRIORITIES = ['10 mx1.service.com', '20 mx2.service.com']
const BOTH: MatchMode[] = ['exact', 'includes']

const cases: { why: string; match: MatchMode[]; expected: string[]; zone: string[]; state: string }[] = [
  {
    why: 'exact: an extra server',
    match: ['exact'],
    expected: HOSTS,
    zone: [...PRIORITIES, '30 mx.backup-service.com'],
    state: 'MISMATCH',
  },
  { why: 'flexible: the two servers', match: ['includes'], expected: HOSTS, zone: PRIORITIES, state: 'VALID' },
  {
    why: 'flexible: a backup server',
    match: ['includes'],
    expected: HOSTS,
    zone: [...PRIORITIES, '30 mx.backup-service.com'],
    state: 'VALID',
  },
  {
    why: 'flexible: two other servers',
    match: ['includes'],
    expected: HOSTS,
    zone: [...PRIORITIES, '5 mx.google.com', '5 mx.microsoft.com'],
    state: 'VALID',
  },
  {
    why: 'flexible: a required server was removed',
    match: ['includes'],
    expected: HOSTS,
    zone: ['10 mx1.service.com', '5 mx.google.com'],
    state: 'MISMATCH',
  },
  { why: 'without priorities 10 and 20 are accepted', match: BOTH, expected: HOSTS, zone: PRIORITIES, state: 'VALID' },
  {
    why: 'without priorities 5 and 10 are accepted',
    match: BOTH,
    expected: HOSTS,
    zone: ['5 mx1.service.com', '10 mx2.service.com'],
    state: 'VALID',
  },
  {
    why: 'without priorities 100 twice is accepted',
    match: BOTH,
    expected: HOSTS,
    zone: ['100 mx1.service.com', '100 mx2.service.com'],
    state: 'VALID',
  },
  {
    why: 'without priorities a reversed order is accepted',
    match: BOTH,
    expected: HOSTS,
    zone: ['50 mx1.service.com', '40 mx2.service.com'],
    state: 'VALID',
  },
  {
    why: 'without priorities one host with two priorities is one host',
    match: BOTH,
    expected: ['mx1.service.com'],
    zone: ['10 mx1.service.com', '20 mx1.service.com'],
    state: 'VALID',
  },
  { why: 'the given priorities', match: BOTH, expected: PRIORITIES, zone: PRIORITIES, state: 'VALID' },
  {
    why: 'a wrong first priority',
    match: BOTH,
    expected: PRIORITIES,
    zone: ['5 mx1.service.com', '20 mx2.service.com'],
    state: 'MISMATCH',
  },
  {
    why: 'a wrong second priority',
    match: BOTH,
    expected: PRIORITIES,
    zone: ['10 mx1.service.com', '30 mx2.service.com'],
    state: 'MISMATCH',
  },
  {
    why: 'reversed priorities',
    match: BOTH,
    expected: PRIORITIES,
    zone: ['20 mx1.service.com', '10 mx2.service.com'],
    state: 'MISMATCH',
  },
  {
    why: 'flexible with priorities: a server after',
    match: ['includes'],
    expected: PRIORITIES,
    zone: [...PRIORITIES, '30 mx.backup.com'],
    state: 'VALID',
  },
  {
    why: 'flexible with priorities: a server between',
    match: ['includes'],
    expected: PRIORITIES,
    zone: [...PRIORITIES, '15 mx.other.com'],
    state: 'VALID',
  },
  {
    why: 'flexible with priorities: a server before',
    match: ['includes'],
    expected: PRIORITIES,
    zone: ['5 mx.customer.com', ...PRIORITIES],
    state: 'VALID',
  },
  {
    why: 'exact with priorities: a server after',
    match: ['exact'],
    expected: PRIORITIES,
    zone: [...PRIORITIES, '30 mx.backup.com'],
    state: 'MISMATCH',
  },
  {
    why: 'case and a final dot do not count',
    match: BOTH,
    expected: ['mx1.service.com'],
    zone: ['10 MX1.Service.com.'],
    state: 'VALID',
  },
  {
    why: 'the lowest and the highest priority',
    match: BOTH,
    expected: ['0 a.example', '65535 b.example'],
    zone: ['65535 b.example', '0 a.example'],
    state: 'VALID',
  },
  { why: 'a null MX without its priority', match: BOTH, expected: ['.'], zone: ['0 .'], state: 'VALID' },
  { why: 'a null MX with its priority', match: BOTH, expected: ['0 .'], zone: ['0 .'], state: 'VALID' },
  {
    why: 'servers where a null MX is expected',
    match: BOTH,
    expected: ['0 .'],
    zone: ['10 mx1.service.com'],
    state: 'MISMATCH',
  },
  { why: 'a null MX where servers are expected', match: BOTH, expected: HOSTS, zone: ['0 .'], state: 'MISMATCH' },
  {
    why: 'any of the hosts at any priority',
    match: ['any_of'],
    expected: HOSTS,
    zone: ['99 mx2.service.com', '5 mx.other.com'],
    state: 'VALID',
  },
  {
    why: 'any of the hosts, but at another priority',
    match: ['any_of'],
    expected: PRIORITIES,
    zone: ['99 mx2.service.com'],
    state: 'MISMATCH',
  },
  { why: 'none of the hosts', match: ['none_of'], expected: HOSTS, zone: ['99 mx2.service.com'], state: 'MISMATCH' },
  {
    why: 'none of the hosts at that priority',
    match: ['none_of'],
    expected: PRIORITIES,
    zone: ['99 mx2.service.com'],
    state: 'VALID',
  },
]

test.for(cases.flatMap(({ match, ...rest }) => match.map((mode) => ({ ...rest, mode }))))(
  '$why ($mode)',
  ({ mode, expected, zone, state }) => {
    expect(matchObserved({ type: 'MX', match: mode, expected, observed: zone }).state).toBe(state)
  },
)

test('a wrong priority is named as one change', () => {
  const { reasons } = matchObserved({
    type: 'MX',
    match: 'exact',
    expected: PRIORITIES,
    observed: ['5 mx1.service.com', '20 mx2.service.com'],
  })
  expect(reasons).toEqual([
    {
      code: 'differs',
      message: '`5 mx1.service.com` is published where `10 mx1.service.com` is expected.',
      value: '5 mx1.service.com',
    },
  ])
})

test('digits that belong to a host name are accepted when the name is not one of a mail server', () => {
  const verdict = matchObserved({
    type: 'MX',
    match: 'exact',
    expected: ['1und1.example'],
    observed: ['10 1und1.example'],
  })
  expect(verdict.state).toBe('VALID')
})

test('a host that looks like a forgotten space is accepted with its priority', () => {
  const verdict = matchObserved({
    type: 'MX',
    match: 'exact',
    expected: ['10 10mx1.example'],
    observed: ['10 10mx1.example'],
  })
  expect(verdict.state).toBe('VALID')
})
