/**
 * One name server or resolver: a question in, an `Answer` out.
 *
 * What a single server makes necessary is settled here, so that whoever chooses between servers need not know of it:
 * its rate, TCP when an answer does not fit a datagram, a query without EDNS for servers that do not know it, and the
 * second question that tells a flattened alias from a missing one.
 */
import { setTimeout } from 'node:timers/promises'
import type { Answer, Evidence, Question, ServerRole, Transport } from '../dns/answer.ts'
import { isTruncated, rejectsEdns } from '../dns/header.ts'
import { interpret, noMessage } from '../dns/interpret.ts'
import { encodeQuery, type Query } from '../dns/query.ts'
import type { Clock } from '../ports/clock.ts'
import { typeCode } from '../record-types.ts'
import type { Carrier, Patience, Reply } from './carrier.ts'
import type { Entropy } from './entropy.ts'
import { createHttps } from './https.ts'
import type { RateLimit } from './rate.ts'
import { createTcp, createTls } from './stream.ts'
import { createUdp } from './udp.ts'
import type { Upstream } from './upstream.ts'

export interface ServerDeps {
  readonly clock: Clock
  readonly entropy: Entropy
  readonly limit: RateLimit
  /** PEM certificates to trust for `tls` and `https`; null for the public ones. */
  readonly ca: string | null
  /** Authoritative servers are asked for what they hold themselves. */
  readonly role: ServerRole
}

/** How to ask: over the server's own transport, or over the connection that a UDP server also has. */
export type Lane = 'usual' | 'tcp'

export interface Server extends AsyncDisposable {
  readonly name: string
  /** Of the usual lane. */
  readonly transport: Transport
  /** Never rejects. */
  ask(question: Question, lane: Lane, patience: Patience): Promise<Answer>
}

export function openServer(upstream: Upstream, deps: ServerDeps): Server {
  const carriers = openCarriers(upstream, deps)
  const { clock, limit, role } = deps
  const name = upstream.text

  function askInTurn(question: Question, lane: Lane, patience: Patience): Promise<Answer> {
    const carrier = lane === 'tcp' ? carriers.tcp : carriers.usual
    const now = clock.monotonic()
    const wait = limit.reserve(now, Math.min(patience.shareMs, patience.until - now))
    if (wait === 0) return exchange(question, carrier, patience)
    if (wait !== null) return setTimeout(wait).then(() => exchange(question, carrier, patience))
    const detail = `The rate limit for ${name} leaves no room for this query in time.`
    return Promise.resolve({ kind: 'unreachable', ours: true, detail, evidence: evidence(carriers.usual.transport, 0) })
  }

  async function askForAlias(question: Question, lane: Lane, patience: Patience): Promise<Answer> {
    const answer = await askInTurn(question, lane, patience)
    if (answer.kind !== 'nodata') return answer
    const addresses = await askInTurn({ name: question.name, type: 'A' }, lane, patience)
    const flattened = addresses.kind === 'rrset' && addresses.evidence.chain.length === 0
    return flattened ? { ...answer, flattened } : answer
  }

  async function exchange(question: Question, first: Carrier, patience: Patience): Promise<Answer> {
    const started = clock.monotonic()
    const type = typeCode(question.type)
    let carrier = first
    let edns = true
    for (;;) {
      const query = tryEncode(question.name, type, edns)
      if (query === null) return unaskable(question, carrier.transport)
      const reply = await carrier.exchange(query, patience)
      const durationMs = clock.monotonic() - started
      if (reply.kind !== 'message') {
        return withoutMessage(reply, carrier !== first, evidence(carrier.transport, durationMs))
      }
      const { message } = reply
      if (carrier.transport === 'udp' && isTruncated(message)) {
        carrier = carriers.tcp
      } else if (edns && rejectsEdns(message)) {
        edns = false
      } else {
        return interpret(question, message, provenance(carrier.transport, durationMs))
      }
    }
  }

  function tryEncode(owner: string, type: number, edns: boolean): Query | null {
    try {
      return encodeQuery(owner, type, { recursion: role === 'upstream', edns })
    } catch {
      return null
    }
  }

  function unaskable(question: Question, transport: Transport): Answer {
    const detail = `${JSON.stringify(question.name.slice(0, 300))} cannot be asked for: it is no name that DNS can carry.`
    return { kind: 'failure', why: 'illegal', detail, evidence: evidence(transport, 0) }
  }

  function withoutMessage(
    reply: Exclude<Reply, { kind: 'message' }>,
    afterTruncation: boolean,
    seen: Evidence,
  ): Answer {
    if (reply.kind === 'silence') return { kind: 'timeout', evidence: seen }
    // The server did answer over UDP, with the start of something: it is there, but its answer cannot be had.
    if (reply.kind === 'garbled' || afterTruncation) {
      const over = afterTruncation ? 'The answer was cut off over UDP, and over TCP' : 'Asked for this name,'
      return { kind: 'failure', why: 'malformed', detail: `${over} ${reply.detail}.`, evidence: seen }
    }
    const ours = reply.kind === 'unreachable' && reply.ours
    return { kind: 'unreachable', ours, detail: `${name} cannot be reached: ${reply.detail}.`, evidence: seen }
  }

  function provenance(transport: Transport, durationMs: number) {
    return { server: name, role, transport, durationMs: Math.round(durationMs) }
  }

  function evidence(transport: Transport, durationMs: number): Evidence {
    return noMessage(provenance(transport, durationMs))
  }

  return {
    name,
    transport: carriers.usual.transport,
    ask(question, lane, patience) {
      return question.type === 'CNAME' ? askForAlias(question, lane, patience) : askInTurn(question, lane, patience)
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(Object.values(carriers).map((carrier) => carrier[Symbol.asyncDispose]()))
    },
  }
}

interface Carriers {
  readonly usual: Carrier
  /** The same as `usual` where that is no datagram. */
  readonly tcp: Carrier
}

function openCarriers(upstream: Upstream, { clock, entropy, ca }: ServerDeps): Carriers {
  const deps = { entropy, monotonic: () => clock.monotonic() }
  const { transport, address, port, tlsName } = upstream
  switch (transport) {
    case 'udp':
      return { usual: createUdp(upstream, deps), tcp: createTcp(upstream, deps) }
    case 'tcp':
      return both(createTcp(upstream, deps))
    case 'tls':
      return both(createTls({ address, port, tlsName, ca }, deps))
    case 'https':
      return both(createHttps({ url: upstream.url ?? `https://${address}:${port}/dns-query`, ca }, deps))
  }
}

function both(carrier: Carrier): Carriers {
  return { usual: carrier, tcp: carrier }
}
