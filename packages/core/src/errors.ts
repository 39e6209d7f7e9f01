/**
 * Refusals: what a caller asked for and will not get.
 *
 * An outcome that the product reports (a DNS timeout, a 500 from a receiver) is a value in a union and never
 * one of these; a broken assumption is a plain Error. `code` is public API, `message` is prose for people,
 * `fields` names each faulty input. None of the three ever holds a secret.
 */
export type ErrorCode =
  | 'invalid_body'
  | 'invalid_field'
  | 'unknown_field'
  | 'invalid_query'
  | 'invalid_cursor'
  | 'invalid_expectation'
  | 'blocked_target'
  | 'blocked_header'
  | 'no_key'
  | 'unknown_key'
  | 'expired_key'
  | 'plan_monitors'
  | 'plan_frequency'
  | 'missing_scope'
  | 'not_found'
  | 'method_not_allowed'
  | 'body_too_large'
  | 'unsupported_media_type'
  | 'conflict'
  | 'group_not_empty'
  | 'group_webhook_limit'
  | 'subscription_limit'
  | 'monitor_disabled'
  | 'webhook_disabled'
  | 'not_head'
  | 'in_progress'
  | 'external_id_taken'
  | 'idempotency_mismatch'
  | 'rate_limited'
  | 'internal'
  | 'not_ready'

/** From field path (`monitors[3].domain`) to what is wrong there and what is accepted. */
export type FieldErrors = Readonly<Record<string, string>>

export class RadarError extends Error {
  override readonly name = 'RadarError'
  readonly code: ErrorCode
  readonly fields: FieldErrors | undefined

  constructor(code: ErrorCode, message: string, fields?: FieldErrors) {
    super(message)
    this.code = code
    this.fields = fields
  }
}

/** `invalid_field`, with a sentence that can stand alone and beside the field. */
export function badField(field: string, message: string): RadarError {
  return new RadarError('invalid_field', message, { [field]: message })
}

/** The same answer whether the object never existed or belongs to somebody else. */
export function notFound(what: string, id: string): RadarError {
  return new RadarError('not_found', `There is no ${what} ${JSON.stringify(id.slice(0, 100))}.`)
}
