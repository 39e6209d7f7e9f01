/** What went wrong with an attempt, told apart the way its owner would act on it. */
import type { ErrorClass } from '../delivery/delivery.ts'

/** A failure whose class is known where it happens. The message is shown to the webhook's owner. */
export class AttemptFailure extends Error {
  override readonly name = 'AttemptFailure'
  readonly errorClass: ErrorClass

  constructor(errorClass: ErrorClass, message: string) {
    super(message)
    this.errorClass = errorClass
  }
}

interface Rule {
  readonly codes: RegExp
  readonly errorClass: ErrorClass
  readonly words: string
}

/** First match wins. Codes of Node's sockets, resolver and TLS, and of undici. */
const RULES: readonly Rule[] = [
  {
    codes: /^(ENOTFOUND|EAI_\w+|ENODATA|ESERVFAIL|ETIMEOUT|EREFUSED|EBADNAME)$/,
    errorClass: 'dns',
    words: 'DNS resolution failed',
  },
  { codes: /^(ETIMEDOUT|UND_ERR_CONNECT_TIMEOUT)$/, errorClass: 'timeout', words: 'Connection timeout' },
  { codes: /^ECONNREFUSED$/, errorClass: 'refused', words: 'Connection refused' },
  {
    codes:
      /^(EHOSTUNREACH|ENETUNREACH|EHOSTDOWN|ENETDOWN|EADDRNOTAVAIL|EACCES|EPERM|EINVAL|UND_ERR_PRX_CONN|UND_ERR_SOCKS5)$/,
    errorClass: 'refused',
    words: 'Connection refused: the target cannot be reached',
  },
  {
    codes: /^(CERT_|ERR_TLS_|ERR_SSL_|DEPTH_|SELF_SIGNED_|UNABLE_TO_|EPROTO|UND_ERR_PRX_TLS)/,
    errorClass: 'tls',
    words: 'SSL certificate error',
  },
  {
    codes: /^(ECONNRESET|EPIPE|ECONNABORTED|UND_ERR_SOCKET)$/,
    errorClass: 'reset',
    words: 'Connection reset before the response was complete',
  },
  { codes: /^UND_ERR_ABORTED$/, errorClass: 'refused', words: 'Connection refused by the egress proxy' },
  { codes: /^UND_ERR_(INVALID_ARG|NOT_SUPPORTED)$/, errorClass: 'protocol', words: 'The request could not be sent' },
]

export function describeFailure(error: unknown): { readonly errorClass: ErrorClass; readonly errorMessage: string } {
  if (error instanceof AttemptFailure) return { errorClass: error.errorClass, errorMessage: error.message }
  // Node bundles the failures of several addresses; the first was the preferred one.
  if (error instanceof AggregateError && error.errors.length > 0) return describeFailure(error.errors[0])
  const code = codeOf(error)
  const rule = RULES.find(({ codes }) => codes.test(code))
  if (rule !== undefined) return { errorClass: rule.errorClass, errorMessage: `${rule.words} (${code})` }
  return { errorClass: 'protocol', errorMessage: `The response is not valid HTTP (${code})` }
}

export function codeOf(error: unknown): string {
  if (typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string')
    return error.code
  return error instanceof Error ? error.name : 'unknown'
}
