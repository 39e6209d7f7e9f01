/** The status page of a public group: made for people who have no key, so there is no script and nothing to press. */
import { wireTime } from '@dnsradar/core'
import { html, type Html } from '../html.ts'
import { badge, STATE_WORDS, stateBadge } from '../parts/states.ts'
import { count, exact, when } from '../parts/words.ts'
import { conditionOf } from './condition.ts'
import type { GroupStatus, PublicChange, PublicRecord } from './public-groups.ts'

export interface PublicFrame {
  /** The name of the installation. */
  readonly instance: string
  readonly asset: (name: string) => string
}

export function statusPage({ group, states, records, changes }: GroupStatus, now: number, frame: PublicFrame): Html {
  const { message, tone } = conditionOf(states)
  const body = html`<h1>${group.name}</h1>
    <p class="verdict">${badge(message, tone)} <span class="quiet">as of ${exact(wireTime(now))}</span></p>
    ${recordsTable(
      records,
      Object.values(states).reduce((sum, count) => sum + count),
      now,
    )} ${changesList(changes, now)}`
  return publicPage(group.name, body, frame)
}

/** What stands in the place of a status page that cannot be shown. */
export function publicRefusal(message: string, frame: PublicFrame): Html {
  return publicPage(
    'No status page',
    html`<div class="empty">
      <h1>No status page</h1>
      <p>${message}</p>
    </div>`,
    frame,
  )
}

function recordsTable(records: readonly PublicRecord[], total: number, now: number): Html {
  if (records.length === 0) return html`<div class="empty"><p>No records are watched here yet.</p></div>`
  const row = ({ name, type, state, brokenSince }: PublicRecord): Html => html`<tr>
    <th scope="row" class="name">${name}</th>
    <td data-label="Type"><span class="type">${type}</span></td>
    <td data-label="State">${stateBadge(state)}</td>
    ${brokenSince === null ? html`<td></td>` : html`<td data-label="Since">${when(wireTime(brokenSince), now)}</td>`}
  </tr>`
  return html`<section aria-labelledby="records">
    <h2 id="records">Records</h2>
    <div class="table">
      <table class="cards list">
        <thead>
          <tr>
            <th scope="col">Name</th>
            <th scope="col">Type</th>
            <th scope="col">State</th>
            <th scope="col">Since</th>
          </tr>
        </thead>
        <tbody>
          ${records.map(row)}
        </tbody>
      </table>
    </div>
    ${records.length < total && html`<p class="quiet">And ${count(total - records.length, 'other record')}.</p>`}
  </section>`
}

function changesList(changes: readonly PublicChange[], now: number): Html | null {
  if (changes.length === 0) return null
  const item = ({ name, type, from, to, occurred }: PublicChange): Html => html`<li>
    ${stateBadge(to)} <span class="name">${name}</span> <span class="type">${type}</span>
    <span class="reason quiet">before: ${STATE_WORDS[from].label}</span>
    <span class="quiet">${when(wireTime(occurred), now)}</span>
  </li>`
  return html`<section aria-labelledby="changes">
    <h2 id="changes">Changes</h2>
    <ol class="rows">
      ${changes.map(item)}
    </ol>
  </section>`
}

function publicPage(title: string, body: Html, { instance, asset }: PublicFrame): Html {
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} · DNS status</title>
<link rel="icon" type="image/svg+xml" href="${asset('icon.svg')}">
<link rel="stylesheet" href="${asset('dashboard.css')}">
</head>
<body class="public">
<main id="content">
${body}
</main>
<footer class="quiet">Watched by ${instance}</footer>
</body>
</html>
`
}
