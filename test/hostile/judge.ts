/** What is wrong with an outcome; null when nothing is. */
import { Refusal } from '../../packages/server/src/entri/schemas.ts'
import { expectDescribed } from '../harness/described.ts'
import type { HostileRequest } from './requests.ts'
import { nameOf, type Target } from './surface.ts'
import type { Answer, Outcome } from './wire.ts'

/** What Node answers by itself to what is no HTTP, or too much of it, before anything of ours is asked. */
const REFUSED_BY_PARSER: readonly number[] = [400, 408, 413, 414, 417, 431]

export function complaintOf(target: Target, request: HostileRequest, outcome: Outcome): string | null {
  switch (outcome.kind) {
    case 'silence':
      return 'no answer'
    case 'closed':
      return isCutOff(request) ? null : 'the connection was closed without an answer'
    case 'answer':
      return complaintOfAnswer(target, request, outcome)
  }
}

/** More than fits into a socket at once. What is refused before it is read may be reset before the refusal is. */
const LARGE = 60_000

/** Whether a server may end the connection without a word. */
function isCutOff({ body }: HostileRequest): boolean {
  return body !== null && (body.framing !== 'length' || body.content.length > LARGE)
}

function complaintOfAnswer(target: Target, request: HostileRequest, answer: Answer): string | null {
  const { status, headers, body } = answer
  const said = `${status} ${body.slice(0, 500)}`
  if (!headers.has('x-request-id')) {
    return REFUSED_BY_PARSER.includes(status) ? null : `an answer that is not the application's: ${said}`
  }
  if (status >= 500 && !isDocumentedRefusal(target, request, status)) return said
  // Which methods a path has is a matter of all rows of that path.
  if (status === 405 && request.method !== target.method) return null
  const isSaid = target.manner === 'entri' ? isSaidInDialect(target, request, answer) : isDescribed(request, answer)
  return isSaid ? null : `an answer that is not described: ${said}`
}

/**
 * 503 where the route says so: it waits for others and the process stops, or is asked whether it is ready. 500 is
 * documented of nearly every route and is always a fault; 502 and 504 are never ours to answer.
 */
function isDocumentedRefusal({ method, statuses }: Target, request: HostileRequest, status: number): boolean {
  return status === 503 && request.method === method && statuses !== null && statuses.includes(status)
}

/** The native API tells its statuses and its bodies; the harness holds every answer of it to that. */
function isDescribed({ method, address }: HostileRequest, { status, headers, body, isWhole }: Answer): boolean {
  const isJson = /\bjson\b/.test(headers.get('content-type') ?? 'json')
  if (!isWhole || !isJson || headers.has('transfer-encoding') || isElsewhere(address)) return true
  try {
    expectDescribed(method, address, { status, body: body === '' ? undefined : JSON.parse(body) })
    return true
  } catch {
    return false
  }
}

/** The second dialect has one success and one form of refusals. */
function isSaidInDialect(target: Target, { method, address }: HostileRequest, { status, body }: Answer): boolean {
  const pattern = new RegExp(`^${target.path.replaceAll(/:\w+/g, '[^/]+')}$`)
  if (method !== target.method || !pattern.test(address.split('?', 1)[0] ?? '')) return true
  if (target.statuses?.includes(status) === false) return false
  return status === 200 || Refusal.safeParse(JSON.parse(body)).success
}

/** Whether the path is written so that which row of the table it is of cannot be read off it. */
function isElsewhere(address: string): boolean {
  const [path = ''] = address.split('?')
  return (
    !path.startsWith('/') ||
    /\/\/|\/\.|[;#%]|~$|^\/(?:app|monitor|token|metrics|openapi|docs|llms|badge|status)\b/.test(path)
  )
}

export function titleOf(target: Target): string {
  return `${target.manner} ${nameOf(target)}`
}
