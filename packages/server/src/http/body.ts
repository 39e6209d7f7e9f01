/**
 * Request bodies: JSON, within limits, without the traps that JSON can carry.
 *
 * Read only once it is known who asks and that the route exists. What comes out is plain data whose texts can be
 * stored by every engine: no NUL, no lone surrogate, no member that is special to JavaScript, no abyss of brackets.
 */
import { RadarError } from '@dnsradar/core'
import express, { type RequestHandler, type Response } from 'express'
import { setRawBody } from './context.ts'
import { pathOf, refusal } from './validate.ts'

export const BODY_LIMIT = 256 * 1024
/** Where a body may hold a thousand objects. */
export const BULK_BODY_LIMIT = 12 * 1024 * 1024
const DEEPEST = 16

export const JSON_TYPES = ['application/json', 'application/*+json']

/** `limit` counts octets after decompression. */
export function readJson(limit: number): RequestHandler {
  return express.json({
    limit,
    strict: false,
    type: JSON_TYPES,
    verify: (_req, res, body) => setRawBody(res as Response, body),
  })
}

/** Throws for a body of another media type; a request without a body may say what it likes. */
export const requireJson: RequestHandler = (req, _res, next) => {
  const hasBody = req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0
  if (hasBody && !req.is(JSON_TYPES)) {
    const given = (req.headers['content-type'] ?? 'none').slice(0, 100)
    throw new RadarError(
      'unsupported_media_type',
      `The body has the content type ${given}; send JSON with Content-Type: application/json.`,
    )
  }
  next()
}

export function noBody(): RadarError {
  return new RadarError('invalid_body', 'There is no body; send a JSON object with Content-Type: application/json.')
}

/** Throws `invalid_body`, `invalid_field` or `unknown_field`, naming the place. */
export function checkPlain(value: unknown, path: readonly PropertyKey[] = []): void {
  if (typeof value === 'string') checkText(value, path)
  if (typeof value !== 'object' || value === null) return
  if (path.length >= DEEPEST) {
    throw new RadarError('invalid_body', `The body is nested deeper than ${DEEPEST} levels; nothing here needs that.`)
  }
  for (const key of Object.keys(value)) {
    const place = [...path, Array.isArray(value) ? Number(key) : key]
    if (key === '__proto__') throw refusal('unknown_field', { [pathOf(place)]: 'is not known here; leave it out' })
    checkText(key, place)
    checkPlain((value as Record<string, unknown>)[key], place)
  }
}

function checkText(text: string, path: readonly PropertyKey[]): void {
  if (isStorable(text)) return
  const place = pathOf(path).replaceAll(/\0|\p{Surrogate}/gu, '?')
  throw refusal('invalid_field', { [place]: 'holds a NUL or half of a surrogate pair; leave it out' })
}

/** No engine can store these, and no DNS name, url or label contains them. */
export function isStorable(text: string): boolean {
  return !text.includes('\0') && text.isWellFormed()
}
