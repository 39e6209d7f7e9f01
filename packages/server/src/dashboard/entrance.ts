/** The way in and out: the form that takes a key, and where those are sent who are not signed in. */
import type { RequestHandler } from 'express'
import { RateLimited } from '../http/limits.ts'
import { PROBLEMS } from '../http/problems.ts'
import { type Dashboard, isSecure, type Turn } from './board.ts'
import { createForm } from './form.ts'
import { html } from './html.ts'
import { show } from './page.ts'
import { sendPage } from './send-page.ts'
import { localPath, refusalOfKey, signInPage } from './sign-in.ts'

export function showEntrance(board: Dashboard): RequestHandler {
  return (req, res) => {
    const { next } = req.query
    sendPage({ board, req, res }, null, signInPage(localPath(typeof next === 'string' ? next : ''), null))
  }
}

export function signIn(board: Dashboard): RequestHandler {
  return async (req, res) => {
    const form = createForm(req.body)
    const next = localPath(form.text('next'))
    const key = form.text('key')
    const refused = await refusalOfKey({ ...board.deps, authenticate: board.authenticate }, req, key)
    if (refused !== null) {
      if (refused instanceof RateLimited) res.setHeader('Retry-After', String(refused.retryAfterS))
      return sendPage({ board, req, res }, null, signInPage(next, refused, PROBLEMS[refused.code].status))
    }
    await board.sessions.begin(req, res, key, isSecure({ board, req }))
    res.redirect(303, next)
  }
}

export function signOut(board: Dashboard): RequestHandler {
  return async (req, res) => {
    await board.sessions.end(req, res, isSecure({ board, req }))
    res.redirect(303, '/app/sign-in')
  }
}

/**
 * A link in a mail or a chat comes from another site, where browsers keep our cookie back. So such a visitor is sent to
 * the same page once more, from here: with the cookie when there is one.
 */
export function askToSignIn(turn: Turn): void {
  const { req, res } = turn
  const isPage = req.method === 'GET' || req.method === 'HEAD'
  if (isPage && req.headers['sec-fetch-site'] === 'cross-site') {
    const again = html`<h1>One moment</h1><p><a href="${req.originalUrl}">Continue</a></p>`
    return sendPage(turn, null, show('One moment', again), 0)
  }
  const next = isPage ? localPath(req.originalUrl) : '/app'
  res.redirect(303, next === '/app' ? '/app/sign-in' : `/app/sign-in?next=${encodeURIComponent(next)}`)
}
