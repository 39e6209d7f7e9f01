import { expect, test } from 'vitest'
import { aDelivery, aWebhook } from '../../../../../test/harness/delivery-examples.ts'
import { record, RESTORED, written, writtenJson } from '../../../../../test/harness/format-examples.ts'
import { buildRequest } from '../request.ts'
import { FORMAT_ROWS } from './table.ts'

const attempt = { now: Date.UTC(2026, 0, 8, 12), userAgent: 'DNSRadar/1.2.3' }

test('a broken record rings', () => {
  expect(writtenJson('ntfy')).toMatchInlineSnapshot(`
    {
      "click": "https://radar.example.com/app/monitors/mon_01jd00000000000000000000aa",
      "message": "The A record of www.example.com is not as expected: \`192.0.2.2\` is published where \`192.0.2.1\` is expected.
    State: VALID → MISMATCH
    Expected: 192.0.2.1
    Found: 192.0.2.2
    Group: mail
    External id: customer-7",
      "priority": 4,
      "tags": [
        "rotating_light",
      ],
      "title": "Broken: A www.example.com",
    }
  `)
})

test('a restored one does not', () => {
  expect(writtenJson('ntfy', record(RESTORED))).toMatchObject({ priority: 3, tags: ['white_check_mark'] })
})

test.for([
  ['https://ntfy.sh/my-topic', 'https://ntfy.sh/', 'my-topic'],
  ['https://push.example.com/ntfy/T_1?auth=abc', 'https://push.example.com/ntfy/?auth=abc', 'T_1'],
] as const)('%s is published to the server as JSON', ([url, server, topic]) => {
  const body = written({ format: 'ntfy' })
  expect(body).not.toContain(topic)
  const sent = buildRequest(aWebhook({ format: 'ntfy', url }), aDelivery({ body }), attempt)
  expect(sent.url).toBe(server)
  expect(JSON.parse(sent.body)).toEqual({ topic, ...JSON.parse(body) })
})

test.for(['https://ntfy.sh/', 'https://ntfy.sh/a.b', 'https://ntfy.sh/topic/', 'mailto:a@example.com', 'x'])(
  '%s is no topic',
  (url) => {
    expect(FORMAT_ROWS.ntfy.urlFault(url)).not.toBeNull()
  },
)

test.for(['Gone: www.example.com', '[]', '{}'])(
  'what waited under another format is sent as it was written: %s',
  (body) => {
    const webhook = aWebhook({ format: 'ntfy', url: 'https://ntfy.sh/my-topic' })
    expect(buildRequest(webhook, aDelivery({ body }), attempt).body).toBe(body)
  },
)
