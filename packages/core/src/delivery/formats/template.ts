/**
 * A body of the caller's own making, with placeholders for what happened.
 *
 * Values are written so that they stay inside the string they stand in, whatever they contain. Which placeholders there
 * are is closed: an unknown one is refused when the template is given, not when something breaks.
 */
import { contextOf } from '../context.ts'
import { wireTime } from '../payload.ts'
import type { DnsEvent } from '../../monitor/event.ts'
import type { FormatOptions, Telling } from './format.ts'
import { type Message, messageOf } from './message.ts'
import { fit } from './text.ts'

/** By content type: how a value is written in it. */
const ESCAPES: Readonly<Record<string, (value: string) => string>> = {
  'application/json': (value) => JSON.stringify(value).slice(1, -1),
  'application/x-www-form-urlencoded': (value) => encodeURIComponent(value),
  'text/plain': (value) => value,
}

const DEFAULT_TYPE = 'application/json'
const MAX_TEMPLATE = 4000
/** Together with the longest value this bounds a body: a TXT record can have 64 kB. */
const MAX_PLACEHOLDERS = 50
const MAX_VALUE = 1000

interface Source {
  readonly telling: Telling
  readonly message: Message
  readonly event: DnsEvent | null
  readonly context: ReturnType<typeof contextOf> | null
}

/** A system event has no `event`: its placeholders of that kind are empty. */
const PLACEHOLDERS: Readonly<Record<string, (source: Source) => string>> = {
  uuid: ({ telling }) => telling.identity.id,
  webhook_uuid: ({ telling }) => telling.identity.webhookId,
  created: ({ telling }) => wireTime(telling.identity.created),
  kind: ({ message }) => message.kind,
  title: ({ message }) => message.title,
  summary: ({ message }) => message.summary,
  url: ({ message }) => message.url ?? '',
  hostname: ({ context }) => context?.hostname ?? '',
  group: ({ context }) => context?.group ?? '',
  external_id: ({ event }) => event?.externalId ?? '',
  'event.event_uuid': ({ event }) => event?.id ?? '',
  'event.monitor_uuid': ({ event }) => event?.monitorId ?? '',
  'event.domain': ({ event }) => event?.domain ?? '',
  'event.subdomain': ({ event }) => event?.subdomain ?? '',
  'event.record_type': ({ event }) => event?.type ?? '',
  'event.expected_value': ({ event }) => joined(event?.expected),
  'event.previous_value': ({ event }) => joined(event?.previous),
  'event.current_value': ({ event }) => joined(event?.current),
  'event.old_state': ({ event }) => event?.oldState ?? '',
  'event.new_state': ({ event }) => event?.newState ?? '',
  'event.occurred': ({ event }) => (event === null ? '' : wireTime(event.occurred)),
  'event.incidence_count': ({ event }) => (event === null ? '' : String(event.incidenceCount)),
}

export const TEMPLATE_PLACEHOLDERS: readonly string[] = Object.keys(PLACEHOLDERS)

export function contentTypeOf(options: FormatOptions): string {
  return options['content_type'] ?? DEFAULT_TYPE
}

export function writeTemplate(template: string, telling: Telling): string {
  const { news, recipient } = telling
  const source = {
    telling,
    message: messageOf(telling),
    event: news.of === 'record' ? news.event : null,
    context: news.of === 'record' ? contextOf(news.event, news.circumstances) : null,
  }
  return filled(template, contentTypeOf(recipient.formatOptions), (name) => PLACEHOLDERS[name]?.(source) ?? '')
}

const PLACEHOLDER = /\{\{([^{}]*)\}\}/g

function filled(template: string, contentType: string, valueOf: (name: string) => string): string {
  const escape = ESCAPES[contentType] ?? JSON.stringify
  return template.replace(PLACEHOLDER, (_, name: string) => escape(fit(valueOf(name.trim()), MAX_VALUE)))
}

function joined(values: readonly string[] = []): string {
  return values.join(', ')
}

export function contentTypeFault(value: string, options: FormatOptions): string | null {
  if (!Object.hasOwn(ESCAPES, value)) return `is not accepted; use one of ${Object.keys(ESCAPES).join(', ')}`
  return options['body'] === undefined ? 'belongs to a body of your own; give format_options.body too' : null
}

/** As the end of a sentence that begins with the option. */
export function templateFault(template: string, options: FormatOptions): string | null {
  if (template.length === 0 || template.length > MAX_TEMPLATE) return `has to have 1 to ${MAX_TEMPLATE} characters`
  const names = [...template.matchAll(PLACEHOLDER)].map(([, name = '']) => name.trim())
  const unknown = names.find((name) => !Object.hasOwn(PLACEHOLDERS, name))
  if (unknown !== undefined) {
    return `names {{${fit(unknown, 60)}}}, which is not known; known are ${TEMPLATE_PLACEHOLDERS.join(', ')}`
  }
  if (names.length > MAX_PLACEHOLDERS)
    return `has ${names.length} placeholders; at most ${MAX_PLACEHOLDERS} are accepted`
  if (template.replace(PLACEHOLDER, '').includes('{{')) {
    return 'has {{ without }}; write a placeholder such as {{summary}}'
  }
  const type = contentTypeOf(options)
  return type !== DEFAULT_TYPE || staysJson(template) ? null : NOT_JSON
}

const NOT_JSON =
  'is not JSON once it is filled in; put every placeholder into quotes, such as {"text":"{{summary}}"}, or give another format_options.content_type'

/** Good with nothing in its placeholders and with something: then each of them stands inside a string. */
function staysJson(template: string): boolean {
  return ['', 'x'].every((value) => isJson(filled(template, DEFAULT_TYPE, () => value)))
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}
