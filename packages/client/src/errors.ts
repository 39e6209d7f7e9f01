/** What a call can fail with, apart from the transport's own errors. */
import { PROBLEM_CODES, type Problem, type ProblemCode } from './contract.ts'

/** The server refused, or answered with something that is not an answer of this API (`unexpected_response`). */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  readonly code: ProblemCode | 'unexpected_response'
  /** From field path (`monitors[3].domain`) to what is wrong there; empty unless input was refused. */
  readonly fields: Readonly<Record<string, string>>
  /** Names this request in the server's log; null when the answer did not come from the server itself. */
  readonly requestId: string | null
  /** Milliseconds that the server asked to wait, or null. */
  readonly retryAfterMs: number | null

  constructor(
    message: string,
    details: Pick<ApiError, 'status' | 'code'> & Partial<Pick<ApiError, 'fields' | 'requestId' | 'retryAfterMs'>>,
  ) {
    super(message)
    this.status = details.status
    this.code = details.code
    this.fields = details.fields ?? {}
    this.requestId = details.requestId ?? null
    this.retryAfterMs = details.retryAfterMs ?? null
  }
}

export function errorFrom(status: number, body: unknown, retryAfterMs: number | null): ApiError {
  if (!isProblem(body)) {
    return new ApiError(`The answer (status ${status}) is not one of this API: is the address right?`, {
      status,
      code: 'unexpected_response',
      retryAfterMs,
    })
  }
  return new ApiError(body.detail, {
    status,
    code: body.code,
    fields: body.errors ?? {},
    requestId: body.request_id,
    retryAfterMs,
  })
}

const CODES: ReadonlySet<unknown> = new Set(PROBLEM_CODES)

function isProblem(body: unknown): body is Problem {
  return (
    typeof body === 'object' &&
    body !== null &&
    'code' in body &&
    CODES.has(body.code) &&
    'detail' in body &&
    typeof body.detail === 'string'
  )
}
