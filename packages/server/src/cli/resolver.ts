/** Commands that ask the DNS themselves: whom, and for what. */
import { RadarError, type Resolver, systemClock } from '@dnsradar/core'
import { MONITOR_TYPES, type MonitorType } from '@dnsradar/core/record-types'
import { openResolver } from '../compose.ts'
import type { Config } from '../config.ts'
import { upstream } from '../config/values.ts'
import { createLog } from '../log.ts'
import { usage } from './failure.ts'

/** `given` is what `--resolver` names; the settings' upstreams when it names none. */
export function openResolverFor(given: readonly string[], config: Pick<Config, 'resolvers'>): Resolver {
  const resolvers = given.length > 0 ? given.map(upstreamGiven) : config.resolvers
  return openResolver({ resolvers, resolverRate: null }, systemClock, createLog('error', process.stderr))
}

function upstreamGiven(given: string): ReturnType<typeof upstream> {
  try {
    return upstream(given)
  } catch (error) {
    throw error instanceof RadarError || !(error instanceof Error)
      ? error
      : usage(`--resolver ${JSON.stringify(given)} is not accepted: ${error.message}.`)
  }
}

/** In capitals or not. */
export function typeGiven(given: string): MonitorType {
  const type = MONITOR_TYPES.find((known) => known === given.toUpperCase())
  if (type === undefined) throw usage(`${given} is no record type; use one of ${MONITOR_TYPES.join(', ')}.`)
  return type
}
