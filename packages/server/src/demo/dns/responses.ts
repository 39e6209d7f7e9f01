/**
 * What a small name server answers.
 *
 * Messages are made by dns-packet on purpose: the product's own codec must not be its own witness.
 */
import { AUTHORITATIVE_ANSWER, type DecodedPacket, decode, encode, type Packet, TRUNCATED_RESPONSE } from 'dns-packet'
import type { Zone } from './zone.ts'

export type QueryTransport = 'udp' | 'tcp'

const PLAIN_PAYLOAD = 512

/** Null for what is no message. */
export function decodeQuery(message: Buffer): DecodedPacket | null {
  try {
    return decode(message)
  } catch {
    return null
  }
}

/** The zone's answer to a query, of any size. */
export function respond(zone: Zone, query: DecodedPacket): Packet {
  const [question] = query.questions ?? []
  const { rcode, answers, authorities } = zone.answer(question?.name ?? '', question?.type ?? 'A')
  const recursion = query.flag_rd ? 0x0180 : 0
  const packet: Packet = {
    type: 'response',
    id: query.id ?? 0,
    flags: AUTHORITATIVE_ANSWER | recursion,
    questions: query.questions ?? [],
    answers,
    authorities,
  }
  if (ednsPayload(query) !== null) packet.additionals = [opt([])]
  return withRcode(packet, rcode === 'NXDOMAIN' ? 3 : 0)
}

function opt(options: { code: number; data: Buffer }[]) {
  return {
    type: 'OPT',
    name: '.',
    udpPayloadSize: 1232,
    extendedRcode: 0,
    ednsVersion: 0,
    flags: 0,
    flag_do: false,
    options,
  } as never
}

export function withRcode(packet: Packet, rcode: number, ede?: { code: number; text: string }): Packet {
  const changed: Packet = { ...packet, flags: ((packet.flags ?? 0) & ~0x0f) | rcode }
  if (rcode !== 0 && rcode !== 3) Object.assign(changed, { answers: [], authorities: [] })
  if (ede !== undefined) {
    const data = Buffer.alloc(2 + Buffer.byteLength(ede.text))
    data.writeUInt16BE(ede.code)
    data.write(ede.text, 2)
    changed.additionals = [opt([{ code: 15, data }])]
  }
  return changed
}

/** What goes into one datagram of the size that the asker allows. */
export function fit(packet: Packet, query: DecodedPacket, transport: QueryTransport): Buffer {
  const whole = encode(packet)
  return transport === 'tcp' || whole.length <= (ednsPayload(query) ?? PLAIN_PAYLOAD) ? whole : cutOff(packet)
}

export function cutOff(packet: Packet): Buffer {
  return encode({ ...packet, flags: (packet.flags ?? 0) | TRUNCATED_RESPONSE, answers: [], authorities: [] })
}

/** What an asker says it can take; null when it does not speak EDNS. */
export function ednsPayload(query: DecodedPacket): number | null {
  for (const record of query.additionals ?? [])
    if (record.type === 'OPT') return Math.max(record.udpPayloadSize, PLAIN_PAYLOAD)
  return null
}
