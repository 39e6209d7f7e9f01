/** Who asks, and what they may have, on the wire. */
import type { WireMe } from '@dnsradar/client'
import type { Holdings, Me } from '../actions/me.ts'

export function presentMe({ organization, key, limits, usage }: Me, server: WireMe['server']): WireMe {
  return {
    organization: { uuid: organization.id, name: organization.name, plan: organization.plan },
    key: { uuid: key.id, name: key.name, scopes: key.scopes },
    limits: presentLimits(limits),
    usage,
    server: { name: server.name, version: server.version },
  }
}

export function presentLimits(limits: Holdings['limits']): WireMe['limits'] {
  return {
    monitors: limits.monitors,
    frequency: limits.fastest,
    webhooks_per_group: limits.webhooksPerGroup,
    subscriptions: limits.subscriptions,
    rate: limits.ratePerMinute,
  }
}
