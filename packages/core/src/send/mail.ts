/**
 * One attempt to hand a mail to the operator's mail server. That server was named by the operator, so it is not guarded;
 * who gets the mail is what the webhook's `mailto:` url says and nobody else.
 */
import MailComposer from 'nodemailer/lib/mail-composer'
import { NO_PHASES, type Outcome } from '../delivery/delivery.ts'
import { type MailText, readMailto } from '../delivery/formats/email.ts'
import type { HttpRequest } from '../delivery/request.ts'
import type { Sender } from '../ports/send.ts'
import { startDeadline } from './deadline.ts'
import { AttemptFailure, codeOf, describeFailure } from './failure.ts'
import { type Mail, openSmtp, type SmtpAnswer } from './smtp.ts'

export interface MailOptions {
  /** `smtp://user:password@host:port` or `smtps://…`. */
  readonly smtpUrl: string
  /** `dnsradar@example.com` or `DNSRadar <dnsradar@example.com>`. */
  readonly from: string
  /** Whether outcomes carry what the mail server answered. */
  readonly keepResponses: boolean
}

export function createMailSender({ smtpUrl, from, keepResponses }: MailOptions): Sender {
  const smtp = openSmtp(smtpUrl)
  return {
    async send(request, signal) {
      const started = performance.now()
      const deadline = startDeadline(request.timeoutMs, () => 'with the mail server', signal)
      try {
        const answer = await smtp.send(await mailOf(request, from), deadline.signal)
        return accepted(keepResponses ? answer : null, started)
      } catch (error) {
        return failed(deadline.signal.aborted ? deadline.signal.reason : error, keepResponses, started)
      } finally {
        deadline.clear()
      }
    },
    async [Symbol.asyncDispose]() {
      smtp.close()
    },
  }
}

/** The bare address of `Name <address>`. */
export function addressOf(from: string): string {
  return /<([^<>]+)>\s*$/.exec(from)?.[1] ?? from
}

async function mailOf(request: HttpRequest, from: string): Promise<Mail> {
  const to = readMailto(request.url)
  if (to === null) throw new AttemptFailure('blocked_target', 'The url is not mailto: and addresses')
  const sender = addressOf(from)
  const composer = new MailComposer({
    from,
    to: to.map((address) => ({ name: '', address })),
    ...textOf(request.body),
    messageId: `<${headerOf(request, 'webhook-id')}@${sender.slice(sender.lastIndexOf('@') + 1)}>`,
    headers: { ...Object.fromEntries(request.headers), 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  return { from: sender, to, message: await composer.compile().build() }
}

/** What waited since the webhook had another format is sent as it was written. */
function textOf(body: string): MailText {
  try {
    const { subject, text } = JSON.parse(body)
    if (typeof subject === 'string' && typeof text === 'string') return { subject, text }
  } catch {
    // A body of the caller's own need not be JSON.
  }
  return { subject: '[DNSRadar]', text: body }
}

function headerOf({ headers }: HttpRequest, wanted: string): string {
  return headers.find(([name]) => name.toLowerCase() === wanted)?.[1] ?? ''
}

const ACCEPTED = 250
const MAX_ANSWER = 4000

function accepted(answer: SmtpAnswer | null, started: number): Outcome {
  const refused = answer === null || answer.rejected.length === 0 ? '' : ` (refused: ${answer.rejected.join(', ')})`
  return {
    kind: 'accepted',
    statusCode: ACCEPTED,
    responseBody: answer === null ? '' : cut(`${answer.response}${refused}`),
    ip: null,
    phases: NO_PHASES,
    durationMs: Math.round(performance.now() - started),
  }
}

function failed(error: unknown, keepResponses: boolean, started: number): Outcome {
  const { responseCode, response } = replyOf(error)
  return {
    kind: 'failed',
    ...(responseCode === null
      ? describeMailFailure(error)
      : { errorClass: 'refused', errorMessage: `The mail server answered ${responseCode}` }),
    statusCode: responseCode,
    responseBody: keepResponses && response !== null ? cut(response) : null,
    retryAfterMs: null,
    ip: null,
    phases: NO_PHASES,
    durationMs: Math.round(performance.now() - started),
  }
}

/** What the server said, when it was the server that refused. */
function replyOf(error: unknown): { readonly responseCode: number | null; readonly response: string | null } {
  const { responseCode, response } = Object(error) as { responseCode?: unknown; response?: unknown }
  return typeof responseCode === 'number' && responseCode >= 400
    ? { responseCode, response: typeof response === 'string' ? response : null }
    : { responseCode: null, response: null }
}

/** By nodemailer's codes; of its socket errors by the one underneath. */
function describeMailFailure(
  error: unknown,
): Pick<Extract<Outcome, { kind: 'failed' }>, 'errorClass' | 'errorMessage'> {
  if (error instanceof AttemptFailure) return describeFailure(error)
  const { originalCode } = Object(error) as { originalCode?: unknown }
  const code = codeOf(error)
  switch (code) {
    case 'ESOCKET':
      return describeFailure({ code: typeof originalCode === 'string' ? originalCode : code })
    case 'EDNS':
      return { errorClass: 'dns', errorMessage: 'DNS resolution of the mail server failed' }
    case 'ETLS':
      return { errorClass: 'tls', errorMessage: 'TLS with the mail server failed' }
    case 'ETIMEDOUT':
      return { errorClass: 'timeout', errorMessage: 'Connection timeout with the mail server' }
    case 'ECONNECTION':
      return { errorClass: 'reset', errorMessage: 'The mail server closed the connection' }
    default:
      return { errorClass: 'protocol', errorMessage: `The mail could not be sent (${code})` }
  }
}

function cut(text: string): string {
  return text.slice(0, MAX_ANSWER).toWellFormed()
}
