/** What all pages have around them. */
import type { Scope } from '@dnsradar/client'
import { attributes, type Html, html } from './html.ts'
import type { Live } from './page.ts'

/** **The table** of the navigation. `needs`: not offered to a key without this scope. */
export const NAVIGATION: readonly { readonly path: string; readonly label: string; readonly needs: Scope }[] = [
  { path: '/app', label: 'Overview', needs: 'read' },
  { path: '/app/monitors', label: 'Monitors', needs: 'read' },
  { path: '/app/groups', label: 'Groups', needs: 'read' },
  { path: '/app/webhooks', label: 'Webhooks', needs: 'read' },
  { path: '/app/system-events', label: 'System events', needs: 'read' },
  { path: '/app/keys', label: 'Keys', needs: 'admin' },
  { path: '/app/settings', label: 'Settings', needs: 'read' },
  { path: '/app/nodes', label: 'Nodes', needs: 'admin' },
  { path: '/app/audit', label: 'Audit', needs: 'admin' },
]

export interface Frame {
  /** The name of the installation. */
  readonly instance: string
  readonly title: string
  readonly body: Html
  readonly asset: (name: string) => string
  readonly scripts: readonly string[]
  readonly live: Live | null
  /** Null when nobody is signed in. */
  readonly visitor: Visitor | null
  /** Said once, after a form. */
  readonly notice: string | null
  /** Path without its query, for the mark in the navigation. */
  readonly path: string
  /** Seconds after which a browser comes back by itself; null for pages that stay. */
  readonly refresh?: number | null
}

/** How soon a page that expects something is loaded again where no script does so. */
const SOON_S = 3

export interface Visitor {
  readonly organization: string
  readonly key: string
  readonly can: (scope: Scope) => boolean
}

export function layout(frame: Frame): Html {
  const { asset, live, scripts, visitor } = frame
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
${frame.refresh !== null && frame.refresh !== undefined && html`<meta http-equiv="refresh" content="${frame.refresh}">`}
${live?.soon === true && html`<noscript><meta http-equiv="refresh" content="${SOON_S}"></noscript>`}
<title>${frame.title} · ${frame.instance}</title>
<link rel="icon" type="image/svg+xml" href="${asset('icon.svg')}">
<link rel="stylesheet" href="${asset('dashboard.css')}">
${visitor !== null && ['live.js', 'page.js', ...scripts].map((name) => html`<script type="module" src="${asset(name)}"></script>`)}
</head>
<body ${attributes({
    'data-live': live?.types,
    'data-about': live?.about,
    'data-soon': live?.soon,
  })}>
<a class="skip" href="#content">Skip to content</a>
${header(frame)}
<main id="content" tabindex="-1">
${frame.notice !== null && html`<p class="notice" role="status">${frame.notice}</p>`}
${frame.body}
</main>
</body>
</html>
`
}

function header({ instance, visitor, path }: Frame): Html {
  if (visitor === null) return html`<header class="top"><a class="brand" href="/app">${instance}</a></header>`
  const items = NAVIGATION.filter(({ needs }) => visitor.can(needs))
  return html`<header class="top">
<a class="brand" href="/app">${instance}</a>
<nav aria-label="Main"><ul>
${items.map((item) => html`<li><a href="${item.path}" ${attributes({ 'aria-current': currentness(item.path, path) })}>${item.label}</a></li>`)}
</ul></nav>
<form class="who" method="post" action="/app/sign-out">
<span class="quiet" title="API key ${visitor.key}">${visitor.organization}</span>
<button class="plain">Sign out</button>
</form>
</header>`
}

/** The page itself, or one below it. */
function currentness(item: string, path: string): 'page' | 'true' | null {
  if (path === item || path === `${item}/`) return 'page'
  return item !== '/app' && path.startsWith(`${item}/`) ? 'true' : null
}
