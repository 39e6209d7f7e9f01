/**
 * What the DNS said about one question, as a value.
 *
 * A timeout is news, not a bug: everything that can happen to a query normally is a member of `Answer`.
 * NXDOMAIN and NODATA stay apart here although both mean NOT_FOUND to a monitor, because the reason shown differs.
 */
import type { RecordType } from '../record-types.ts'
import type { Rdata } from './rdata.ts'

export type { Rdata } from './rdata.ts'

/** One question. `name` is canonical: lower case, A-labels, no final dot (`dns/name.ts`). */
export interface Question {
  readonly name: string
  readonly type: RecordType
}

export type Transport = 'udp' | 'tcp' | 'tls' | 'https'
export type ServerRole = 'upstream' | 'authoritative'

/** Who answered and how: kept as evidence beside every answer. */
export interface Evidence {
  /** Address as people write it: `192.0.2.1`, `192.0.2.1:5353`, `https://…/dns-query`. */
  readonly server: string
  readonly role: ServerRole
  readonly transport: Transport
  /** Mnemonic (`NOERROR`, `NXDOMAIN`, …, `RCODE23`); null when no message arrived. */
  readonly rcode: string | null
  readonly aa: boolean
  readonly ad: boolean
  /** Smallest TTL of the RRset and of the aliases before it, in seconds; of a negative answer the SOA's. */
  readonly ttl: number | null
  /** The alias targets walked, in order; empty when the owner name itself held the RRset. */
  readonly chain: readonly string[]
  /** The zone that a negative answer speaks for and its serial number, when the server said so. */
  readonly soa: { readonly zone: string; readonly serial: number } | null
  /** Extended DNS error (RFC 8914), when the server sent one. */
  readonly ede: { readonly code: number; readonly text: string } | null
  readonly durationMs: number
}

/** Why an answer holds nothing that can be judged by value. */
export type FailureKind = 'servfail' | 'refused' | 'formerr' | 'notimp' | 'malformed' | 'illegal'

export type Answer =
  /** Records of the asked type: deduplicated by key, sorted by `text`. Never empty. */
  | { readonly kind: 'rrset'; readonly records: readonly Rdata[]; readonly evidence: Evidence }
  /** The name exists without this type. `flattened`: a CNAME was asked for, addresses are there instead. */
  | { readonly kind: 'nodata'; readonly flattened: boolean; readonly evidence: Evidence }
  | { readonly kind: 'nxdomain'; readonly evidence: Evidence }
  /** An alias that leads to no record of the asked type. */
  | { readonly kind: 'dangling_alias'; readonly evidence: Evidence }
  /** The server answered, but not with data: RCODE, broken packet, or data no zone may hold (two CNAMEs). */
  | { readonly kind: 'failure'; readonly why: FailureKind; readonly detail: string; readonly evidence: Evidence }
  /** Silence for the whole budget. */
  | { readonly kind: 'timeout'; readonly evidence: Evidence }
  /**
   * No server could be reached at all: says nothing about the zone, so a monitor's state stays. `ours`: we held the
   * query back ourselves (rate limit, stop), which says nothing about the server either.
   */
  | { readonly kind: 'unreachable'; readonly ours: boolean; readonly detail: string; readonly evidence: Evidence }
