/** What a format has to say of itself to be a row of the table in `table.ts`. */
import type { Webhook, WebhookMethod } from '../delivery.ts'
import type { News } from '../news.ts'
import type { DeliveryIdentity } from '../payload.ts'

export type FormatOptions = Webhook['formatOptions']

/** What a body is written from. */
export interface Telling {
  readonly news: News
  readonly identity: DeliveryIdentity
  readonly recipient: Pick<Webhook, 'source' | 'formatOptions'>
  /** Somebody tries the webhook: nothing happened, and readers have to see that. */
  readonly isTest: boolean
}

/** One member of `format_options`. */
export interface FormatOption {
  readonly isRequired: boolean
  /** Never shown again. */
  readonly isSecret: boolean
  /** What is wrong with the value, as the end of a sentence that begins with the option; null when nothing is. */
  readonly fault: (value: string, all: FormatOptions) => string | null
}

/** What differs from format to format when an attempt is made. */
export interface RequestParts {
  readonly url: string
  readonly contentType: string
  readonly body: string
  /** Which headers come along; all of them when left out. */
  readonly carries?: (name: string) => boolean
}

export interface FormatRow {
  /** Whether callers may choose it. */
  readonly isOffered: boolean
  readonly methods: readonly WebhookMethod[]
  readonly options: Readonly<Record<string, FormatOption>>
  /** Whether a webhook with this url is meant to be of this format when nobody says which. */
  readonly infers: (url: URL) => boolean
  /** Of a url that may be called, what this format misses in it, as the end of "url …"; null when nothing. */
  readonly urlFault: (url: string) => string | null
  /**
   * The body as it is stored and shown in the history: written inside the transaction that records the event, so it
   * never throws, and without secrets.
   */
  readonly body: (telling: Telling) => string
  /** What is sent and signed: the stored body, and the secrets that belong into it. */
  readonly parts: (webhook: Pick<Webhook, 'url' | 'formatOptions'>, body: string) => RequestParts
  /** Headers of its own, made anew for each attempt; `now` is its start in epoch milliseconds. */
  readonly headers?: (
    webhook: Pick<Webhook, 'secret'>,
    body: string,
    now: number,
  ) => readonly (readonly [name: string, value: string])[]
}

/** A service that takes JSON by POST and nothing beside it. */
export const JSON_BY_POST: Pick<FormatRow, 'isOffered' | 'methods' | 'options' | 'infers' | 'urlFault' | 'parts'> = {
  isOffered: true,
  methods: ['POST'],
  options: {},
  infers: () => false,
  urlFault: () => null,
  parts: ({ url }, body) => ({ url, contentType: 'application/json', body }),
}

/**
 * Puts a member in front of the others of a stored body, whose own text stays as it is. What waits since the webhook had
 * another format may have no members, and goes as it was written.
 */
export function withMember(body: string, name: string, value: string): string {
  if (!/^\{\s*"/.test(body)) return body
  return `{${JSON.stringify(name)}:${JSON.stringify(value)},${body.slice(1)}`
}
