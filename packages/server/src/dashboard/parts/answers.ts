/** Who said what: one row per server that was asked. */
import type { WireAnswer } from '@dnsradar/client'
import { type Html, html } from '../html.ts'
import { badge } from './states.ts'
import { values } from './words.ts'

const TRANSPORTS: Readonly<Record<WireAnswer['transport'], string>> = {
  udp: 'UDP',
  tcp: 'TCP',
  tls: 'TLS',
  https: 'HTTPS',
}

export function answerTable(answers: readonly WireAnswer[], caption: string): Html {
  return html`<div class="table"><table class="cards"><caption class="visually-hidden">${caption}</caption>
<thead><tr><th scope="col">Server</th><th scope="col">Answer</th><th scope="col">Code</th><th scope="col" class="number">TTL</th><th scope="col" class="number">Took</th></tr></thead>
<tbody>${answers.map(row)}</tbody></table></div>`
}

function row(answer: WireAnswer): Html {
  const { server, role, transport, rcode, ttl, aa, ad, duration_ms: took, chain } = answer
  return html`<tr><th scope="row"><code>${server}</code><br><span class="quiet">${role === 'upstream' ? 'resolver' : "the zone's own"} · ${TRANSPORTS[transport]}</span></th>
<td data-label="Answer">${said(answer)}${chain.length > 0 && html`<p class="hint">by way of ${chain.join(' → ')}</p>`}</td>
<td data-label="Code"><code>${rcode ?? '–'}</code>${aa && html` <abbr title="authoritative answer">AA</abbr>`}${ad && html` <abbr title="validated by DNSSEC">AD</abbr>`}</td>
<td data-label="TTL" class="number">${ttl === null ? '–' : `${ttl} s`}</td>
<td data-label="Took" class="number">${took} ms</td></tr>`
}

function said({ values: records, error }: WireAnswer): Html {
  if (error !== null) return html`${badge('no answer', 'warn')} <span>${error}</span>`
  return values(records, 'no records')
}
