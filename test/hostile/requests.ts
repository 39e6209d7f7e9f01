/**
 * Hostile requests to a route. Mostly one part of them is bad and the others are good, so that what is behind the door,
 * behind validation and behind a look-up is reached.
 */
import fc from 'fast-check'
import { goodAddress, hostileAddress } from './addresses.ts'
import { type Body, goodBody, hostileBody, octetsOf } from './bodies.ts'
import type { Fields } from './forms.ts'
import { goodHeaders, type Header, hostileHeaders } from './headers.ts'
import { fill, type Known } from './placeholders.ts'
import type { Target } from './surface.ts'

export interface HostileRequest {
  readonly method: string
  /** Path and query as they are sent, but for placeholders. */
  readonly address: string
  readonly headers: readonly Header[]
  readonly body: Body | null
}

/** `CONNECT` is not among them: a server that is no proxy ends the connection without a word. */
const OTHER_METHODS = [
  'GET',
  'HEAD',
  'OPTIONS',
  'POST',
  'PUT',
  'PATCH',
  'DELETE',
  'TRACE',
  'PROPFIND',
  'QUERY',
  'get',
  'X Y',
  'NONE',
]

export function requestsTo(target: Target, fields: Fields): fc.Arbitrary<HostileRequest> {
  const good = {
    method: fc.constant(target.method),
    address: goodAddress(target),
    headers: goodHeaders(target.manner),
    body: goodBody(target, fields),
  }
  const hostile = {
    method: fc.constantFrom(...OTHER_METHODS),
    address: hostileAddress(target),
    headers: hostileHeaders(target.manner),
    body: hostileBody(target, fields),
  }
  const takesBody = target.body !== null || fields.size > 0
  const { address, headers, body } = hostile
  return fc
    .oneof(
      { weight: 3, arbitrary: fc.record(good) },
      { weight: takesBody ? 9 : 1, arbitrary: fc.record({ ...good, body }) },
      { weight: 6, arbitrary: fc.record({ ...good, address }) },
      { weight: 4, arbitrary: fc.record({ ...good, headers }) },
      { weight: 2, arbitrary: fc.record({ ...good, address, headers, body }) },
      { weight: 1, arbitrary: fc.record(hostile) },
    )
    .map((request) => ({ ...request, [fc.toStringMethod]: () => shown(request) }))
}

export interface Written {
  readonly octets: Buffer
  /** The sender says that there is more, and goes. */
  readonly hangsUp: boolean
}

export function written(request: HostileRequest, known: Known): Written {
  const { method, address, headers, body } = request
  const octets = body === null ? Buffer.alloc(0) : octetsOf(body, known)
  const all = [...ownHeaders(headers, known), ...headers, ...bodyHeaders(body, octets.length)]
  const head = [`${method} ${address} HTTP/1.1`, ...all.map(([name, value]) => `${name}: ${value}`), '', ''].join(
    '\r\n',
  )
  // Node reads header values as Latin-1; whatever has no place there is sent in UTF-8, as careless clients do.
  const framed = body?.framing === 'chunked' || body?.framing === 'both' ? chunked(octets) : octets
  return { octets: Buffer.concat([Buffer.from(fill(head, known)), framed]), hangsUp: body?.framing === 'long' }
}

/** The answer ends with the connection, whatever else is said of that. */
function ownHeaders(given: readonly Header[], known: Known): readonly Header[] {
  const namesHost = given.some(([name]) => name === 'Host')
  return [...(namesHost ? [] : [['Host', known.host] as const]), ['Connection', 'close']]
}

function bodyHeaders(body: Body | null, length: number): readonly Header[] {
  if (body === null) return []
  const said = { length, both: length, short: Math.floor(length / 2), long: length + 10 } as const
  const { type, encoding, framing } = body
  return [
    ...(type === null ? [] : [['Content-Type', type] as const]),
    ...(encoding === null ? [] : [['Content-Encoding', encoding] as const]),
    ...(framing in said ? [['Content-Length', String(said[framing as keyof typeof said])] as const] : []),
    ...(framing === 'chunked' || framing === 'both' ? [['Transfer-Encoding', 'chunked'] as const] : []),
  ]
}

function chunked(octets: Buffer): Buffer {
  const size = Buffer.from(`${octets.length.toString(16)}\r\n`)
  const end = Buffer.from('0\r\n\r\n')
  return octets.length === 0 ? end : Buffer.concat([size, octets, Buffer.from('\r\n'), end])
}

const LONGEST_SHOWN = 1000

/** For people who look for what went wrong: whole where it is short. */
export function shown({ method, address, headers, body }: HostileRequest): string {
  const content = body === null ? null : typeof body.content === 'string' ? body.content : [...body.content]
  return JSON.stringify({ method, address, headers, body: body === null ? null : { ...body, content } }).slice(
    0,
    LONGEST_SHOWN,
  )
}
