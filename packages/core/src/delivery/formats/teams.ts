/**
 * Microsoft Teams through a Workflows webhook: an adaptive card.
 *
 * Text of others stands in the runs of rich text blocks, which know no Markdown; text blocks and facts do.
 */
import { wireTime } from '../payload.ts'
import { type FormatRow, JSON_BY_POST } from './format.ts'
import { type Message, messageOf, type Tone } from './message.ts'
import { fit } from './text.ts'

/** A message has at most 28 kB; these, the values and their markup stay below half of it. */
const MAX_TITLE = 250
const MAX_SUMMARY = 2000

const COLORS: Readonly<Record<Tone, string>> = { bad: 'Attention', good: 'Good', neutral: 'Default' }

export const teams: FormatRow = {
  ...JSON_BY_POST,
  infers: ({ hostname }) => /\.(webhook\.office|logic\.azure)\.com$/.test(hostname),
  body: (telling) =>
    JSON.stringify({
      type: 'message',
      attachments: [
        {
          contentType: 'application/vnd.microsoft.card.adaptive',
          contentUrl: null,
          content: card(messageOf(telling)),
        },
      ],
    }),
}

function card({ title, summary, facts, url, tone, time }: Message) {
  return {
    $schema: 'http://adaptivecards.io/schemas/adaptive-card.json',
    type: 'AdaptiveCard',
    version: '1.4',
    body: [
      paragraph({ text: fit(title, MAX_TITLE), weight: 'Bolder', size: 'Medium', color: COLORS[tone] }),
      paragraph({ text: fit(summary, MAX_SUMMARY) }),
      ...facts.map(({ name, values }) =>
        paragraph({ text: `${name}: `, weight: 'Bolder' }, { text: values.join(', '), fontType: 'Monospace' }),
      ),
      paragraph({ text: `DNSRadar, ${wireTime(time)}`, size: 'Small', isSubtle: true }),
    ],
    ...(url === null ? {} : { actions: [{ type: 'Action.OpenUrl', title: 'Open the monitor', url }] }),
    msteams: { width: 'Full' },
  }
}

type Run = { readonly text: string } & Readonly<Record<string, string | boolean>>

/** Cards write dates where they find `{{DATE(…)}}`, in any text. */
function paragraph(...runs: readonly Run[]) {
  return {
    type: 'RichTextBlock',
    inlines: runs.map((run) => ({ type: 'TextRun', ...run, text: run.text.replaceAll('{{', '{ {') })),
  }
}
