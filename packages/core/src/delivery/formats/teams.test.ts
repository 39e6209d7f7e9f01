import { expect, test } from 'vitest'
import { record, writtenJson } from '../../../../../test/harness/format-examples.ts'

test('a broken record is an adaptive card in a message', () => {
  expect(writtenJson('teams')).toMatchInlineSnapshot(`
    {
      "attachments": [
        {
          "content": {
            "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
            "actions": [
              {
                "title": "Open the monitor",
                "type": "Action.OpenUrl",
                "url": "https://radar.example.com/app/monitors/mon_01jd00000000000000000000aa",
              },
            ],
            "body": [
              {
                "inlines": [
                  {
                    "color": "Attention",
                    "size": "Medium",
                    "text": "Broken: A www.example.com",
                    "type": "TextRun",
                    "weight": "Bolder",
                  },
                ],
                "type": "RichTextBlock",
              },
              {
                "inlines": [
                  {
                    "text": "The A record of www.example.com is not as expected: \`192.0.2.2\` is published where \`192.0.2.1\` is expected.",
                    "type": "TextRun",
                  },
                ],
                "type": "RichTextBlock",
              },
              {
                "inlines": [
                  {
                    "text": "State: ",
                    "type": "TextRun",
                    "weight": "Bolder",
                  },
                  {
                    "fontType": "Monospace",
                    "text": "VALID → MISMATCH",
                    "type": "TextRun",
                  },
                ],
                "type": "RichTextBlock",
              },
              {
                "inlines": [
                  {
                    "text": "Expected: ",
                    "type": "TextRun",
                    "weight": "Bolder",
                  },
                  {
                    "fontType": "Monospace",
                    "text": "192.0.2.1",
                    "type": "TextRun",
                  },
                ],
                "type": "RichTextBlock",
              },
              {
                "inlines": [
                  {
                    "text": "Found: ",
                    "type": "TextRun",
                    "weight": "Bolder",
                  },
                  {
                    "fontType": "Monospace",
                    "text": "192.0.2.2",
                    "type": "TextRun",
                  },
                ],
                "type": "RichTextBlock",
              },
              {
                "inlines": [
                  {
                    "text": "Group: ",
                    "type": "TextRun",
                    "weight": "Bolder",
                  },
                  {
                    "fontType": "Monospace",
                    "text": "mail",
                    "type": "TextRun",
                  },
                ],
                "type": "RichTextBlock",
              },
              {
                "inlines": [
                  {
                    "text": "External id: ",
                    "type": "TextRun",
                    "weight": "Bolder",
                  },
                  {
                    "fontType": "Monospace",
                    "text": "customer-7",
                    "type": "TextRun",
                  },
                ],
                "type": "RichTextBlock",
              },
              {
                "inlines": [
                  {
                    "isSubtle": true,
                    "size": "Small",
                    "text": "DNSRadar, 2026-01-08T12:00:00Z",
                    "type": "TextRun",
                  },
                ],
                "type": "RichTextBlock",
              },
            ],
            "msteams": {
              "width": "Full",
            },
            "type": "AdaptiveCard",
            "version": "1.4",
          },
          "contentType": "application/vnd.microsoft.card.adaptive",
          "contentUrl": null,
        },
      ],
      "type": "message",
    }
  `)
})

test('text of others stands in runs, which know no markdown, and makes no date', () => {
  const text = JSON.stringify(
    writtenJson('teams', record({ current: ['[x](https://evil.example)', '{{DATE(1,SHORT)}}'] })),
  )
  expect(text).not.toContain('"TextBlock"')
  expect(text).not.toContain('{{')
})
