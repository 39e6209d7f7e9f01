/** Who asks, and how the process is. */
import { RadarError } from '@dnsradar/core'
import { me } from '../actions/me.ts'
import { type Route, route } from '../http/route.ts'
import { presentMe } from '../present/me.ts'
import { Health, Me } from '../schemas/wire.ts'

const OK = { status: 'ok' } as const

/** Whether a process lives and works: answered whatever its roles are. */
export const probeRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/healthz',
    auth: 'none',
    rateClass: 'open',
    status: 200,
    response: Health,
    handler: async () => OK,
  }),
  route({
    method: 'GET',
    path: '/readyz',
    auth: 'none',
    rateClass: 'open',
    status: 200,
    response: Health,
    handler: async ({ deps }) => {
      const faults = await deps.faults()
      if (faults.length === 0) return OK
      throw new RadarError('not_ready', `The process cannot serve: ${faults.join('; ')}. Ask again shortly.`)
    },
  }),
]

export const serviceRoutes: readonly Route[] = [
  route({
    method: 'GET',
    path: '/me',
    auth: 'read',
    rateClass: 'read',
    status: 200,
    response: Me,
    handler: async ({ deps, account }) => presentMe(await me(deps, account), deps.server),
  }),
  ...probeRoutes,
]
