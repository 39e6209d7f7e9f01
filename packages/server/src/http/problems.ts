/** Refusals on the wire: the one table from error code to status, and the RFC 9457 body. */
import type { Problem } from '@dnsradar/client'
import type { ErrorCode, FieldErrors } from '@dnsradar/core'

export const PROBLEMS: Readonly<Record<ErrorCode, { readonly status: number; readonly title: string }>> = {
  invalid_body: { status: 400, title: 'The body cannot be read' },
  invalid_field: { status: 400, title: 'A field is not acceptable' },
  unknown_field: { status: 400, title: 'A field is not known' },
  invalid_query: { status: 400, title: 'A query parameter is not acceptable' },
  invalid_cursor: { status: 400, title: 'The cursor is not acceptable' },
  invalid_expectation: { status: 400, title: 'The expectation can never be met' },
  blocked_target: { status: 400, title: 'The target is not allowed' },
  blocked_header: { status: 400, title: 'A header is not allowed' },
  no_key: { status: 401, title: 'An API key is needed' },
  unknown_key: { status: 401, title: 'The API key is not known' },
  expired_key: { status: 401, title: 'The API key has expired' },
  plan_monitors: { status: 402, title: 'The plan allows no more monitors' },
  plan_frequency: { status: 402, title: 'The plan allows no such frequency' },
  missing_scope: { status: 403, title: 'The API key lacks a scope' },
  not_found: { status: 404, title: 'There is no such thing' },
  method_not_allowed: { status: 405, title: 'The method is not allowed here' },
  conflict: { status: 409, title: 'The request conflicts with what exists' },
  group_not_empty: { status: 409, title: 'The group is not empty' },
  group_webhook_limit: { status: 409, title: 'The group has all the webhooks it may have' },
  subscription_limit: { status: 409, title: 'There are all the subscriptions there may be' },
  monitor_disabled: { status: 409, title: 'The monitor is disabled' },
  webhook_disabled: { status: 409, title: 'The webhook is disabled' },
  not_head: { status: 409, title: 'The request is not the head of its queue' },
  in_progress: { status: 409, title: 'The same request is still running' },
  external_id_taken: { status: 409, title: 'The external id is taken' },
  body_too_large: { status: 413, title: 'The body is too large' },
  unsupported_media_type: { status: 415, title: 'The body has another media type' },
  idempotency_mismatch: { status: 422, title: 'The idempotency key was used for another request' },
  rate_limited: { status: 429, title: 'Too many requests' },
  internal: { status: 500, title: 'Something is broken here' },
  not_ready: { status: 503, title: 'Not ready' },
}

/** `path` without its query: a query may hold what should not be repeated. */
export function problem(
  code: ErrorCode,
  detail: string,
  at: { readonly path: string; readonly requestId: string },
  fields?: FieldErrors,
): Problem {
  const { status, title } = PROBLEMS[code]
  return {
    type: `urn:dnsradar:problem:${code}`,
    title,
    status,
    detail,
    instance: at.path,
    code,
    request_id: at.requestId,
    ...(fields === undefined ? {} : { errors: fields }),
  }
}
