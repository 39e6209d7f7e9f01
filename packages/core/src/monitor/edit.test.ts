import { expect, test } from 'vitest'
import { aMonitor } from '../../test/monitors.ts'
import { editMonitor, type MonitorEdit } from './edit.ts'
import { type CheckStatus, unchecked } from './monitor.ts'

const NOW = 5_000

const monitor = aMonitor({ expectedVersion: 3, intervalMinutes: 60 })
const status: CheckStatus = {
  ...unchecked(900_000),
  state: 'MISMATCH',
  current: ['192.0.2.9'],
  answerHash: 'seen',
  incidenceCount: 2,
  brokenSince: 100,
  wasValid: true,
  pending: { state: 'TIMEOUT', since: 1, failing: 1, disputed: 0, votes: ['TIMEOUT', 'TIMEOUT'] },
  lastChecked: 200,
}
const edited = (edit: MonitorEdit) => editMonitor({ monitor, status }, edit, NOW)

test.for<{ why: string; edit: MonitorEdit }>([
  { why: 'another name', edit: { subdomain: 'api', ownerName: 'api.example.test' } },
  { why: 'another type', edit: { type: 'AAAA', expected: ['2001:db8::1'] } },
])('$why is another record: the monitor starts over, with its count of incidents', ({ edit }) => {
  const next = edited(edit)
  expect(next.status).toEqual({ ...unchecked(NOW), incidenceCount: 2 })
  expect(next.monitor.expectedVersion).toBe(4)
})

test.for<{ why: string; edit: MonitorEdit }>([
  { why: 'another value', edit: { expected: ['192.0.2.9'] } },
  { why: 'another way to match', edit: { match: 'includes' } },
])('$why is judged from the state there is', ({ edit }) => {
  const next = edited(edit)
  expect(next.status).toEqual({ ...status, answerHash: null, pending: null, nextCheck: NOW })
  expect(next.monitor.expectedVersion).toBe(4)
})

test('an edit that leaves the expectation alone keeps what is known', () => {
  const next = edited({
    intervalMinutes: 5,
    notify: 'on_success',
    metadata: { customer: '7' },
    expected: ['192.0.2.1'],
  })
  expect(next.status).toEqual({ ...status, nextCheck: NOW })
  expect(next.monitor).toMatchObject({ expectedVersion: 3, intervalMinutes: 5, notify: 'on_success', updated: NOW })
})

test('another spelling of the same name is the same record', () => {
  expect(edited({ domain: 'Example.com.' }).status.state).toBe('MISMATCH')
})
