/**
 * PagerDuty's Events API v2: a broken record triggers an alert, its restoration resolves the same one.
 *
 * The monitor is the `dedup_key`, so changes of a broken record update its alert. Alerts wake people: what is no bad
 * news only resolves, which does nothing where nothing is open.
 */
import type { SystemEventKind } from '../../monitor/event.ts'
import { hostnameOf } from '../context.ts'
import type { News } from '../news.ts'
import { wireTime } from '../payload.ts'
import type { Subject, SystemEvent } from '../system-event.ts'
import { type FormatRow, JSON_BY_POST, type Telling, withMember } from './format.ts'
import { type Message, messageOf } from './message.ts'
import { fit, oneLine } from './text.ts'

const MAX_SUMMARY = 1024
const MAX_KEY = 255
/** A host name has no more. */
const MAX_SOURCE = 255

export const pagerduty: FormatRow = {
  ...JSON_BY_POST,
  options: {
    routing_key: {
      isRequired: true,
      isSecret: true,
      fault: (value) =>
        /^[0-9A-Za-z]{32}$/.test(value)
          ? null
          : 'is no integration key; give the 32 letters and digits that the service shows for "Events API v2"',
    },
  },
  body: (telling) => JSON.stringify(alertOf(telling)),
  parts: ({ url, formatOptions }, body) => ({
    url,
    contentType: 'application/json',
    body: withMember(body, 'routing_key', formatOptions['routing_key'] ?? ''),
  }),
}

function alertOf(telling: Telling) {
  const { news } = telling
  const key = { dedup_key: fit(oneLine(keyOf(news)), MAX_KEY) }
  if (!isTrigger(news)) return { event_action: 'resolve', ...key }
  const message = messageOf(telling)
  return {
    event_action: 'trigger',
    ...key,
    payload: {
      summary: fit(`${message.title}. ${message.summary}`, MAX_SUMMARY),
      source: news.of === 'record' ? fit(oneLine(hostnameOf(news.event)), MAX_SOURCE) : 'DNSRadar',
      severity: telling.isTest ? 'info' : severityOf(news),
      timestamp: wireTime(message.time),
      class: message.kind,
      custom_details: detailsOf(message),
    },
    client: 'DNSRadar',
    ...(message.url === null ? {} : { links: [{ href: message.url, text: 'Open the monitor' }] }),
  }
}

const TRIGGERS: readonly SystemEventKind[] = ['domain.record_missing', 'webhook.disabled', 'resolver.outage']

function isTrigger(news: News): boolean {
  return news.of === 'record' ? news.event.newState !== 'VALID' : TRIGGERS.includes(news.event.type)
}

/** A record that is wrong or gone harms now; one that cannot be looked up may. */
function severityOf(news: News): string {
  if (news.of === 'system') return 'warning'
  return news.event.newState === 'TIMEOUT' || news.event.newState === 'INVALID' ? 'error' : 'critical'
}

function keyOf(news: News): string {
  return news.of === 'record' ? news.event.monitorId : keyOfSubject(news.subject, news.event)
}

function keyOfSubject(subject: Subject, { data }: SystemEvent): string {
  switch (subject.of) {
    case 'monitor':
      return subject.monitorId
    case 'webhook':
      return subject.webhookId
    case 'domain':
      return `domain ${String(data['domain'])}`
    case 'resolver':
      return `resolver ${String(data['server'])}`
  }
}

function detailsOf({ facts }: Message): Readonly<Record<string, string>> {
  return Object.fromEntries(facts.map(({ name, values }) => [name, values.join(', ')]))
}
