import { expect, test } from 'vitest'
import { aWebhook } from '../../../../test/harness/delivery-examples.ts'
import { testBody } from './sample.ts'

const SUFFIX = '01jd00000000000000000000aa'
const CREATED = Date.UTC(2026, 0, 8, 12, 0, 1, 500)
const PLAIN = testBody(SUFFIX, CREATED, aWebhook({}))

test('a test body has the documented members, and every id in it is marked', () => {
  expect(PLAIN).toBe(
    `{"uuid":"req_test_${SUFFIX}","webhook_uuid":"wh_test_${SUFFIX}","created":"2026-01-08T12:00:01Z","event":{` +
      `"event_uuid":"evt_test_${SUFFIX}","monitor_uuid":"mon_test_${SUFFIX}","domain":"example.com",` +
      '"subdomain":"www","record_type":"A","expected_value":["192.0.2.1"],"previous_value":["192.0.2.1"],' +
      '"current_value":["192.0.2.2"],"old_state":"VALID","new_state":"MISMATCH","occurred":"2026-01-08T12:00:01Z",' +
      '"incidence_count":1}}',
  )
})

test('a subscription is tested with a context, as it would get one', () => {
  const { context, ...rest } = JSON.parse(testBody(SUFFIX, CREATED, aWebhook({ source: 'n8n' })))
  expect(rest).toEqual(JSON.parse(PLAIN))
  expect(context).toMatchObject({
    kind: 'record.broken',
    hostname: 'www.example.com',
    group: 'default',
    missing: ['192.0.2.1'],
    unexpected: ['192.0.2.2'],
    broken_for_seconds: 0,
  })
})

test('a webhook with a body of its own is tested with that body', () => {
  const formatOptions = { body: '{"text":"{{title}}","id":"{{event.monitor_uuid}}"}' }
  expect(testBody(SUFFIX, CREATED, aWebhook({ formatOptions }))).toBe(
    `{"text":"Test: Broken: A www.example.com","id":"mon_test_${SUFFIX}"}`,
  )
})
