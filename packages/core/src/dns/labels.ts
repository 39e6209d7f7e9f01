/**
 * Names between wire form (RFC 1035 section 3.1 and 4.1.4) and presentation form (section 5.1).
 *
 * Octet exact in both directions: case is kept, a dot or backslash inside a label is escaped, an octet that is not
 * visible ASCII becomes `\DDD`. The root is the empty string. What is read here was sent by strangers: no input makes
 * it loop, read past the message or build a name that no zone can hold.
 */
import { Buffer } from 'node:buffer'

/** A message that breaks the wire format. `message` says where; the packet itself is never quoted. */
export class MalformedMessage extends Error {
  override readonly name = 'MalformedMessage'
}

export interface ReadName {
  readonly name: string
  /** Offset of the first octet after the name where it began, not where a pointer led. */
  readonly next: number
}

/** Octets of a whole name, length octets and the root's included (RFC 1035 section 2.3.4). */
export const MAX_NAME_OCTETS = 255
export const MAX_LABEL_OCTETS = 63
/** From here on an octet of length begins a compression pointer. */
export const POINTER = 0xc0
/** Pointers in one name: 127 labels need no more, and a message full of pointer chains stays cheap to refuse. */
const MAX_POINTERS = 127

const DOT = 0x2e
const BACKSLASH = 0x5c

/** One octet of a label as it is shown, where that is more than the octet itself. */
const ESCAPED: readonly (string | null)[] = Array.from({ length: 256 }, (_, octet) => {
  if (octet === DOT || octet === BACKSLASH) return `\\${String.fromCharCode(octet)}`
  if (octet > 0x20 && octet < 0x7f) return null
  return `\\${String(octet).padStart(3, '0')}`
})

/** Where a name is put together, as text: built octet by octet, a string would be as many strings. */
const shown = Buffer.alloc(MAX_NAME_OCTETS * '\\255'.length)

/** Reads the name at `offset`, following compression pointers. Throws `MalformedMessage`. */
export function readName(message: Uint8Array, offset: number): ReadName {
  let end = 0
  let next = -1
  let octets = 1
  let at = offset
  // A pointer has to lead before the run of labels it ends: that forbids forward pointers and every loop at once.
  let runStart = offset
  let pointers = 0
  for (;;) {
    const length = octetAt(message, at)
    if (length === 0) return { name: shown.toString('latin1', 0, end), next: next < 0 ? at + 1 : next }
    if (length >= POINTER) {
      const target = ((length & 0x3f) << 8) | octetAt(message, at + 1)
      if (target >= runStart) throw new MalformedMessage('a compression pointer that does not lead backwards')
      if (++pointers > MAX_POINTERS) throw new MalformedMessage('a chain of compression pointers')
      if (next < 0) next = at + 2
      runStart = target
      at = target
      continue
    }
    if (length > MAX_LABEL_OCTETS) throw new MalformedMessage('a label of an unknown kind')
    const labelEnd = at + 1 + length
    if (labelEnd > message.length) throw new MalformedMessage('a label that runs past the message')
    octets += 1 + length
    if (octets > MAX_NAME_OCTETS) throw new MalformedMessage(`a name of more than ${MAX_NAME_OCTETS} octets`)
    if (end > 0) shown[end++] = DOT
    for (at += 1; at < labelEnd; at += 1) end = show(message[at] as number, end)
  }
}

/** Returns the offset after what it wrote. */
function show(octet: number, at: number): number {
  const escaped = ESCAPED[octet]
  if (typeof escaped === 'string') return at + shown.write(escaped, at, 'latin1')
  shown[at] = octet
  return at + 1
}

function octetAt(message: Uint8Array, at: number): number {
  const octet = message[at]
  if (octet === undefined) throw new MalformedMessage('a name that runs past the message')
  return octet
}

/**
 * Writes a name in presentation form, with or without its final dot, and returns the offset after it.
 * Throws RangeError for what no message can hold: an empty or overlong label, a name of more than 255 octets, an
 * unfinished escape, a character outside ASCII.
 */
export function writeName(name: string, into: Uint8Array, offset: number): number {
  let at = offset
  if (name !== '' && name !== '.') {
    let labelAt = at++
    for (let i = 0; i < name.length; i += 1) {
      let code = name.charCodeAt(i)
      if (code === DOT) {
        endLabel(into, labelAt, at)
        if (i === name.length - 1) {
          labelAt = -1
          break
        }
        labelAt = at++
        continue
      }
      if (code === BACKSLASH) {
        const escape = readEscape(name, i + 1)
        code = escape.octet
        i += escape.length
      } else if (code > 0x7f) {
        throw new RangeError('a name in presentation form is ASCII; write other octets as \\DDD')
      }
      into[at++] = code
    }
    if (labelAt >= 0) endLabel(into, labelAt, at)
  }
  if (at >= into.length) throw new RangeError('the name does not fit')
  into[at++] = 0
  if (at - offset > MAX_NAME_OCTETS) throw new RangeError(`a name has at most ${MAX_NAME_OCTETS} octets`)
  return at
}

/** The wire form of a name, without compression. Throws RangeError as `writeName` does. */
export function encodeName(name: string): Uint8Array {
  // One octet of text is at most one octet on the wire, plus a length octet and the root; the limit is checked after.
  const wire = new Uint8Array(name.length + 2)
  return wire.subarray(0, writeName(name, wire, 0))
}

function endLabel(into: Uint8Array, labelAt: number, end: number): void {
  const length = end - labelAt - 1
  if (length < 1 || length > MAX_LABEL_OCTETS) throw new RangeError(`a label has 1 to ${MAX_LABEL_OCTETS} octets`)
  into[labelAt] = length
}

/** What follows the backslash at `at - 1`: three digits, or one character that stands for itself. */
function readEscape(name: string, at: number): { octet: number; length: number } {
  const digits = name.slice(at, at + 3)
  if (/^\d{3}$/.test(digits) && Number(digits) <= 0xff) return { octet: Number(digits), length: 3 }
  const octet = name.charCodeAt(at)
  if (!(octet > 0x20 && octet < 0x7f) || /^\d/.test(digits)) {
    throw new RangeError('a backslash stands before three digits up to 255 or one visible character')
  }
  return { octet, length: 1 }
}
