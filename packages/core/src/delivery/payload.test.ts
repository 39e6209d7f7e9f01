import fc from 'fast-check'
import { expect, test } from 'vitest'
import { anEvent } from '../../../../test/harness/delivery-examples.ts'
import { dnsEventBody, systemEventBody, wireTime } from './payload.ts'

const identity = {
  id: 'req_01jd00000000000000000000aa',
  webhookId: 'wh_01jd00000000000000000000aa',
  created: Date.UTC(2026, 0, 8, 12, 0, 1, 500),
} as const

test('a DNS event has exactly the documented members, in the documented order', () => {
  expect(dnsEventBody(identity, anEvent({}), null)).toBe(
    '{"uuid":"req_01jd00000000000000000000aa","webhook_uuid":"wh_01jd00000000000000000000aa",' +
      '"created":"2026-01-08T12:00:01Z","event":{"event_uuid":"evt_01jd00000000000000000000aa",' +
      '"monitor_uuid":"mon_01jd00000000000000000000aa","domain":"example.com","subdomain":"www","record_type":"A",' +
      '"expected_value":["192.0.2.1"],"previous_value":["192.0.2.1"],"current_value":["192.0.2.2"],' +
      '"old_state":"VALID","new_state":"MISMATCH","occurred":"2026-01-08T12:00:00Z","incidence_count":1}}',
  )
})

test('a subscription is sent its context as one more member, at the end', () => {
  const plain = JSON.parse(dnsEventBody(identity, anEvent({}), null))
  const body = JSON.parse(dnsEventBody(identity, anEvent({}), { kind: 'record.broken' }))
  expect(body).toEqual({ ...plain, context: { kind: 'record.broken' } })
  expect(Object.keys(body)).toEqual(['uuid', 'webhook_uuid', 'created', 'event', 'context'])
})

test('a system event has exactly the documented members, its own id among the data', () => {
  const event = {
    id: 'sys_01jd00000000000000000000aa',
    type: 'resolver.outage',
    data: { server: '192.0.2.53', since: '2026-01-08T12:00:00Z', failing_share: 0.75 },
  } as const
  expect(systemEventBody(identity, event)).toBe(
    '{"uuid":"req_01jd00000000000000000000aa","webhook_uuid":"wh_01jd00000000000000000000aa",' +
      '"created":"2026-01-08T12:00:01Z","type":"resolver.outage","data":{' +
      '"system_event_uuid":"sys_01jd00000000000000000000aa","server":"192.0.2.53","since":"2026-01-08T12:00:00Z",' +
      '"failing_share":0.75}}',
  )
})

test('a system event is a fixed point too, whatever its data', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (data) => {
      const body = systemEventBody(identity, { id: 'sys_01jd00000000000000000000aa', type: 'monitor.created', data })
      expect(JSON.stringify(JSON.parse(body))).toBe(body)
    }),
  )
})

test('a domain itself has a null subdomain', () => {
  expect(JSON.parse(dnsEventBody(identity, anEvent({ subdomain: null }), null)).event.subdomain).toBeNull()
})

const anyText = fc.string({ unit: 'binary', maxLength: 40 })
const anyEvent = fc
  .record({
    domain: anyText,
    subdomain: fc.option(anyText),
    expected: fc.array(anyText),
    previous: fc.array(anyText),
    current: fc.array(anyText),
    incidenceCount: fc.nat(),
    occurred: fc.integer({ min: 0, max: 4e12 }),
  })
  .map(anEvent)

test('a body is a fixed point of parsing and serialising, so receivers that sign either agree', () => {
  fc.assert(
    fc.property(anyEvent, (event) => {
      const body = dnsEventBody(identity, event, null)
      expect(JSON.stringify(JSON.parse(body))).toBe(body)
    }),
  )
})

test('a body is valid UTF-8: the bytes that are sent say what was signed', () => {
  fc.assert(
    fc.property(anyEvent, (event) => {
      const body = dnsEventBody(identity, event, null)
      expect(Buffer.from(body, 'utf8').toString('utf8')).toBe(body)
    }),
  )
})

test('times on the wire are whole seconds, never rounded up', () => {
  expect(wireTime(Date.UTC(2026, 11, 31, 23, 59, 59, 999))).toBe('2026-12-31T23:59:59Z')
})

test('times on the wire are those of ISO 8601, in any order of days', () => {
  const anyTime = fc.date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31T23:59:59.999Z') })
  fc.assert(
    fc.property(anyTime, (time) => {
      expect(wireTime(time.getTime())).toBe(time.toISOString().replace(/\.\d{3}/, ''))
    }),
  )
})
