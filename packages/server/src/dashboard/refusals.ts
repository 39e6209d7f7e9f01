/** Pages for what cannot be shown: each says why and what to do next. */
import type { ApiError } from '@dnsradar/client'
import { html } from './html.ts'
import { show, type Shown } from './page.ts'

interface Words {
  readonly title: string
  readonly next: string
}

/** By status; any other reads as the last one. */
const WORDS: Readonly<Record<number, Words>> = {
  400: { title: 'This was not accepted', next: 'Go back, change it, and send it again.' },
  402: { title: 'The plan does not allow this', next: 'Remove something, or ask whoever runs this installation.' },
  403: { title: 'This key may not do that', next: 'Sign in with a key that has the scope, or ask an admin for one.' },
  404: { title: 'There is nothing here', next: 'It may have been deleted. Look for it in the list it belongs to.' },
  405: { title: 'There is nothing here', next: 'Go back and use the links and buttons of the page.' },
  409: { title: 'This is not possible now', next: 'Go back and look at how it stands at the moment.' },
  413: { title: 'This is too much at once', next: 'Go back and send less at a time.' },
  429: { title: 'Too many requests', next: 'Wait a moment, then load the page again.' },
  503: { title: 'Not ready', next: 'The server is starting or stopping. Load the page again in a moment.' },
}

const BROKEN: Words = {
  title: 'Something is broken here',
  next: 'Load the page again; the log of the server says more.',
}

export function refusalPage(status: number, message: string, requestId: string | null = null): Shown {
  const { title, next } = WORDS[status] ?? BROKEN
  return show(
    title,
    html`<div class="empty"><h1>${title}</h1><p>${message}</p><p>${next} <a href="/app">Overview</a></p>${
      status >= 500 && requestId !== null && html`<p class="quiet">Request <code>${requestId}</code></p>`
    }</div>`,
    { status },
  )
}

export function pageOfProblem(problem: ApiError): Shown {
  return refusalPage(problem.status, problem.message, problem.requestId)
}

export const FOREIGN_FORM = refusalPage(
  403,
  'This form was not sent from a page of this dashboard, so nothing was done. If a proxy stands in front of it, set DNSRADAR_PUBLIC_URL to the address that browsers use.',
)
