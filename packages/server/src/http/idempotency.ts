/** `Idempotency-Key`: a POST that carries one happens once, however often it arrives. */
import { createHash } from 'node:crypto'
import { type Idempotency, type MarkedRequest, RadarError } from '@dnsradar/core'
import type { Request, Response } from 'express'
import { type Account, rawBodyOf } from './context.ts'
import { refusal } from './validate.ts'

const HEADER = 'Idempotency-Key'
const KEPT_MS = 86_400_000
/** Longer than any request runs outside a transaction; a process that dies leaves its mark taken for so long. */
const RUNNING_MS = 10 * 60_000

/** What a repeat is given again. */
export interface Answer {
  readonly status: number
  /** Undefined when there was no body. */
  readonly body: unknown
}

/** Null when the request carries no mark. Throws `invalid_field` for one that is none. */
export function readMark(req: Request, res: Response, account: Account): MarkedRequest | null {
  const mark = req.method === 'POST' ? req.get(HEADER) : undefined
  if (mark === undefined) return null
  if (!/^[\x21-\x7e]{1,255}$/.test(mark)) {
    const message = 'is not accepted; use 1 to 255 visible ASCII characters, such as a UUID'
    throw refusal('invalid_field', { [HEADER]: message })
  }
  const hash = createHash('sha256').update(`${req.method} ${req.originalUrl}\n`).update(rawBodyOf(res)).digest()
  return { orgId: account.organization.id, keyId: account.key.id, mark, hash }
}

/** The answer to repeat, or null when the request is the first and has to be carried out. */
export async function claimOrReplay(
  idempotency: Idempotency,
  mark: MarkedRequest,
  now: number,
): Promise<Answer | null> {
  const claim = await idempotency.claim(mark, now + RUNNING_MS)
  switch (claim.kind) {
    case 'new':
      return null
    case 'done':
      return JSON.parse(claim.response) as Answer
    case 'running':
      throw new RadarError('in_progress', `The first request with this ${HEADER} is still running; ask again shortly.`)
    case 'other':
      throw new RadarError(
        'idempotency_mismatch',
        `This ${HEADER} was used for another request within the last 24 hours; use a new one for each request.`,
      )
  }
}

export async function keepAnswer(
  idempotency: Idempotency,
  mark: MarkedRequest,
  answer: Answer,
  now: number,
): Promise<void> {
  await idempotency.complete(mark, JSON.stringify(answer), now + KEPT_MS)
}
