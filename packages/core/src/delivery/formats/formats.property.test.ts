/** Whatever a record says, a message stays a message: of its service's form, within its limits, without markup of others. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { record, system, written } from '../../../../../test/harness/format-examples.ts'
import { DNS_EVENT_KINDS, type DnsEvent, SYSTEM_EVENT_KINDS } from '../../monitor/event.ts'
import type { News } from '../news.ts'
import type { MailText } from './email.ts'
import { OFFERED_FORMATS, optionFaults } from './table.ts'
import { TEMPLATE_PLACEHOLDERS } from './template.ts'

const HOSTILE = [
  '<!channel>',
  '<https://evil.example|click>',
  '@everyone',
  '<@123>',
  '[x](https://evil.example)',
  '**bold** _i_ ~s~ ||spoiler|| # h',
  '```code```',
  '&lt;',
  '{{DATE(2017-02-14T06:08:00Z,SHORT)}}',
  '{{event.domain}}',
  'a\r\nBcc: x@example.net\r\n\r\nbody',
  '\u202egnp.exe',
  '\u2028',
  '\0',
  '\ud800',
  '😀'.repeat(3000),
  '`'.repeat(5000),
  '&'.repeat(5000),
  '"\\'.repeat(2000),
]
const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...HOSTILE))
const news: fc.Arbitrary<News> = fc
  .record({
    kind: fc.constantFrom(...DNS_EVENT_KINDS),
    newState: fc.constantFrom('VALID', 'MISMATCH', 'NOT_FOUND', 'TIMEOUT', 'INVALID'),
    domain: text,
    subdomain: fc.option(text),
    expected: fc.array(text, { maxLength: 12 }),
    previous: fc.array(text, { maxLength: 12 }),
    current: fc.array(text, { maxLength: 12 }),
    externalId: fc.option(text),
    reasons: fc.array(
      text.map((message) => ({ code: 'differs', message }) as const),
      { maxLength: 2 },
    ),
  })
  .map((event) => record(event satisfies Partial<DnsEvent>))

function holds<T>(format: Parameters<typeof written>[0]['format'], check: (body: T) => void): void {
  fc.assert(
    fc.property(news, fc.boolean(), (told, isTest) => {
      check(JSON.parse(written({ format }, told, isTest)) as T)
    }),
  )
}

test.for(OFFERED_FORMATS)('a body of format %s is JSON that parsing and serialising leave as it is', (format) => {
  fc.assert(
    fc.property(news, fc.boolean(), (told, isTest) => {
      const body = written({ format }, told, isTest)
      expect(JSON.stringify(JSON.parse(body))).toBe(body)
      expect(body.isWellFormed()).toBe(true)
    }),
  )
})

test.for(OFFERED_FORMATS)('format %s writes every system event', (format) => {
  for (const kind of SYSTEM_EVENT_KINDS) expect(JSON.parse(written({ format }, system(kind)))).toBeTypeOf('object')
})

test.for(OFFERED_FORMATS.filter((format) => format !== 'dnsradar'))(
  'a test in format %s says that it is one',
  (format) => {
    expect(written({ format }, record(), true)).toMatch(/"Test\W|\] Test\W/)
    expect(written({ format }, record(), true)).toContain('nothing happened')
  },
)

interface SlackBody {
  readonly text: string
  readonly blocks: readonly {
    readonly type: string
    readonly text?: { readonly text: string }
    readonly fields?: readonly { readonly text: string }[]
  }[]
}

test('Slack: limits hold, and nothing of others opens an angle bracket or leaves its backticks', () => {
  holds<SlackBody>('slack', ({ text, blocks }) => {
    expect(text.length).toBeLessThanOrEqual(4000)
    for (const { type, text, fields } of blocks) {
      const max = type === 'header' ? 150 : 3000
      expect(text?.text.length ?? 1).toBeGreaterThan(0)
      expect(text?.text.length ?? 1).toBeLessThanOrEqual(max)
      expect(text?.text ?? '').not.toMatch(/[<>]|&(?!amp;|lt;|gt;)/)
      for (const field of fields ?? []) {
        expect(field.text.length).toBeLessThanOrEqual(2000)
        expect(field.text).toMatch(/^\*[\w ]+\*(\n`[^`\n<>]+`)+$/)
      }
    }
  })
})

interface DiscordBody {
  readonly allowed_mentions: object
  readonly embeds: readonly [
    {
      readonly title: string
      readonly description: string
      readonly fields: readonly { readonly name: string; readonly value: string }[]
    },
  ]
}

test('Discord: limits hold, nobody is mentioned, and all markup of others is escaped or in backticks', () => {
  holds<DiscordBody>('discord', ({ allowed_mentions, embeds: [embed] }) => {
    expect(allowed_mentions).toEqual({ parse: [] })
    const values = embed.fields.map(({ value }) => value)
    const total = [embed.title, embed.description, ...embed.fields.map(({ name }) => name), ...values].join('').length
    expect(total).toBeLessThanOrEqual(5900)
    expect(embed.title.length).toBeLessThanOrEqual(256)
    for (const value of values) {
      expect(value.length).toBeLessThanOrEqual(1024)
      expect(value).toMatch(/^`[^`\n]+`(\n`[^`\n]+`)*$/)
    }
    for (const line of [embed.title, embed.description]) {
      expect(line.replaceAll(/\\./gu, '')).not.toMatch(/[\\*_~`|<>[\]()#@:]/)
    }
  })
})

test('Teams: the card is small, and has no text that knows markdown', () => {
  holds<object>('teams', (body) => {
    const json = JSON.stringify(body)
    expect(Buffer.byteLength(json)).toBeLessThan(28_000)
    expect(json).not.toContain('{{')
    expect(json).not.toMatch(/"type":"(TextBlock|FactSet)"/)
  })
})

interface PagerDutyBody {
  readonly event_action: string
  readonly dedup_key: string
  readonly payload?: { readonly summary: string; readonly source: string }
}

test('PagerDuty: the alert is that of the monitor, its summary and size within the limits', () => {
  holds<PagerDutyBody>('pagerduty', (body) => {
    expect(body.dedup_key).toBe('mon_01jd00000000000000000000aa')
    expect(body.event_action).toBe(body.payload === undefined ? 'resolve' : 'trigger')
    expect(body.payload?.summary.length ?? 1).toBeLessThanOrEqual(1024)
    expect(Buffer.byteLength(JSON.stringify(body))).toBeLessThan(512_000)
  })
})

test('ntfy: the message stays one and is no attachment', () => {
  holds<{ readonly title: string; readonly message: string }>('ntfy', ({ title, message }) => {
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(4096)
    expect(title.length).toBeLessThanOrEqual(250)
  })
})

test('mail: the subject is one line of visible text', () => {
  holds<MailText>('email', ({ subject, text }) => {
    expect(subject.length).toBeLessThanOrEqual(200)
    expect(subject).not.toMatch(/[\p{Cc}\u2028\u2029\u202e]/u)
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u)
  })
})

describe('a body of the caller', () => {
  const template = JSON.stringify(Object.fromEntries(TEMPLATE_PLACEHOLDERS.map((name) => [name, `{{${name}}}`])))

  test('stays the JSON that it was, with one text for each placeholder', () => {
    expect(optionFaults('dnsradar', { body: template })).toEqual({})
    fc.assert(
      fc.property(news, (told) => {
        const body = JSON.parse(written({ format: 'dnsradar', formatOptions: { body: template } }, told))
        expect(Object.keys(body)).toEqual(TEMPLATE_PLACEHOLDERS)
        expect(Object.values(body).every((value) => typeof value === 'string' && value.length <= 1000)).toBe(true)
      }),
    )
  })

  test('that was accepted is JSON whatever happens', () => {
    const piece = fc.constantFrom(
      '{',
      '}',
      '"',
      ':',
      ',',
      '[',
      ']',
      '1',
      '\\',
      'a',
      ' ',
      '{{summary}}',
      '{{event.domain}}',
    )
    const templates = fc.oneof(
      fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join('')),
      fc.json(),
    )
    fc.assert(
      fc.property(templates, news, (body, told) => {
        fc.pre(Object.keys(optionFaults('dnsradar', { body })).length === 0)
        const filled = written({ format: 'dnsradar', formatOptions: { body } }, told)
        expect(() => JSON.parse(filled) as unknown).not.toThrow()
      }),
    )
  })
})
