import fc from 'fast-check'
import { expect, test } from 'vitest'
import { RadarError } from '../errors.ts'
import { decodeRdata, MONITOR_TYPES, parseRdata, RECORD_TYPES } from '../record-types.ts'
import { formatAddress, isInside, parseNetwork } from './address.ts'
import { canonicalName } from './canonical-name.ts'
import { MalformedMessage } from './labels.ts'
import { ownerName, registrableDomain, splitFullDomain } from './name.ts'
import { MalformedRdata } from './rdata.ts'
import { txtRdata } from './text.ts'

const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 80 }),
  fc.string({
    unit: fc.constantFrom('\\', '"', '.', '0', '9', ' ', 'a', 'Z', '-', '\ud800', 'ü', ':', '/', '1'),
    maxLength: 40,
  }),
)
const octets = fc
  .oneof(
    fc.uint8Array({ maxLength: 60 }),
    fc.array(fc.constantFrom(0x22, 0x5c, 0x30, 0x39, 0x20, 0xc3, 0xbc, 0xff, 0x00), { maxLength: 20 }),
  )
  .map((each) => String.fromCharCode(...each))

test('what is shown of any TXT record can be read back to the same octets', () => {
  fc.assert(
    fc.property(octets, (key) => {
      expect(parseRdata('TXT', txtRdata(key).text)).toEqual(txtRdata(key))
    }),
    { numRuns: 1000 },
  )
})

test('what is shown of a TXT record holds no control characters and no lone surrogates', () => {
  fc.assert(
    fc.property(octets, (key) => {
      const { text } = txtRdata(key)
      expect(text.isWellFormed()).toBe(true)
      expect(text).not.toMatch(/\p{Cc}/u)
    }),
  )
})

test('data of any kind decodes to a canonical record or is malformed', () => {
  const label = fc.uint8Array({ minLength: 1, maxLength: 4 }).map((each) => [each.length, ...each])
  const nameLike = fc.array(label, { maxLength: 4 }).map((labels) => [...labels.flat(), 0])
  const data = fc.oneof(
    fc.uint8Array({ maxLength: 40 }).map((each) => [...each]),
    nameLike,
    nameLike.map((each) => [0, 10, ...each]),
  )
  fc.assert(
    fc.property(fc.constantFrom(...RECORD_TYPES), data, (type, rdata) => {
      const message = Uint8Array.from(rdata)
      try {
        const record = decodeRdata(type, message, 0, message.length)
        expect(parseRdata(type, record.text)).toEqual(record)
      } catch (error) {
        if (!(error instanceof MalformedRdata || error instanceof MalformedMessage)) throw error
      }
    }),
    { numRuns: 1000 },
  )
})

test('a value that can be read is canonical once read', () => {
  fc.assert(
    fc.property(fc.constantFrom(...MONITOR_TYPES), anyText, (type, text) => {
      const record = orRefused(() => parseRdata(type, text))
      if (record !== null) expect(parseRdata(type, record.text)).toEqual(record)
    }),
    { numRuns: 1000 },
  )
})

test('canonical names are canonical already, in any case', () => {
  fc.assert(
    fc.property(anyText, (text) => {
      const name = orRefused(() => canonicalName(text))
      if (name === null) return
      expect(canonicalName(name)).toBe(name)
      expect(canonicalName(name.toUpperCase())).toBe(name)
    }),
    { numRuns: 1000 },
  )
})

test('an owner name is canonical, and its registrable domain is its end', () => {
  const domain = fc.oneof(anyText, fc.domain(), fc.ipV4(), fc.ipV6())
  fc.assert(
    fc.property(domain, fc.option(anyText), (text, subdomain) => {
      const owner = orRefused(() => ownerName(text, subdomain))
      if (owner === null) return
      expect(canonicalName(owner)).toBe(owner)
      expect(`.${owner}`.endsWith(`.${registrableDomain(owner)}`)).toBe(true)
    }),
    { numRuns: 1000 },
  )
})

test('a full domain taken apart is the same name', () => {
  fc.assert(
    fc.property(fc.oneof(fc.domain(), anyText), (text) => {
      const split = orRefused(() => splitFullDomain(text))
      if (split === null) return
      const whole = orRefused(() => ownerName(text, null))
      if (whole !== null) expect(ownerName(split.domain, split.subdomain)).toBe(whole)
    }),
    { numRuns: 1000 },
  )
})

test('an address is inside its own network of any length, and canonical networks are canonical', () => {
  const address = fc.oneof(
    fc.ipV4().map((text) => ({ text, family: 4 as const })),
    fc.ipV6().map((text) => ({ text, family: 6 as const })),
  )
  fc.assert(
    fc.property(address, fc.nat(128), ({ text, family }, bits) => {
      const prefix = family === 4 ? bits % 33 : bits
      const network = parseNetwork(`${text}/${prefix}`, family)
      const host = parseNetwork(text, family)
      if (network === null || host === null) throw new Error(`${text} is an address`)
      expect(isInside(network, host.octets)).toBe(true)
      expect(parseNetwork(network.text, family)).toEqual(network)
      expect(parseRdata(family === 4 ? 'A' : 'AAAA', text).text).toBe(formatAddress(host.octets))
    }),
  )
})

/** Null when the input was refused; anything else that is thrown fails the property. */
function orRefused<T>(read: () => T): T | null {
  try {
    return read()
  } catch (error) {
    if (error instanceof RadarError) return null
    throw error
  }
}
