/** Discovery's questions put to a server: its own look-up, so what is found is what its monitors will see. */
import type { Client, WireAnswer } from '@dnsradar/client'
import type { Ask, Found } from './discover.ts'

/** A failed look-up of one name is no answer; a server that cannot be reached is the caller's affair. */
export function askServer({ lookup }: Pick<Client, 'lookup'>, signal?: AbortSignal): Ask {
  return async (name, type) => foundIn((await lookup({ name, type }, signal === undefined ? {} : { signal })).answers)
}

/** The first upstream that knows; the zone's own servers when none does. */
export function foundIn(answers: readonly WireAnswer[]): Found | null {
  const known = answers.filter(({ rcode }) => rcode === 'NOERROR' || rcode === 'NXDOMAIN')
  const best = known.find(({ role }) => role === 'upstream') ?? known[0]
  return best === undefined ? null : { values: best.values, chain: best.chain }
}
