/** Records before and after, with the words that changed marked. */
import { diffRecords, type Piece, type RecordDiff } from '../diff.ts'
import { type Html, html } from '../html.ts'

/** What is read aloud before a record, and stands in front of it: colour is not the only sign. */
const SIGNS: Readonly<Record<RecordDiff['kind'], { readonly sign: string; readonly word: string }>> = {
  kept: { sign: '\u00a0', word: 'kept' },
  removed: { sign: '−', word: 'removed' },
  added: { sign: '+', word: 'added' },
  changed: { sign: '~', word: 'changed' },
}

export function recordsDiff(before: readonly string[], after: readonly string[]): Html {
  const diffs = diffRecords(before, after)
  if (diffs.length === 0) return html`<p class="quiet">No records before or after.</p>`
  return html`<ul class="diff">${diffs.map(
    ({ kind, pieces }) =>
      html`<li class="${kind}"><span class="sign" aria-hidden="true">${SIGNS[kind].sign}</span><span class="visually-hidden">${SIGNS[kind].word}: </span><code>${pieces.map(piece)}</code></li>`,
  )}</ul>`
}

function piece({ kind, text }: Piece): Html {
  switch (kind) {
    case 'kept':
      return html`${text}`
    case 'removed':
      return html`<del>${text}</del>`
    case 'added':
      return html`<ins>${text}</ins>`
  }
}
