/** A page on its way to a browser, and the notice that a form leaves for the page after it. */
import { hasScope } from '../http/auth.ts'
import type { Account } from '../http/context.ts'
import { isSecure, type Turn } from './board.ts'
import { readCookie, setCookie } from './cookies.ts'
import { markupOf } from './html.ts'
import { layout, type Visitor } from './layout.ts'
import type { Gone, Outcome, Shown } from './page.ts'
import { localPath } from './sign-in.ts'

const NOTICE = 'notice'
const NOTICE_MS = 60_000
const LONGEST_NOTICE = 500

export function sendOutcome(turn: Turn, account: Account, outcome: Outcome): void {
  switch (outcome.kind) {
    case 'shown':
      return sendPage(turn, account, outcome)
    case 'gone':
      return sendOn(turn, outcome)
  }
}

/** `refresh`: after so many seconds the browser comes back by itself. */
export function sendPage(turn: Turn, account: Account | null, page: Shown, refresh: number | null = null): void {
  const { board, req, res } = turn
  const text = layout({
    instance: board.deps.server.name,
    title: page.title,
    body: page.body,
    asset: board.assets.address,
    scripts: page.scripts,
    live: page.live,
    visitor: account === null ? null : describe(account),
    notice: takeNotice(turn),
    path: req.originalUrl.split('?')[0] ?? '',
    refresh,
  })
  res.status(page.status).type('html').send(markupOf(text))
}

function describe(account: Account): Visitor {
  const { organization, key } = account
  return { organization: organization.name, key: key.name, can: (scope) => hasScope(account, scope) }
}

function sendOn(turn: Turn, { to, notice }: Gone): void {
  if (notice !== null) {
    const value = Buffer.from(notice.slice(0, LONGEST_NOTICE)).toString('base64url')
    setCookie(turn.res, NOTICE, value, { secure: isSecure(turn), maxAgeMs: NOTICE_MS })
  }
  turn.res.redirect(303, localPath(to))
}

/** Said once. A page that is fetched to be looked at again does not take it from the next one that is opened. */
function takeNotice(turn: Turn): string | null {
  const { req, res } = turn
  const secure = isSecure(turn)
  const value = req.get('X-Look-Again') === undefined ? readCookie(req, NOTICE, { secure }) : null
  if (value === null || value === '') return null
  setCookie(res, NOTICE, '', { secure, maxAgeMs: 0 })
  return Buffer.from(value, 'base64url').toString()
}
