/** Pages of lists, and what stands where there is nothing to list. */
import type { WirePage } from '@dnsradar/client'
import { type Content, type Html, html } from '../html.ts'
import { withQuery } from '../page.ts'

/** Links to the neighbouring pages; nothing when there is only one. */
export function pager(page: WirePage<unknown>, path: string, query: URLSearchParams): Html | null {
  if (page.after === null && page.before === null) return null
  const link = (cursor: 'after' | 'before', id: string | null, label: string): Html =>
    id === null
      ? html`<span class="quiet">${label}</span>`
      : html`<a href="${withQuery(path, query, { after: null, before: null, [cursor]: id })}">${label}</a>`
  return html`<nav class="pager" aria-label="Pages">${link('before', page.before, '← Previous')} ${link('after', page.after, 'Next →')}</nav>`
}

/** Says that there is nothing and what to do about it. */
export function nothingYet(title: string, what: Content): Html {
  return html`<div class="empty"><h2>${title}</h2><p>${what}</p></div>`
}
