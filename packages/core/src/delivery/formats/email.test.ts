import { expect, test } from 'vitest'
import { aDelivery, aWebhook } from '../../../../../test/harness/delivery-examples.ts'
import { record, system, writtenJson } from '../../../../../test/harness/format-examples.ts'
import { buildRequest } from '../request.ts'
import { readMailto } from './email.ts'

test('a broken record is a subject and a plain text', () => {
  expect(writtenJson('email')).toMatchInlineSnapshot(`
    {
      "subject": "[DNSRadar] Broken: A www.example.com",
      "text": "The A record of www.example.com is not as expected: \`192.0.2.2\` is published where \`192.0.2.1\` is expected.

    State: VALID → MISMATCH
    Expected: 192.0.2.1
    Found: 192.0.2.2
    Group: mail
    External id: customer-7
    Time: 2026-01-08T12:00:00Z

    https://radar.example.com/app/monitors/mon_01jd00000000000000000000aa
    ",
    }
  `)
})

test('a system event is one too', () => {
  expect(writtenJson('email', system('domain.restored'))).toMatchInlineSnapshot(`
    {
      "subject": "[DNSRadar] Domain restored: example.com",
      "text": "All records of example.com are as expected again, after 2 hours 5 minutes.

    Time: 2026-01-08T12:00:01Z
    ",
    }
  `)
})

test('a value with line breaks cannot begin a header or a line of its own', () => {
  const domain = 'example.com\r\nBcc: victim@example.net'
  const { subject, text } = writtenJson('email', record({ domain, subdomain: null })) as Record<string, string>
  expect(subject).toBe('[DNSRadar] Broken: A example.com Bcc: victim@example.net')
  expect(text).not.toMatch(/^Bcc/m)
})

test.for([
  ['mailto:ops@example.com', ['ops@example.com']],
  ['mailto:a@example.com,b+dns@mail.example.com', ['a@example.com', 'b+dns@mail.example.com']],
  ['mailto:a@example.com,a@example.com', ['a@example.com']],
  ['mailto:o%27neil@example.com', ["o'neil@example.com"]],
] as const)('%s names its recipients', ([url, recipients]) => {
  expect(readMailto(url)).toEqual(recipients)
})

test.for([
  'mailto:',
  'mailto:ops',
  'mailto:ops@localhost',
  'mailto:ops@example.com?bcc=x@example.net',
  'mailto:ops@example.com%0d%0aBcc:x@example.net',
  'mailto:%22a%20b%22@example.com',
  'mailto:Ops%20%3Cops@example.com%3E',
  'mailto:ops@example.com,',
  'mailto:ops@exämple.com',
  'mailto:%ff@example.com',
  `mailto:${Array.from({ length: 11 }, (_, i) => `a${i}@example.com`).join(',')}`,
  'https://example.com/',
])('%s is refused', (url) => {
  expect(readMailto(url)).toBeNull()
})

test('its header fields are those of DNSRadar, and no signature', () => {
  const headers = [
    ['Authorization', 'Bearer t'],
    ['X-DNSRadar-Team', 'dns'],
  ] as const
  const webhook = aWebhook({ format: 'email', url: 'mailto:ops@example.com', headers })
  const request = buildRequest(webhook, aDelivery({}), { now: 0, userAgent: 'DNSRadar/1.2.3' })
  expect(request.headers.map(([name]) => name)).toEqual([
    'X-DNSRadar-Team',
    'X-DNSRadar-Event',
    'X-DNSRadar-Group',
    'webhook-id',
  ])
})
