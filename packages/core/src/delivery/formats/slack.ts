/**
 * Slack's incoming webhooks, which answer 400 to what they do not know.
 *
 * Text of others stands in plain text objects or, as values, between backticks; `&`, `<` and `>` are written as entities
 * everywhere, which also keeps `<!channel>` and links from being made.
 */
import { wireTime } from '../payload.ts'
import { type FormatRow, JSON_BY_POST } from './format.ts'
import { type Fact, type Message, messageOf } from './message.ts'
import { code, fit } from './text.ts'

/** https://docs.slack.dev/reference/block-kit: characters of a header, a text, a field and the fallback text. */
const MAX_HEADER = 150
const MAX_TEXT = 3000
const MAX_FALLBACK = 3000
const MAX_FIELDS = 10
/** Five values of a field, their backticks and its name stay below 2000. */
const MAX_VALUE = 300
const MAX_URL = 2000

export const slack: FormatRow = {
  ...JSON_BY_POST,
  infers: ({ hostname }) => hostname === 'hooks.slack.com',
  body: (telling) => JSON.stringify(slackMessage(messageOf(telling))),
}

function slackMessage(message: Message) {
  const { title, summary, facts } = message
  return {
    // Shown in notifications and by clients without blocks.
    text: fit(`${title}. ${summary}`, MAX_FALLBACK, entity),
    mrkdwn: false,
    blocks: [
      { type: 'header', text: plain(title, MAX_HEADER) },
      { type: 'section', text: plain(summary, MAX_TEXT) },
      ...(facts.length === 0 ? [] : [{ type: 'section', fields: facts.slice(0, MAX_FIELDS).map(field) }]),
      { type: 'context', elements: [{ type: 'mrkdwn', text: footer(message) }] },
    ],
  }
}

function plain(text: string, max: number) {
  return { type: 'plain_text', text: fit(text, max, entity), emoji: false }
}

function field({ name, values }: Fact) {
  const lines = values.map((value) => code(value, MAX_VALUE, entity))
  return { type: 'mrkdwn', text: [`*${name}*`, ...lines].join('\n') }
}

function footer({ url, time }: Message): string {
  const when = `DNSRadar, ${wireTime(time)}`
  if (url === null || url.length > MAX_URL) return when
  const address = Array.from(url.replaceAll('|', '%7C'), entity).join('')
  return `${when}, <${address}|open the monitor>`
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' }

function entity(character: string): string {
  return ENTITIES[character] ?? character
}
