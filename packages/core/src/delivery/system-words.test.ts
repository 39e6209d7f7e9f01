import { expect, test } from 'vitest'
import { SYSTEM_DATA } from '../../../../test/harness/format-examples.ts'
import { SYSTEM_EVENT_KINDS } from '../monitor/event.ts'
import { systemWords } from './system-words.ts'

test('every system event has a title and a sentence', () => {
  const words = SYSTEM_EVENT_KINDS.map((type) => systemWords({ type, data: SYSTEM_DATA[type] }))
  expect(words).toMatchInlineSnapshot(`
    [
      {
        "summary": "All records of example.com are as expected again, after 2 hours 5 minutes.",
        "title": "Domain restored: example.com",
      },
      {
        "summary": "Of example.com, 1 record is not published as declared.",
        "title": "Record missing: example.com",
      },
      {
        "summary": "All records of example.com are published as declared again.",
        "title": "Records restored: example.com",
      },
      {
        "summary": "The A record of www.example.com is watched from now on.",
        "title": "Monitor created: A www.example.com",
      },
      {
        "summary": "The A record of www.example.com is watched again.",
        "title": "Monitor enabled: A www.example.com",
      },
      {
        "summary": "The A record of www.example.com is not watched until somebody enables it.",
        "title": "Monitor disabled: A www.example.com",
      },
      {
        "summary": "The A record of www.example.com is not watched any more.",
        "title": "Monitor deleted: A www.example.com",
      },
      {
        "summary": "Nothing is sent to wh_01jd00000000000000000000zz (hooks.slack.com) any more: its last retry failed (HTTP 500); 3 deliveries can be recovered.",
        "title": "Webhook disabled: wh_01jd00000000000000000000zz (hooks.slack.com)",
      },
      {
        "summary": "wh_01jd00000000000000000000zz (hooks.slack.com) is sent to again; 3 deliveries can be recovered.",
        "title": "Webhook enabled: wh_01jd00000000000000000000zz (hooks.slack.com)",
      },
      {
        "summary": "The DNS upstream 192.0.2.53 fails 73 % of its answers; nothing is concluded from it.",
        "title": "DNS upstream fails: 192.0.2.53",
      },
      {
        "summary": "The DNS upstream 192.0.2.53 answers again.",
        "title": "DNS upstream recovered: 192.0.2.53",
      },
    ]
  `)
})

test.for([
  ['gone', 'its receiver said that it is gone'],
  ['manual', 'somebody disabled it'],
] as const)('a webhook that is disabled as %s', ([reason, says]) => {
  const data = { ...SYSTEM_DATA['webhook.disabled'], reason, failed: 0 }
  expect(systemWords({ type: 'webhook.disabled', data }).summary).toMatch(new RegExp(`${says}\\.$`))
})

test('data that is not as expected leaves gaps and breaks nothing', () => {
  for (const type of SYSTEM_EVENT_KINDS) expect(systemWords({ type, data: {} }).title).not.toBe('')
})
