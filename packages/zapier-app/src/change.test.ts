import type { DnsDelivery, WireEvent } from '@dnsradar/client'
import { expect, test } from 'vitest'
import { changeFromDelivery, changeFromEvent, SAMPLE_CHANGE } from './change.ts'

const SHARED = {
  monitor_uuid: 'mon_1',
  domain: 'example.com',
  subdomain: 'www',
  record_type: 'A',
  expected_value: ['192.0.2.1', '192.0.2.2'],
  previous_value: ['192.0.2.1', '192.0.2.2'],
  current_value: ['192.0.2.9'],
  old_state: 'VALID',
  new_state: 'MISMATCH',
  occurred: '2026-01-08T10:35:22Z',
  incidence_count: 3,
} as const

const DELIVERY: DnsDelivery = {
  uuid: 'req_1',
  webhook_uuid: 'wh_1',
  created: '2026-01-08T10:35:23Z',
  event: { event_uuid: 'evt_1', ...SHARED },
}

const EVENT: WireEvent = {
  uuid: 'evt_1',
  ...SHARED,
  kind: 'record.broken',
  group: 'default',
  external_id: null,
  reasons: [],
  confirmed: true,
}

test('an event is the same item whether it was delivered or listed', () => {
  expect(changeFromDelivery(DELIVERY)).toEqual(changeFromEvent(EVENT))
})

test('the event’s id is the item’s, so that a repeated delivery is the same item', () => {
  expect(changeFromDelivery({ ...DELIVERY, uuid: 'req_2' }).id).toBe('evt_1')
})

test('lists stay lists and are also joined for messages', () => {
  expect(changeFromDelivery(DELIVERY)).toMatchObject({
    expected_value: ['192.0.2.1', '192.0.2.2'],
    expected_text: '192.0.2.1, 192.0.2.2',
    current_text: '192.0.2.9',
    summary: 'A of www.example.com: VALID to MISMATCH',
  })
})

test.for([
  { why: 'a subdomain stands before its domain', subdomain: 'www', hostname: 'www.example.com' },
  { why: 'at the apex it is the domain', subdomain: null, hostname: 'example.com' },
])('the hostname is the whole name: $why', ({ subdomain, hostname }) => {
  expect(changeFromEvent({ ...EVENT, subdomain }).hostname).toBe(hostname)
})

test.for([
  { state: 'VALID', broken: false },
  { state: 'MISMATCH', broken: true },
  { state: 'NOT_FOUND', broken: true },
  { state: 'TIMEOUT', broken: true },
  { state: 'INVALID', broken: true },
] as const)('a record that became $state is broken: $broken', ({ state, broken }) => {
  expect(changeFromEvent({ ...EVENT, new_state: state }).is_broken).toBe(broken)
})

test('the item is flat: no member is an object', () => {
  const nested = Object.values(SAMPLE_CHANGE).filter(
    (value) => typeof value === 'object' && !Array.isArray(value) && value,
  )
  expect(nested).toEqual([])
})

test('the sample has the members of a live item', () => {
  expect(Object.keys(SAMPLE_CHANGE)).toEqual(Object.keys(changeFromDelivery(DELIVERY)))
})
