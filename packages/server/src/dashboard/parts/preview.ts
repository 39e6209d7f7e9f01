/**
 * What the DNS says of a name at this moment, and how that would be judged: `/lookup` and `/match` of the API, before
 * there is a monitor.
 */
import {
  type Client,
  type MatchResponse,
  MATCH_RESPONSES,
  type RecordType,
  type WireAnswer,
  type WireLookup,
  type WireMatch,
} from '@dnsradar/client'
import { familyFor } from '@dnsradar/core/match/families'
import { attributes, type Html, html } from '../html.ts'
import { attempt, type Attempt } from '../page.ts'
import { complaint } from './forms.ts'
import { MONITOR_LABELS, newMonitorOf, type TypedMonitor } from './monitor-form.ts'
import { STATE_WORDS, stateBadge } from './states.ts'
import { sentence, values } from './words.ts'

export interface Preview {
  readonly lookup: Attempt<WireLookup>
  /** Null when there is nothing to be judged yet. */
  readonly match: Attempt<WireMatch> | null
  /** What could be expected: of a policy type only the records that are such policies. */
  readonly suggested: readonly string[]
}

/** Null while no name is typed. */
export async function previewOf(api: Client, typed: TypedMonitor): Promise<Preview | null> {
  const { full_domain: name, record_type } = typed
  if (name === '') return null
  const type = record_type as RecordType
  const lookup = await attempt(() => api.lookup({ name, type }))
  if (!lookup.ok) return { lookup, match: null, suggested: [] }
  const answer = firstAnswer(lookup.value)
  return {
    lookup,
    match: answer === null ? null : await judge(api, typed, answer),
    suggested: (answer?.values ?? []).filter((value) => familyFor(type, value) !== null),
  }
}

/** An answer that says something, before one that does not. */
function firstAnswer({ answers }: WireLookup): WireAnswer | null {
  return answers.find(({ error }) => error === null) ?? answers[0] ?? null
}

async function judge(api: Client, typed: TypedMonitor, answer: WireAnswer): Promise<Attempt<WireMatch> | null> {
  const { record_type, match = 'exact', expected_value } = newMonitorOf(typed)
  const takesNone = expected_value === undefined
  if (!takesNone && expected_value.length === 0) return null
  const response = responseOf(answer)
  return attempt(() =>
    api.match({
      record_type,
      match,
      ...(takesNone ? {} : { expected_value }),
      observed: answer.values,
      ...(response === null ? {} : { response }),
    }),
  )
}

function responseOf({ values: records, rcode, error }: WireAnswer): MatchResponse | null {
  if (records.length > 0) return null
  const known = MATCH_RESPONSES.find((response) => response === rcode)
  if (known !== undefined) return known
  return error === null ? 'NODATA' : 'TIMEOUT'
}

/** `id` stays, so that a script can replace it. */
export function previewPart(preview: Preview | null): Html {
  return html`<div id="preview" class="sheet" aria-live="polite"><h2>What the DNS says now</h2>${
    preview === null
      ? html`<p class="quiet">Type a name to see its record and how it would be judged.</p>`
      : shown(preview)
  }</div>`
}

function shown({ lookup, match, suggested }: Preview): Html {
  if (!lookup.ok) return html`${complaint(lookup.problem, { name: MONITOR_LABELS.full_domain })}`
  const answer = firstAnswer(lookup.value)
  if (answer === null) return html`<p class="quiet">Nobody could be asked.</p>`
  return html`${answer.error === null ? values(answer.values, 'There is no such record.') : html`<p class="warning">${answer.server} did not answer: ${answer.error}</p>`}
${lookup.value.consistent ? null : html`<p class="warning">The servers do not agree at the moment.</p>`}
${match !== null && judgement(match)}
${suggested.length > 0 && html`<p><button ${attributes({ name: 'do', value: 'use', formnovalidate: true })}>Expect what is there now</button></p>`}`
}

function judgement(match: Attempt<WireMatch>): Html {
  if (!match.ok) return html`${complaint(match.problem, MONITOR_LABELS)}`
  const { state, reasons } = match.value
  return html`<p>It would be ${stateBadge(state)}</p>${
    reasons.length > 0
      ? html`<ul>${reasons.map(({ message }) => html`<li>${sentence(message)}</li>`)}</ul>`
      : html`<p class="quiet">${STATE_WORDS[state].says}</p>`
  }`
}
