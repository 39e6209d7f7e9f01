/** Who resolves the host names of webhooks: the system, or the servers that the operator names. */
import { lookup, Resolver } from 'node:dns/promises'

/** Every address behind a name, in the order to try them. Rejects with a code (`ENOTFOUND`) when there is none. */
export type Lookup = (hostname: string) => Promise<readonly string[]>

/** The system's resolver, hosts file included. */
export const systemLookup: Lookup = async (hostname) => {
  const found = await lookup(hostname, { all: true })
  return found.map(({ address }) => address)
}

/** A lost packet is asked for again well within the five seconds that an attempt has in all. */
const TRY_MS = 1_000
const TRIES = 3

/** `servers` are addresses with or without a port: `9.9.9.9`, `[2620:fe::fe]:53`. */
export function lookupVia(servers: readonly string[]): Lookup {
  const resolver = new Resolver({ timeout: TRY_MS, tries: TRIES })
  resolver.setServers(servers)
  return async (hostname) => {
    const families = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)])
    const found = families.flatMap((family) => (family.status === 'fulfilled' ? family.value : []))
    const [first] = families
    // A host without IPv6 fails one of the two questions, so only two failures are one.
    if (found.length === 0 && first.status === 'rejected') throw first.reason
    return found
  }
}
