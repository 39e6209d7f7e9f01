/** The parts of a DNS message that can be read and written before the rest is understood (RFC 1035 section 4.1.1). */

export const HEADER_OCTETS = 12
/** The DNS Flag Day 2020 payload: fits one unfragmented IPv6 packet on every link in practice. */
export const EDNS_PAYLOAD = 1232
/** What a TCP length prefix can say, hence the longest message there is. */
export const MAX_MESSAGE_OCTETS = 65_535

export const CLASS_IN = 1
export const TYPE_OPT = 41

/** Flags of the third octet of a message. */
export const FLAG_QR = 0x80
export const FLAG_AA = 0x04
export const FLAG_TC = 0x02
export const FLAG_RD = 0x01
const OPCODE_BITS = 0x78
/** Of the fourth. */
export const FLAG_AD = 0x20

export function idOf(message: Uint8Array): number {
  return read16(message, 0)
}

/** Whether octets begin as a response to a standard query does. */
export function isResponse(message: Uint8Array): boolean {
  return message.length >= HEADER_OCTETS && ((message[2] as number) & (FLAG_QR | OPCODE_BITS)) === FLAG_QR
}

/** The answer was cut off to fit a datagram. */
export function isTruncated(message: Uint8Array): boolean {
  return ((message[2] ?? 0) & FLAG_TC) !== 0
}

/** FORMERR or NOTIMP: what a server answers that does not know EDNS (RFC 6891 section 7). */
export function rejectsEdns(message: Uint8Array): boolean {
  const rcode = (message[3] ?? 0) & 0x0f
  return rcode === 1 || rcode === 4
}

export function read16(message: Uint8Array, at: number): number {
  return ((message[at] as number) << 8) | (message[at + 1] as number)
}

/** Returns the offset after what it wrote. */
export function write16(into: Uint8Array, at: number, value: number): number {
  into[at] = value >> 8
  into[at + 1] = value & 0xff
  return at + 2
}
