/** What became of one monitor: a strip of its states and its events with what changed. */
import type { WireEvent, WireMonitor, WirePage } from '@dnsradar/client'
import { type Html, html } from '../html.ts'
import { strip, stripSlots, validShare, type StripChange, type StripSpan } from '../strip.ts'
import { recordsDiff } from './diff.ts'
import { STATE_WORDS, stateBadge } from './states.ts'
import { exact, sentence, when } from './words.ts'

const DAY_MS = 86_400_000
const SPAN_DAYS = 30
const SLOTS = 120

/** Of the last 30 days, or of as many as the events that are known reach back. */
export function historyStrip(monitor: WireMonitor, events: WirePage<WireEvent>, now: number): Html {
  const oldest = events.data.at(-1)
  const known = events.has_more && oldest !== undefined ? Date.parse(oldest.occurred) : 0
  const from = Math.max(now - SPAN_DAYS * DAY_MS, known)
  const span: StripSpan = { from, until: now, state: monitor.state, since: Date.parse(monitor.created) }
  const changes = events.data.map(changeOf)
  const share = validShare(changes, span)
  const days = Math.max(1, Math.round((now - from) / DAY_MS))
  const said = share === null ? 'nothing is known yet' : `valid ${percent(share)} of the time that it was watched`
  const label = `Last ${days === 1 ? 'day' : `${days} days`}: ${said}`
  return html`<figure class="history">${strip(stripSlots(changes, span, SLOTS), label)}<figcaption class="quiet">${label}</figcaption></figure>`
}

function changeOf({ occurred, old_state: from, new_state: to }: WireEvent): StripChange {
  return { at: Date.parse(occurred), from, to }
}

/** Never rounded up to all of it. */
function percent(share: number): string {
  return share === 1 || share === 0 ? `${share * 100} %` : `${(Math.floor(share * 10_000) / 100).toFixed(2)} %`
}

export function eventLog(events: readonly WireEvent[], now: number): Html {
  return html`<ol class="log">${events.map((event) => entry(event, now))}</ol>`
}

const KINDS: Readonly<Record<WireEvent['kind'], string>> = {
  'record.broken': 'broke',
  'record.changed': 'changed',
  'record.restored': 'was restored',
}

function entry(event: WireEvent, now: number): Html {
  const { uuid, kind, old_state: before, new_state: after, reasons, occurred, confirmed } = event
  return html`<li id="${uuid}"><p>${stateBadge(before)} <span aria-hidden="true">→</span><span class="visually-hidden">to</span> ${stateBadge(after)}
It ${KINDS[kind]} ${when(occurred, now)}. <span class="quiet">${exact(occurred)}${confirmed && ', confirmed by a second look'}</span></p>
${reasons.length === 0 ? html`<p>${STATE_WORDS[after].says}</p>` : reasonList(reasons)}
${recordsDiff(event.previous_value, event.current_value)}</li>`
}

export function reasonList(reasons: WireMonitor['reasons']): Html | null {
  if (reasons.length === 0) return null
  return html`<ul class="reasons">${reasons.map(({ message }) => html`<li>${sentence(message)}</li>`)}</ul>`
}
