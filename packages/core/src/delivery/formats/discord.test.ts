import { expect, test } from 'vitest'
import { record, writtenJson } from '../../../../../test/harness/format-examples.ts'

test('a broken record is one embed that mentions nobody', () => {
  expect(writtenJson('discord')).toMatchInlineSnapshot(`
    {
      "allowed_mentions": {
        "parse": [],
      },
      "embeds": [
        {
          "color": 14232864,
          "description": "The A record of www.example.com is not as expected\\: \\\`192.0.2.2\\\` is published where \\\`192.0.2.1\\\` is expected.",
          "fields": [
            {
              "inline": true,
              "name": "State",
              "value": "\`VALID → MISMATCH\`",
            },
            {
              "inline": true,
              "name": "Expected",
              "value": "\`192.0.2.1\`",
            },
            {
              "inline": true,
              "name": "Found",
              "value": "\`192.0.2.2\`",
            },
            {
              "inline": true,
              "name": "Group",
              "value": "\`mail\`",
            },
            {
              "inline": true,
              "name": "External id",
              "value": "\`customer-7\`",
            },
          ],
          "footer": {
            "text": "DNSRadar",
          },
          "timestamp": "2026-01-08T12:00:00Z",
          "title": "Broken\\: A www.example.com",
          "url": "https://radar.example.com/app/monitors/mon_01jd00000000000000000000aa",
        },
      ],
    }
  `)
})

test('markdown, mentions and links of others are text', () => {
  const domain = '@everyone [x](https://evil.example) **b** <@1>'
  expect(writtenJson('discord', record({ domain, subdomain: null }))).toMatchObject({
    embeds: [{ title: 'Broken\\: A \\@everyone \\[x\\]\\(https\\://evil.example\\) \\*\\*b\\*\\* \\<\\@1\\>' }],
  })
})
