/**
 * ntfy, published as JSON: headers of the other way to publish would have to be ASCII.
 *
 * JSON is posted to the server, not to the topic, which then is a member. Whoever knows a topic can read it, so it comes
 * out of the url when the request is made and is in no stored body.
 */
import { type FormatRow, JSON_BY_POST, withMember } from './format.ts'
import { type Message, messageOf, type Tone } from './message.ts'
import { fit } from './text.ts'

const MAX_TITLE = 250
/** A message has at most 4096 bytes, a UTF-16 code unit at most three. */
const MAX_MESSAGE = 1300
const TOPIC = /^(?<server>https?:\/\/[^?#]*\/)(?<topic>[-_A-Za-z0-9]{1,64})(?<query>\?[^#]*)?$/

/** 3 is ntfy's default, 4 makes phones ring. */
const PRIORITIES: Readonly<Record<Tone, number>> = { bad: 4, good: 3, neutral: 3 }
const TAGS: Readonly<Record<Tone, string>> = {
  bad: 'rotating_light',
  good: 'white_check_mark',
  neutral: 'information_source',
}

export const ntfy: FormatRow = {
  ...JSON_BY_POST,
  urlFault: (url) =>
    readTopic(url) === null ? 'does not end with a topic; give one such as https://ntfy.sh/my-topic' : null,
  body: (telling) => JSON.stringify(notification(messageOf(telling))),
  parts: ({ url }, body) => {
    const { server, topic } = readTopic(url) ?? { server: url, topic: '' }
    return { url: server, contentType: 'application/json', body: withMember(body, 'topic', topic) }
  },
}

function readTopic(url: string): { readonly server: string; readonly topic: string } | null {
  const groups = URL.canParse(url) ? TOPIC.exec(new URL(url).href)?.groups : undefined
  if (groups === undefined) return null
  return { server: `${groups['server']}${groups['query'] ?? ''}`, topic: groups['topic'] ?? '' }
}

function notification({ title, summary, facts, tone, url }: Message) {
  const lines = facts.map(({ name, values }) => `${name}: ${values.join(', ')}`)
  return {
    title: fit(title, MAX_TITLE),
    message: fit([summary, ...lines].join('\n'), MAX_MESSAGE),
    priority: PRIORITIES[tone],
    tags: [TAGS[tone]],
    ...(url === null ? {} : { click: url }),
  }
}
