/**
 * What a response says about one question, as an `Answer`.
 *
 * Aliases are walked from the owner name inside the answer section (RFC 1034 section 3.6.2), in whatever order a
 * server put them; the CNAMEs that servers make from a DNAME are aliases like any other. When CNAME itself is the
 * question only the first hop counts.
 */
import { decodeRdata, MalformedRdata, typeCode } from '../record-types.ts'
import type { Answer, Evidence, FailureKind, Question, ServerRole, Transport } from './answer.ts'
import { MalformedMessage, readName } from './labels.ts'
import { type AnswerRecord, decodeMessage, type Message } from './message.ts'
import { describeRcode, failureOf, NOERROR, NXDOMAIN, rcodeName } from './rcode.ts'
import type { Rdata } from './rdata.ts'

/** How the response came: what the message itself cannot tell. */
export interface Provenance {
  readonly server: string
  readonly role: ServerRole
  readonly transport: Transport
  readonly durationMs: number
}

/** Resolvers give up on longer chains themselves; this bounds the walk through a hostile one. */
const MAX_ALIASES = 32

/**
 * Never throws on what `message` holds. `flattened` is always false here: one response cannot tell, so the resolver
 * asks a second question.
 */
export function interpret(question: Question, message: Uint8Array, via: Provenance): Answer {
  let decoded: Message | null = null
  try {
    decoded = decodeMessage(message)
    return judge(question, message, decoded, via)
  } catch (error) {
    if (!(error instanceof MalformedMessage || error instanceof MalformedRdata)) throw error
    return failure('malformed', `The response is malformed: ${error.message}.`, evidenceOf(decoded, via, null, []))
  }
}

/** Evidence of an answer for which no readable message arrived. */
export function noMessage(via: Provenance): Evidence {
  return evidenceOf(null, via, null, [])
}

function judge(question: Question, message: Uint8Array, decoded: Message, via: Provenance): Answer {
  const { rcode } = decoded
  if (rcode !== NOERROR && rcode !== NXDOMAIN) {
    return failure(
      failureOf(rcode),
      `The server answered ${describeRcode(rcode, decoded.ede)}.`,
      evidenceOf(decoded, via, null, []),
    )
  }
  if (decoded.tc) throw new MalformedMessage('it is marked as truncated where it cannot be')

  const found = findRecords(question, message, decoded.answers)
  const { chain } = found
  if (found.conflict !== null) return failure('illegal', found.conflict, evidenceOf(decoded, via, found.ttl, chain))
  if (found.records.length > 0) {
    return { kind: 'rrset', records: sortedSet(found.records), evidence: evidenceOf(decoded, via, found.ttl, chain) }
  }

  const evidence = evidenceOf(decoded, via, smaller(found.ttl, decoded.negativeTtl), chain)
  if (chain.length > 0) return { kind: 'dangling_alias', evidence }
  if (rcode === NXDOMAIN) return { kind: 'nxdomain', evidence }
  // Taken for NODATA, the referral of a server that does not resolve for us would be news of a deleted record.
  if (decoded.delegates && !decoded.aa) {
    return failure('refused', 'The server answered with a referral to other servers instead of an answer.', evidence)
  }
  return { kind: 'nodata', flattened: false, evidence }
}

interface Found {
  readonly records: readonly Rdata[]
  readonly chain: readonly string[]
  /** Smallest TTL on the way; null when there was nothing on it. */
  readonly ttl: number | null
  /** What no zone may hold, in words. */
  readonly conflict: string | null
}

function findRecords(question: Question, message: Uint8Array, answers: readonly AnswerRecord[]): Found {
  const asked = typeCode(question.type)
  const cname = typeCode('CNAME')
  const chain: string[] = []
  let ttl: number | null = null
  let owner = question.name === '.' ? '' : question.name
  while (asked !== cname) {
    const aliases = answers.filter((record) => record.type === cname && record.owner === owner)
    const [first] = aliases
    if (first === undefined) break
    const target = aliasTarget(message, first)
    for (const alias of aliases) {
      if (aliasTarget(message, alias) !== target) return { records: [], chain, ttl, conflict: twoAliases(owner) }
      ttl = smaller(ttl, alias.ttl)
    }
    // A loop or an endless chain leads to no record, like an alias to nothing.
    const endless = chain.includes(target) || target === question.name || chain.length === MAX_ALIASES
    chain.push(target === '' ? '.' : target)
    if (endless) return { records: [], chain, ttl, conflict: null }
    owner = target
  }

  const records: Rdata[] = []
  for (const record of answers) {
    if (record.type !== asked || record.owner !== owner) continue
    records.push(decodeRdata(question.type, message, record.start, record.end))
    ttl = smaller(ttl, record.ttl)
  }
  const several = asked === cname && records.some((record) => record.key !== records[0]?.key)
  return { records: several ? [] : records, chain, ttl, conflict: several ? twoAliases(owner) : null }
}

function aliasTarget(message: Uint8Array, record: AnswerRecord): string {
  const { name, next } = readName(message, record.start)
  if (next !== record.end) throw new MalformedMessage('a CNAME record of the wrong length')
  return name.toLowerCase()
}

function twoAliases(owner: string): string {
  return `${JSON.stringify(owner)} has two different CNAME records, which no zone may hold (RFC 2181 section 10.1).`
}

/** Order, duplicates and the server's rotation never count. */
function sortedSet(records: readonly Rdata[]): readonly Rdata[] {
  const order = (a: Rdata, b: Rdata): number => compare(a.text, b.text) || compare(a.key, b.key)
  // As most servers send them.
  if (records.every((record, at) => at === 0 || order(records[at - 1] as Rdata, record) < 0)) return records
  const sorted = records.toSorted(order)
  return sorted.filter((record, at) => record.key !== sorted[at - 1]?.key)
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function smaller(a: number | null, b: number | null): number | null {
  if (a === null) return b
  return b === null ? a : Math.min(a, b)
}

function failure(why: FailureKind, detail: string, evidence: Evidence): Answer {
  return { kind: 'failure', why, detail, evidence }
}

function evidenceOf(decoded: Message | null, via: Provenance, ttl: number | null, chain: readonly string[]): Evidence {
  return {
    server: via.server,
    role: via.role,
    transport: via.transport,
    rcode: decoded === null ? null : rcodeName(decoded.rcode),
    aa: decoded?.aa ?? false,
    ad: decoded?.ad ?? false,
    ttl,
    chain,
    soa: decoded?.soa ?? null,
    ede: decoded?.ede ?? null,
    durationMs: via.durationMs,
  }
}
