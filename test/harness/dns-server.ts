/**
 * An authoritative name server on loopback, for tests: real datagrams and connections, a zone that tests edit while it
 * runs, names that misbehave on command, and a count of everything that was asked.
 *
 * Messages are made by dns-packet on purpose: the product's own codec must not be its own witness.
 */
import { createSocket, type RemoteInfo, type Socket as UdpSocket } from 'node:dgram'
import { createServer, type Socket } from 'node:net'
import {
  cutOff,
  decodeQuery,
  ednsPayload,
  fit,
  type QueryTransport,
  respond,
  withRcode,
} from '@dnsradar/server/demo/dns/responses'
import { framed, listenOnBoth, LOOPBACK, readFrames } from '@dnsradar/server/demo/dns/sockets'
import { Zone, type ZoneType, type ZoneValue } from '@dnsradar/server/demo/dns/zone'
import { type DecodedPacket, encode, type Packet } from 'dns-packet'

export type { QueryTransport } from '@dnsradar/server/demo/dns/responses'

export interface SeenQuery {
  /** As it came, case included. */
  readonly name: string
  readonly type: string
  readonly transport: QueryTransport
  readonly edns: boolean
  readonly recursionDesired: boolean
  /** The port it came from. */
  readonly port: number
}

/** What a name does instead of answering from the zone. */
export type Behaviour =
  | { readonly kind: 'rcode'; readonly rcode: number; readonly ede?: { readonly code: number; readonly text: string } }
  | { readonly kind: 'silence' }
  /** Octets that are no message. */
  | { readonly kind: 'garbage' }
  /** Cut off over UDP whatever its size, whole over TCP. */
  | { readonly kind: 'truncated' }
  | { readonly kind: 'wrong_id' }
  | { readonly kind: 'wrong_question' }
  /** Repeats the question in lower case. */
  | { readonly kind: 'lower_case' }
  /** FORMERR without a question to whoever sends EDNS. */
  | { readonly kind: 'no_edns' }
  | { readonly kind: 'delayed'; readonly ms: number }
  /** The right answer, one octet every few milliseconds (TCP). */
  | { readonly kind: 'dribble'; readonly everyMs: number }
  /** A message of no octets (TCP). */
  | { readonly kind: 'empty' }
  /** Hangs up instead of answering (TCP). */
  | { readonly kind: 'close' }
  /** Sends these messages instead. */
  | { readonly kind: 'raw'; readonly reply: (query: Buffer) => readonly Buffer[] }

export interface DnsServer extends AsyncDisposable {
  readonly port: number
  /** `127.0.0.1:PORT`, as an upstream is written. */
  readonly address: string
  set(name: string, type: ZoneType, values: readonly ZoneValue[], ttl?: number): void
  remove(name: string, type?: ZoneType): void
  /** `null` ends it. The name `*` stands for every name without a behaviour of its own. */
  behave(name: string, behaviour: Behaviour | null, only?: QueryTransport): void
  /** Everything asked since the start or the last `forget`, in order. */
  readonly queries: readonly SeenQuery[]
  count(filter?: { name?: string; type?: string; transport?: QueryTransport }): number
  forget(): void
}

/** On a port of its own unless one is given: the same number for UDP and TCP. */
export async function startDnsServer(port = 0): Promise<DnsServer> {
  const zone = new Zone()
  const behaviours = new Map<string, Behaviour>()
  const queries: SeenQuery[] = []
  const timers = new Set<NodeJS.Timeout>()
  const connections = new Set<Socket>()

  const later = (ms: number, act: () => void): void => {
    const timer = setTimeout(() => {
      timers.delete(timer)
      act()
    }, ms)
    timers.add(timer)
  }

  function behaviourOf(name: string, transport: QueryTransport): Behaviour | undefined {
    const key = name.toLowerCase()
    return (
      behaviours.get(`${transport} ${key}`) ??
      behaviours.get(`both ${key}`) ??
      behaviours.get(`${transport} *`) ??
      behaviours.get('both *')
    )
  }

  function receive(message: Buffer, transport: QueryTransport, peer: Peer): void {
    const query = decodeQuery(message)
    const question = query?.questions?.[0]
    if (query === null || question === undefined) return
    queries.push({
      name: question.name,
      type: question.type,
      transport,
      edns: ednsPayload(query) !== null,
      recursionDesired: query.flag_rd,
      port: peer.port,
    })
    const behaviour = behaviourOf(question.name, transport)
    const packet = respond(zone, query)
    if (behaviour === undefined) peer.send(fit(packet, query, transport))
    else misbehave(behaviour, { message, query, packet, transport, peer, later })
  }

  const udp = createSocket({ type: 'udp4', recvBufferSize: 4 * 1024 * 1024 })
  udp.on('message', (message: Buffer, from: RemoteInfo) => receive(message, 'udp', udpPeer(udp, from)))
  const tcp = createServer((connection) => {
    connections.add(connection)
    connection.on('error', () => connection.destroy())
    connection.on('close', () => connections.delete(connection))
    readFrames(connection, (message) => receive(message, 'tcp', tcpPeer(connection)))
  })
  const bound = await listenOnBoth(tcp, udp, port)

  return {
    port: bound,
    address: `${LOOPBACK}:${bound}`,
    set: (name, type, values, ttl) => zone.set(name, type, values, ttl),
    remove: (name, type) => zone.remove(name, type),
    behave(name, behaviour, only) {
      const key = `${only ?? 'both'} ${name.toLowerCase()}`
      if (behaviour === null) behaviours.delete(key)
      else behaviours.set(key, behaviour)
    },
    queries,
    count: (filter = {}) => queries.filter((query) => matches(query, filter)).length,
    forget: () => {
      queries.length = 0
    },
    async [Symbol.asyncDispose]() {
      for (const timer of timers) clearTimeout(timer)
      for (const connection of connections) connection.destroy()
      await Promise.all([new Promise((done) => tcp.close(done)), new Promise<void>((done) => udp.close(done))])
    },
  }
}

