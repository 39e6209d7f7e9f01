/**
 * Queries on the wire (RFC 1035 section 4, EDNS0 of RFC 6891), and whether a message answers one.
 *
 * A query is encoded once and finished by whoever sends it: the id, and the case of its letters, are set in place.
 */
import { Buffer } from 'node:buffer'
import {
  CLASS_IN,
  EDNS_PAYLOAD,
  FLAG_AD,
  FLAG_RD,
  HEADER_OCTETS,
  isResponse,
  read16,
  TYPE_OPT,
  write16,
} from './header.ts'
import { MAX_NAME_OCTETS, writeName } from './labels.ts'

/** The DO bit, in the third octet of the OPT record's TTL (RFC 3225). */
const FLAG_DO = 0x80

/** An OPT record without options. */
const OPT_OCTETS = 11

/** A query ready to be sent. Whoever sends it sets the id, and may vary the letters' case, in place. */
export interface Query {
  readonly wire: Uint8Array
  /** Offset after the question section, which begins at 12. */
  readonly questionEnd: number
}

export interface QueryOptions {
  /** False asks an authoritative server for what it holds itself. */
  readonly recursion: boolean
  readonly edns: boolean
  readonly dnssecOk?: boolean
}

/** Throws RangeError for a name that no message can hold. The id is 0. */
export function encodeQuery(name: string, type: number, options: QueryOptions): Query {
  const nameOctets = Math.min(name.length + 2, MAX_NAME_OCTETS + 1)
  // From Node's pool: memory of its own for each of so many short messages costs more than filling them.
  const wire = Buffer.allocUnsafe(HEADER_OCTETS + nameOctets + 4 + (options.edns ? OPT_OCTETS : 0)).fill(0)
  if (options.recursion) {
    wire[2] = FLAG_RD
    // AD in a query asks for AD in the answer without the signatures themselves (RFC 6840 section 5.7).
    wire[3] = FLAG_AD
  }
  wire[5] = 1
  let at = writeName(name, wire, HEADER_OCTETS)
  at = write16(wire, at, type)
  at = write16(wire, at, CLASS_IN)
  const questionEnd = at
  if (options.edns) {
    wire[11] = 1
    at = write16(wire, at + 1, TYPE_OPT)
    at = write16(wire, at, EDNS_PAYLOAD)
    if (options.dnssecOk === true) wire[at + 2] = FLAG_DO
    at += 6
  }
  return { wire: at === wire.length ? wire : wire.subarray(0, at), questionEnd }
}

export function setId(query: Query, id: number): void {
  write16(query.wire, 0, id)
}

/**
 * Gives every letter of the question a random case (the 0x20 trick): an answer has to repeat it, which is a few more
 * bits that a forger has to guess. `bits` gives 32 random bits a call.
 */
export function mixCase(query: Query, bits: () => number): void {
  let pool = 0
  let left = 0
  for (let at = HEADER_OCTETS; at < query.questionEnd - 4; at += 1) {
    const octet = query.wire[at] as number
    // Length octets are below the letters, so the name need not be taken apart.
    if (!isLetter(octet)) continue
    if (left === 0) {
      pool = bits()
      left = 32
    }
    query.wire[at] = (octet & ~0x20) | ((pool & 1) << 5)
    pool >>>= 1
    left -= 1
  }
}

/** Whether a message is a response to `query`, by everything but the id, under which the query was found. */
export function compareReply(query: Query, message: Uint8Array): 'same' | 'case_differs' | 'other' {
  if (!isResponse(message)) return 'other'
  const questions = read16(message, 4)
  // A server that could not read the query may answer with a bare header.
  if (questions === 0) return isErrorCode((message[3] as number) & 0x0f) ? 'same' : 'other'
  if (questions !== 1 || message.length < query.questionEnd) return 'other'
  let verdict: 'same' | 'case_differs' = 'same'
  for (let at = HEADER_OCTETS; at < query.questionEnd; at += 1) {
    const sent = query.wire[at] as number
    const got = message[at] as number
    if (sent === got) continue
    if ((sent ^ got) !== 0x20 || !isLetter(sent) || at >= query.questionEnd - 4) return 'other'
    verdict = 'case_differs'
  }
  return verdict
}

function isErrorCode(rcode: number): boolean {
  return rcode !== 0 && rcode !== 3
}

function isLetter(octet: number): boolean {
  const upper = octet & ~0x20
  return upper >= 0x41 && upper <= 0x5a
}
