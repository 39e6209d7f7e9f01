/** `cidr`: at least one address, and every address inside one of the networks. */
import { type AddressFamily, addressOctets, isInside, parseNetwork } from '../dns/address.ts'
import { quoteValue, refuseValue } from '../dns/rdata.ts'
import { type Compiled, type Given, MATCHED, mismatch, readEach } from './matcher.ts'
import { list, quote, reason } from './words.ts'

export function compileCidr(given: readonly Given[], family: AddressFamily): Compiled {
  const networks = readEach(given, (text) => {
    const network = parseNetwork(text, family)
    if (network === null)
      throw refuseValue(`${quoteValue(text)} is not an IPv${family} network. Write it such as \`${EXAMPLE[family]}\`.`)
    return network
  })
  const texts = [...new Set(networks.map((network) => network.text))].sort()
  return {
    canonical: texts,
    matches(records) {
      const outside = records.filter((record) => {
        const address = addressOctets(record.key, family)
        return address === null || !networks.some((network) => isInside(network, address))
      })
      if (outside.length === 0 && records.length > 0) return MATCHED
      if (records.length === 0) return mismatch([reason('missing', `There is no address inside ${list(texts)}.`)])
      return mismatch(
        outside
          .slice(0, 10)
          .map(({ text }) => reason('outside_range', `${quote(text)} is outside ${list(texts)}.`, text)),
      )
    },
  }
}

const EXAMPLE = { 4: '192.0.2.0/24', 6: '2001:db8::/32' } as const
