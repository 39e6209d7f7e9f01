/** States in words and colours; never by colour alone. */
import type { State } from '@dnsradar/client'
import { type Html, html } from '../html.ts'

/** **The table** of states, the worst first. */
export const STATE_WORDS: Readonly<
  Record<State, { readonly label: string; readonly tone: Tone; readonly says: string }>
> = {
  MISMATCH: { label: 'Mismatch', tone: 'bad', says: 'The record is there and is not what is expected.' },
  NOT_FOUND: { label: 'Not found', tone: 'bad', says: 'There is no such record.' },
  INVALID: { label: 'Invalid', tone: 'bad', says: 'The DNS answers with a failure or with data that is not allowed.' },
  TIMEOUT: { label: 'Timeout', tone: 'warn', says: 'No server answers for this name.' },
  UNSET: { label: 'Not checked yet', tone: 'none', says: 'The first check has not come back yet.' },
  VALID: { label: 'Valid', tone: 'good', says: 'The record is as expected.' },
}

export type Tone = 'good' | 'bad' | 'warn' | 'none'

export function stateBadge(state: State): Html {
  const { label, tone } = STATE_WORDS[state]
  return html`<span class="badge ${tone}">${label}</span>`
}

export function badge(label: string, tone: Tone): Html {
  return html`<span class="badge ${tone}">${label}</span>`
}
