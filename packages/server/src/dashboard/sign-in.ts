/** What signing in takes: the form, a key that is good, and a page of ours to go on to. */
import { type Clock, RadarError, type RateLimits } from '@dnsradar/core'
import type { Request } from 'express'
import { type Authenticate, networkOf } from '../http/auth.ts'
import { MINUTE_MS, refuseExcess, spend } from '../http/limits.ts'
import { type Html, html } from './html.ts'
import { show, type Shown } from './page.ts'

/** More than a person needs who has forgotten which key it was. */
const TRIES_PER_MINUTE = 20

export interface SignInDeps {
  readonly authenticate: Authenticate
  readonly rateLimits: RateLimits
  readonly clock: Clock
}

/** Null when the key is good, else what to say about it. */
export async function refusalOfKey(deps: SignInDeps, req: Request, key: string): Promise<RadarError | null> {
  try {
    await refuseGuessing(deps, req.ip ?? '')
    await deps.authenticate({ headers: { 'x-api-key': key }, ip: req.ip })
    return null
  } catch (error) {
    if (error instanceof RadarError) return error
    throw error
  }
}

/** Not switched off with the API's own limit: what is tried here, a person tries. */
async function refuseGuessing({ rateLimits, clock }: SignInDeps, ip: string): Promise<void> {
  const allowance = { limit: TRIES_PER_MINUTE, windowMs: MINUTE_MS }
  refuseExcess(await spend(rateLimits, clock, `sign-in ${networkOf(ip)}`, allowance), 'attempts to sign in')
}

/** `next`: where to go afterwards. A key that was typed is never shown again. */
export function signInPage(next: string, problem: RadarError | null, status = 200): Shown {
  return show('Sign in', signInForm(next, problem), { status })
}

function signInForm(next: string, problem: RadarError | null): Html {
  return html`<div class="narrow">
<h1>Sign in</h1>
${problem !== null && html`<div class="problem" role="alert"><p id="key-error">${sayFor(problem)}</p></div>`}
<form method="post" action="/app/sign-in">
<input type="hidden" name="next" value="${next}">
<div class="field"><label for="key">API key</label>
<input id="key" name="key" type="password" required autocomplete="current-password" autofocus aria-describedby="key-hint">
<p class="hint" id="key-hint">The first start of the server printed one. Another is made by <code>dnsradar keys create</code>.</p></div>
<button class="primary">Sign in</button>
</form>
</div>`
}

function sayFor(problem: RadarError): string {
  switch (problem.code) {
    case 'no_key':
      return 'Type or paste an API key; it begins with sk_ unless the operator chose another.'
    case 'unknown_key':
      return 'The API key is not known here. Was it copied whole, and is it of this server?'
    case 'expired_key':
      return 'The API key has expired. Ask an admin for another one.'
    default:
      return problem.message
  }
}

/** Only pages of ours: `//host` and `/\host` would lead elsewhere. */
export function localPath(given: string): string {
  return /^\/app(?:[/?#]|$)/.test(given) && !/[\\\u0000-\u001f]/.test(given) ? given : '/app'
}
