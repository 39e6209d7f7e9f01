/** Sends each request over what its url is for: a mail server for `mailto:`, HTTP for everything else. */
import { NO_PHASES, type Outcome } from '../delivery/delivery.ts'
import type { Sender } from '../ports/send.ts'

/** `mail` is null where the operator named no mail server. Closing it closes both. */
export function createDispatch({ http, mail }: { readonly http: Sender; readonly mail: Sender | null }): Sender {
  return {
    async send(request, signal) {
      if (!request.url.startsWith('mailto:')) return http.send(request, signal)
      return mail === null ? NO_MAIL : mail.send(request, signal)
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([http[Symbol.asyncDispose](), mail?.[Symbol.asyncDispose]()])
    },
  }
}

/** A webhook may outlive the setting it was made under. */
const NO_MAIL: Outcome = {
  kind: 'failed',
  errorClass: 'blocked_target',
  errorMessage: 'No mail can be sent here; the operator has to set DNSRADAR_SMTP_URL',
  statusCode: null,
  responseBody: null,
  retryAfterMs: null,
  ip: null,
  phases: NO_PHASES,
  durationMs: 0,
}
