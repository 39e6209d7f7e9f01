/** Discord's webhooks: one embed. Markdown in anybody's text is escaped, and nobody is ever mentioned. */
import { wireTime } from '../payload.ts'
import { type FormatRow, JSON_BY_POST } from './format.ts'
import { type Message, messageOf, type Tone } from './message.ts'
import { code, fit } from './text.ts'

/**
 * https://docs.discord.com/developers/resources/message#embed-object-embed-limits: a title has 256 characters, a field
 * 1024, an embed 25 fields and 6000 characters in all; five fields of five such values and this description have less.
 */
const MAX_TITLE = 256
const MAX_DESCRIPTION = 1000
const MAX_VALUE = 150
const MAX_FIELDS = 5

const COLORS: Readonly<Record<Tone, number>> = { bad: 0xd92d20, good: 0x12b76a, neutral: 0x667085 }

export const discord: FormatRow = {
  ...JSON_BY_POST,
  infers: ({ hostname, pathname }) => hostname === 'discord.com' && pathname.startsWith('/api/webhooks/'),
  body: (telling) => JSON.stringify(discordMessage(messageOf(telling))),
}

function discordMessage({ title, summary, facts, url, tone, time }: Message) {
  return {
    allowed_mentions: { parse: [] },
    embeds: [
      {
        title: fit(title, MAX_TITLE, escaped),
        description: fit(summary, MAX_DESCRIPTION, escaped),
        color: COLORS[tone],
        timestamp: wireTime(time),
        ...(url === null ? {} : { url }),
        fields: facts.slice(0, MAX_FIELDS).map(({ name, values }) => ({
          name,
          value: values.map((value) => code(value, MAX_VALUE)).join('\n'),
          inline: true,
        })),
        footer: { text: 'DNSRadar' },
      },
    ],
  }
}

/** What begins markup, a mention, a link or an emoji anywhere in a line. */
const MARKUP = /[\\*_~`|<>[\]()#@:]/

function escaped(character: string): string {
  return MARKUP.test(character) ? `\\${character}` : character
}
