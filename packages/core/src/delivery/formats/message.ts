/**
 * A delivery as people read it: what every format that ends in front of somebody is written from. The words are those of
 * the summary; a format adds the markup of its service and nothing of its own.
 */
import { contextOf } from '../context.ts'
import type { News } from '../news.ts'
import { systemWords } from '../system-words.ts'
import type { DnsEventKind, EventKind } from '../../monitor/event.ts'
import type { Telling } from './format.ts'
import { fit, oneLine } from './text.ts'

/** How it looks to somebody who only sees a colour. */
export type Tone = 'bad' | 'good' | 'neutral'

export interface Fact {
  readonly name: string
  /** At least one and few; none is empty or longer than a line. */
  readonly values: readonly string[]
}

/** Everything in it is one line of text without control characters. */
export interface Message {
  readonly kind: EventKind
  readonly tone: Tone
  readonly title: string
  readonly summary: string
  readonly facts: readonly Fact[]
  /** Where people see more, http or https. */
  readonly url: string | null
  /** Epoch milliseconds. */
  readonly time: number
}

const MAX_VALUES = 5
const MAX_VALUE = 200

export function messageOf({ news, isTest }: Pick<Telling, 'news' | 'isTest'>): Message {
  const { title, summary, ...rest } = news.of === 'record' ? ofRecord(news) : ofSystem(news)
  return {
    ...rest,
    title: oneLine(isTest ? `Test: ${title}` : title),
    summary: oneLine(isTest ? `This is a test, nothing happened. It could say: ${summary}` : summary),
  }
}

const RECORD_TITLES: Readonly<Record<DnsEventKind, string>> = {
  'record.broken': 'Broken',
  'record.changed': 'Still broken',
  'record.restored': 'Restored',
}

function ofRecord({ event, circumstances }: Extract<News, { of: 'record' }>): Message {
  const { hostname, summary, group, external_id, url } = contextOf(event, circumstances)
  const facts = [
    fact('State', [`${event.oldState} → ${event.newState}`]),
    fact('Expected', event.expected),
    fact('Found', event.current),
    fact('Group', [group]),
    fact('External id', external_id === null ? [] : [external_id]),
  ]
  return {
    kind: event.kind,
    tone: event.newState === 'VALID' ? 'good' : 'bad',
    title: `${RECORD_TITLES[event.kind]}: ${event.type} ${hostname}`,
    summary,
    facts: facts.filter(({ values }) => values.length > 0),
    url,
    time: event.occurred,
  }
}

const SYSTEM_TONES: Partial<Record<EventKind, Tone>> = {
  'domain.restored': 'good',
  'domain.record_missing': 'bad',
  'domain.record_restored': 'good',
  'webhook.disabled': 'bad',
  'webhook.recovered': 'good',
  'resolver.outage': 'bad',
  'resolver.recovered': 'good',
}

function ofSystem({ event, subject }: Extract<News, { of: 'system' }>): Message {
  return {
    kind: event.type,
    tone: SYSTEM_TONES[event.type] ?? 'neutral',
    ...systemWords(event),
    facts: subject.of === 'monitor' ? [fact('Group', [subject.groupSlug])] : [],
    url: null,
    time: event.created,
  }
}

function fact(name: string, values: readonly string[]): Fact {
  const shown = values.slice(0, values.length > MAX_VALUES ? MAX_VALUES - 1 : MAX_VALUES)
  const more = values.length - shown.length
  const lines = shown.map((value) => fit(oneLine(value), MAX_VALUE) || '(empty)')
  return { name, values: more === 0 ? lines : [...lines, `and ${more} more`] }
}
