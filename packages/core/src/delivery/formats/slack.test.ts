import { expect, test } from 'vitest'
import { record, RESTORED, system, writtenJson } from '../../../../../test/harness/format-examples.ts'

test('a broken record is a header, a sentence, its values and a link', () => {
  expect(writtenJson('slack')).toMatchInlineSnapshot(`
    {
      "blocks": [
        {
          "text": {
            "emoji": false,
            "text": "Broken: A www.example.com",
            "type": "plain_text",
          },
          "type": "header",
        },
        {
          "text": {
            "emoji": false,
            "text": "The A record of www.example.com is not as expected: \`192.0.2.2\` is published where \`192.0.2.1\` is expected.",
            "type": "plain_text",
          },
          "type": "section",
        },
        {
          "fields": [
            {
              "text": "*State*
    \`VALID → MISMATCH\`",
              "type": "mrkdwn",
            },
            {
              "text": "*Expected*
    \`192.0.2.1\`",
              "type": "mrkdwn",
            },
            {
              "text": "*Found*
    \`192.0.2.2\`",
              "type": "mrkdwn",
            },
            {
              "text": "*Group*
    \`mail\`",
              "type": "mrkdwn",
            },
            {
              "text": "*External id*
    \`customer-7\`",
              "type": "mrkdwn",
            },
          ],
          "type": "section",
        },
        {
          "elements": [
            {
              "text": "DNSRadar, 2026-01-08T12:00:00Z, <https://radar.example.com/app/monitors/mon_01jd00000000000000000000aa|open the monitor>",
              "type": "mrkdwn",
            },
          ],
          "type": "context",
        },
      ],
      "mrkdwn": false,
      "text": "Broken: A www.example.com. The A record of www.example.com is not as expected: \`192.0.2.2\` is published where \`192.0.2.1\` is expected.",
    }
  `)
})

test('a restored record says how long it was broken', () => {
  expect(writtenJson('slack', record(RESTORED, null))).toMatchObject({
    text: 'Restored: A www.example.com. The A record of www.example.com is as expected now, after 2 hours 5 minutes.',
  })
})

test('a system event has no fields where there is nothing to list', () => {
  expect(writtenJson('slack', system('webhook.disabled'))).toMatchInlineSnapshot(`
    {
      "blocks": [
        {
          "text": {
            "emoji": false,
            "text": "Webhook disabled: wh_01jd00000000000000000000zz (hooks.slack.com)",
            "type": "plain_text",
          },
          "type": "header",
        },
        {
          "text": {
            "emoji": false,
            "text": "Nothing is sent to wh_01jd00000000000000000000zz (hooks.slack.com) any more: its last retry failed (HTTP 500); 3 deliveries can be recovered.",
            "type": "plain_text",
          },
          "type": "section",
        },
        {
          "elements": [
            {
              "text": "DNSRadar, 2026-01-08T12:00:01Z",
              "type": "mrkdwn",
            },
          ],
          "type": "context",
        },
      ],
      "mrkdwn": false,
      "text": "Webhook disabled: wh_01jd00000000000000000000zz (hooks.slack.com). Nothing is sent to wh_01jd00000000000000000000zz (hooks.slack.com) any more: its last retry failed (HTTP 500); 3 deliveries can be recovered.",
    }
  `)
})

test('a test says in its first word that it is one', () => {
  expect(writtenJson('slack', record(), true)).toMatchObject({
    text: expect.stringMatching(/^Test: .* This is a test, nothing happened\./),
  })
})

test('what would be a mention, a link or markup of Slack is text', () => {
  const hostile = ['<!channel> <@U1> <https://evil.example|ok>', '`*bold*` & _more_']
  const body = JSON.stringify(writtenJson('slack', record({ current: hostile })))
  expect(body).not.toMatch(/<(?!https:\/\/radar\.example\.com)/)
  expect(body).toContain('&lt;!channel&gt;')
  expect(body).toContain('ˋ*bold*ˋ &amp; _more_')
})
