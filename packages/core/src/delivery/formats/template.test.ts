import { describe, expect, test } from 'vitest'
import { aDelivery, aWebhook } from '../../../../../test/harness/delivery-examples.ts'
import { record, system, written } from '../../../../../test/harness/format-examples.ts'
import { buildRequest } from '../request.ts'
import { optionFaults } from './table.ts'
import { TEMPLATE_PLACEHOLDERS } from './template.ts'

const filled = (body: string, more: Readonly<Record<string, string>> = {}, news = record()) =>
  written({ format: 'dnsradar', formatOptions: { body, ...more } }, news)

test('placeholders are filled in, with or without spaces in their braces', () => {
  expect(filled('{"text":"{{event.domain}} is {{ event.new_state }}","by":"radar"}')).toBe(
    '{"text":"example.com is MISMATCH","by":"radar"}',
  )
})

test('every placeholder has a value for a record', () => {
  const template = TEMPLATE_PLACEHOLDERS.map((name) => `${name}={{${name}}}`).join('\n')
  expect(filled(template, { content_type: 'text/plain' })).toMatchInlineSnapshot(`
    "uuid=req_01jd00000000000000000000aa
    webhook_uuid=wh_01jd00000000000000000000aa
    created=2026-01-08T12:00:01Z
    kind=record.broken
    title=Broken: A www.example.com
    summary=The A record of www.example.com is not as expected: \`192.0.2.2\` is published where \`192.0.2.1\` is expected.
    url=https://radar.example.com/app/monitors/mon_01jd00000000000000000000aa
    hostname=www.example.com
    group=mail
    external_id=customer-7
    event.event_uuid=evt_01jd00000000000000000000aa
    event.monitor_uuid=mon_01jd00000000000000000000aa
    event.domain=example.com
    event.subdomain=www
    event.record_type=A
    event.expected_value=192.0.2.1
    event.previous_value=192.0.2.1
    event.current_value=192.0.2.2
    event.old_state=VALID
    event.new_state=MISMATCH
    event.occurred=2026-01-08T12:00:00Z
    event.incidence_count=1"
  `)
})

test('a system event leaves empty what it has not', () => {
  expect(filled('{"a":"{{kind}}","b":"{{event.domain}}","c":"{{title}}"}', {}, system('resolver.outage'))).toBe(
    '{"a":"resolver.outage","b":"","c":"DNS upstream fails: 192.0.2.53"}',
  )
})

test.for([
  ['application/json', '{"v":"{{event.current_value}}"}', '{"v":"a\\"b\\\\, c & d"}'],
  ['application/x-www-form-urlencoded', 'v={{event.current_value}}', 'v=a%22b%5C%2C%20c%20%26%20d'],
  ['text/plain', '{{event.current_value}}', 'a"b\\, c & d'],
] as const)('values are written as %s wants them', ([content_type, template, result]) => {
  expect(filled(template, { content_type }, record({ current: ['a"b\\', 'c & d'] }))).toBe(result)
})

test('the content type is that of the body', () => {
  const webhook = aWebhook({ formatOptions: { body: 'x', content_type: 'text/plain' } })
  const { headers } = buildRequest(webhook, aDelivery({ body: 'x' }), { now: 0, userAgent: 'DNSRadar/1.2.3' })
  expect(headers).toContainEqual(['Content-Type', 'text/plain'])
})

describe('what is refused when it is given', () => {
  const refused: { why: string; options: Readonly<Record<string, string>>; field?: string; says: RegExp }[] = [
    {
      why: 'an unknown placeholder',
      options: { body: '{"a":"{{event.dmain}}"}' },
      says: /\{\{event\.dmain\}\}.*known are uuid.*event\.domain/,
    },
    { why: 'one that every object has', options: { body: '"{{constructor}}"' }, says: /not known/ },
    { why: 'a brace that nothing closes', options: { body: '{"a":"{{summary}"}' }, says: /without \}\}/ },
    { why: 'a placeholder outside quotes', options: { body: '{"a":{{event.incidence_count}}}' }, says: /quotes/ },
    { why: 'one at the end of a number', options: { body: '{"a":1{{event.incidence_count}}}' }, says: /quotes/ },
    { why: 'one behind a backslash', options: { body: '{"a":"\\{{summary}}"}' }, says: /not JSON/ },
    { why: 'what is no JSON at all', options: { body: 'hello {{summary}}' }, says: /not JSON/ },
    { why: 'an empty body', options: { body: '' }, says: /1 to 4000/ },
    { why: 'too many placeholders', options: { body: JSON.stringify('{{url}}'.repeat(51)) }, says: /at most 50/ },
    {
      why: 'another content type',
      options: { body: 'x', content_type: 'text/html' },
      field: 'content_type',
      says: /use one of application\/json/,
    },
    {
      why: 'a content type alone',
      options: { content_type: 'text/plain' },
      field: 'content_type',
      says: /give format_options\.body/,
    },
    { why: 'an unknown option', options: { template: 'x' }, field: 'template', says: /takes body, content_type/ },
  ]
  test.for(refused)('$why', ({ options, field = 'body', says }) => {
    expect(optionFaults('dnsradar', options)).toEqual({ [`format_options.${field}`]: expect.stringMatching(says) })
  })
})
