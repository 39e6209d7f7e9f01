/** What travels with a request through Express: one typed place instead of loose properties. */
import type { ApiKey, Organization } from '@dnsradar/core'
import type { Response } from 'express'

/** Who asks. */
export interface Account {
  readonly organization: Organization
  readonly key: ApiKey
}

interface Locals {
  requestId?: string
  account?: Account
  rawBody?: Uint8Array
}

function locals(res: Response): Locals {
  return res.locals as Locals
}

export function requestIdOf(res: Response): string {
  return locals(res).requestId ?? ''
}

export function setRequestId(res: Response, id: string): void {
  locals(res).requestId = id
  res.setHeader('X-Request-Id', id)
}

export function accountOf(res: Response): Account | null {
  return locals(res).account ?? null
}

export function setAccount(res: Response, account: Account): void {
  locals(res).account = account
}

/** The body's octets, decompressed; none when there was no body. */
export function rawBodyOf(res: Response): Uint8Array {
  return locals(res).rawBody ?? new Uint8Array()
}

export function setRawBody(res: Response, body: Uint8Array): void {
  locals(res).rawBody = body
}