interface Peer {
  readonly port: number
  send(message: Buffer): void
  /** TCP: octets without a length before them. */
  raw(octets: Buffer): void
  close(): void
}

function udpPeer(udp: UdpSocket, from: RemoteInfo): Peer {
  const send = (message: Buffer): void => udp.send(message, from.port, from.address)
  return { port: from.port, send, raw: send, close: () => {} }
}

function tcpPeer(connection: Socket): Peer {
  const raw = (octets: Buffer): void => {
    if (connection.writable) connection.write(octets)
  }
  return {
    port: connection.remotePort ?? 0,
    raw,
    send: (message) => raw(framed(message)),
    close: () => connection.destroy(),
  }
}

interface Exchange {
  readonly message: Buffer
  readonly query: DecodedPacket
  /** The answer from the zone. */
  readonly packet: Packet
  readonly transport: QueryTransport
  readonly peer: Peer
  later(ms: number, act: () => void): void
}

function misbehave(behaviour: Behaviour, { message, query, packet, transport, peer, later }: Exchange): void {
  const right = (): Buffer => fit(packet, query, transport)
  switch (behaviour.kind) {
    case 'rcode':
      return peer.send(encode(withRcode(packet, behaviour.rcode, behaviour.ede)))
    case 'silence':
      return
    case 'garbage':
      return peer.send(Buffer.from('this is not a DNS message at all'))
    case 'truncated':
      return peer.send(transport === 'udp' ? cutOff(packet) : encode(packet))
    case 'wrong_id':
      return peer.send(encode({ ...packet, id: ((packet.id ?? 0) + 1) & 0xffff }))
    case 'wrong_question':
      return peer.send(encode({ ...packet, questions: [{ name: 'other.example.test', type: 'A' }] }))
    case 'lower_case':
      return peer.send(
        encode({
          ...packet,
          questions: query.questions?.map((one) => ({ ...one, name: one.name.toLowerCase() })) ?? [],
        }),
      )
    case 'no_edns':
      if (ednsPayload(query) === null) return peer.send(right())
      return peer.send(encode({ type: 'response', id: packet.id ?? 0, flags: 1 }))
    case 'delayed':
      return later(behaviour.ms, () => peer.send(right()))
    case 'dribble':
      return dribble(framed(encode(packet)), behaviour.everyMs, peer, later)
    case 'empty':
      return peer.send(Buffer.alloc(0))
    case 'close':
      return peer.close()
    case 'raw':
      for (const reply of behaviour.reply(message)) peer.send(reply)
  }
}

function dribble(octets: Buffer, everyMs: number, peer: Peer, later: Exchange['later'], at = 0): void {
  if (at === octets.length) return
  peer.raw(octets.subarray(at, at + 1))
  later(everyMs, () => dribble(octets, everyMs, peer, later, at + 1))
}

function matches(query: SeenQuery, filter: { name?: string; type?: string; transport?: QueryTransport }): boolean {
  if (filter.name !== undefined && query.name.toLowerCase() !== filter.name.toLowerCase()) return false
  if (filter.type !== undefined && query.type !== filter.type) return false
  return filter.transport === undefined || query.transport === filter.transport
}
