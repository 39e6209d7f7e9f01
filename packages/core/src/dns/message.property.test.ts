import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decode, encode } from '../../../../test/harness/dns-oracle.ts'
import { decodeRdata, RECORD_TYPES, typeCode } from '../record-types.ts'
import type { Question } from './answer.ts'
import { interpret } from './interpret.ts'
import { MalformedMessage } from './labels.ts'
import { decodeMessage, type Message } from './message.ts'
import { compareReply, encodeQuery, mixCase, setId } from './query.ts'

const label = fc.stringMatching(/^[a-z0-9_]([a-z0-9-]{0,20}[a-z0-9])?$/)
const name = fc.array(label, { minLength: 1, maxLength: 5 }).map((labels) => labels.join('.'))
const type = fc.constantFrom(...RECORD_TYPES)
const ttl = fc.nat(0x7fff_ffff)

const record = fc.oneof(
  fc.record({ name, ttl, type: fc.constant('A' as const), data: fc.ipV4() }),
  fc.record({ name, ttl, type: fc.constantFrom('CNAME' as const, 'NS' as const, 'PTR' as const), data: name }),
  fc.record({
    name,
    ttl,
    type: fc.constant('MX' as const),
    data: fc.record({ preference: fc.nat(0xffff), exchange: name }),
  }),
  fc.record({
    name,
    ttl,
    type: fc.constant('TXT' as const),
    data: fc.array(
      fc.uint8Array({ maxLength: 60 }).map((octets) => Buffer.from(octets)),
      { minLength: 1, maxLength: 3 },
    ),
  }),
)

const soa = fc.record({
  name,
  ttl,
  type: fc.constant('SOA' as const),
  data: fc.record({ mname: name, rname: name, minimum: ttl, serial: ttl, refresh: ttl, retry: ttl, expire: ttl }),
})

const response = fc.record({
  type: fc.constant('response' as const),
  id: fc.nat(0xffff),
  flags: fc.nat(0x07ff),
  questions: fc.tuple(fc.record({ name, type: fc.constantFrom('A' as const, 'TXT' as const, 'MX' as const) })),
  answers: fc.array(record, { maxLength: 6 }),
  authorities: fc.array(soa, { maxLength: 1 }),
})

test('queries are what the other codec reads, and writes', () => {
  fc.assert(
    fc.property(name, type, fc.nat(0xffff), fc.boolean(), (owner, asked, id, edns) => {
      const query = encodeQuery(owner, typeCode(asked), { recursion: true, edns })
      setId(query, id)
      const read = decode(Buffer.from(query.wire))
      expect(read.questions?.[0]).toMatchObject({ name: owner, type: asked, class: 'IN' })
      expect(encode({ ...read, type: 'query' })).toEqual(Buffer.from(query.wire))
    }),
  )
})

test('a reply that repeats the question is the same in whatever case', () => {
  fc.assert(
    fc.property(name, fc.nat(0xffff_ffff), fc.nat(0xffff_ffff), (owner, bits, otherBits) => {
      const query = encodeQuery(owner, 1, { recursion: true, edns: true })
      mixCase(query, () => bits)
      const reply = Buffer.from(query.wire)
      reply[2] = 0x80
      expect(compareReply(query, reply)).toBe('same')
      mixCase(query, () => otherBits)
      expect(compareReply(query, reply)).not.toBe('other')
    }),
  )
})

test('responses are read as the other codec wrote them', () => {
  fc.assert(
    fc.property(response, (packet) => {
      const read = decodeMessage(encode(packet))
      expect(read.answers.map((one) => ({ name: one.owner, ttl: one.ttl, type: one.type }))).toEqual(
        packet.answers.map((one) => ({ name: one.name, ttl: one.ttl, type: typeCode(one.type) })),
      )
      const [authority] = packet.authorities
      expect(read.negativeTtl).toBe(authority === undefined ? null : Math.min(authority.ttl, authority.data.minimum))
      expect(read.soa).toEqual(
        authority === undefined ? null : { zone: authority.name.toLowerCase(), serial: authority.data.serial },
      )
      expect(read).toMatchObject({
        rcode: packet.flags & 15,
        aa: (packet.flags & 0x400) !== 0,
        tc: (packet.flags & 0x200) !== 0,
      })
    }),
  )
})

/** A response with some octets changed, cut or added. */
const mutated = fc
  .tuple(response, fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 6 }), fc.nat(400), fc.boolean())
  .map(([packet, changes, length, cut]) => {
    const wire = encode(packet)
    for (const [at, octet] of changes) wire[at % wire.length] = octet
    return cut ? wire.subarray(0, length) : wire
  })

test('a damaged response is refused as malformed or means what the other codec reads', () => {
  fc.assert(
    fc.property(mutated, (wire) => {
      const ours = readOrRefuse(wire)
      const theirs = readByOracle(wire)
      if (ours === null || theirs === null || !isComparable(ours, wire)) return
      expect(ours.rcode & 15).toBe((wire[3] ?? 0) & 15)
      const records = (theirs.answers ?? []) as { ttl?: number; name: string }[]
      expect(ours.answers.map((one) => one.ttl)).toEqual(
        records.map((one) => ((one.ttl ?? 0) > 0x7fff_ffff ? 0 : one.ttl)),
      )
      for (const [at, one] of records.entries()) {
        // The other codec writes a dot inside a label like the dots between them.
        const owner = ours.answers[at]?.owner.replaceAll('\\.', '.')
        if (/^[a-z0-9_.-]*$/i.test(one.name) && one.name !== '.') expect(owner).toBe(one.name.toLowerCase())
      }
    }),
    { numRuns: 1500 },
  )
})

/** The other codec trusts the data of a record about its length, and loses its way where that contradicts RDLENGTH. */
function isComparable(ours: Message, wire: Uint8Array): boolean {
  if (ours.answers.length !== (((wire[6] ?? 0) << 8) | (wire[7] ?? 0))) return false
  return ours.answers.every((one) => {
    const type = RECORD_TYPES.find((known) => typeCode(known) === one.type)
    try {
      return type !== undefined && decodeRdata(type, wire, one.start, one.end) !== null
    } catch {
      return false
    }
  })
}

test('whatever octets come, there is an answer and it is a value', () => {
  const via = { server: 'test', role: 'upstream', transport: 'udp', durationMs: 1 } as const
  fc.assert(
    fc.property(fc.oneof(mutated, fc.uint8Array({ maxLength: 700 })), name, type, (wire, owner, asked) => {
      const question: Question = { name: owner, type: asked }
      if (wire.length > 3 && wire.length % 2 === 0) wire[2] = 0x80
      const answer = interpret(question, wire, via)
      expect(['rrset', 'nodata', 'nxdomain', 'dangling_alias', 'failure']).toContain(answer.kind)
    }),
    { numRuns: 1500 },
  )
})

function readOrRefuse(wire: Uint8Array): Message | null {
  try {
    return decodeMessage(wire)
  } catch (error) {
    expect(error).toBeInstanceOf(MalformedMessage)
    return null
  }
}

function readByOracle(wire: Buffer): ReturnType<typeof decode> | null {
  try {
    return decode(wire)
  } catch {
    return null
  }
}
