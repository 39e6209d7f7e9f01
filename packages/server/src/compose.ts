/** Builds the product from its parts, and takes it apart again in the opposite order. Nothing else constructs. */
import { randomBytes } from 'node:crypto'
import { networkInterfaces } from 'node:os'
import {
  type Authority,
  type Clock,
  createMint,
  type Log,
  type Resolver,
  resolverData,
  type ResolverEventKind,
  type Store,
  systemClock,
  wireTime,
} from '@dnsradar/core'
import { type Checker, createChecker } from '@dnsradar/core/check'
import { createDeliverer, type Deliverer } from '@dnsradar/core/deliver'
import { createAuthority } from '@dnsradar/core/resolve/authority'
import type { ResolverOutage } from '@dnsradar/core/resolve/outage'
import { createResolver } from '@dnsradar/core/resolve/resolver'
import { systemUpstreams } from '@dnsradar/core/resolve/upstream'
import { sayFarewell } from '@dnsradar/core/send/farewell'
import type { ListenAddress } from '@dnsradar/core/send/guard'
import { createSender } from '@dnsradar/core/send/http'
import { lookupVia } from '@dnsradar/core/send/lookup'
import type { Express } from 'express'
import { createApp } from './app.ts'
import type { Config } from './config.ts'
import { openDatabase } from './database.ts'
import type { Deps, ServerDeps } from './deps.ts'
import { createLooks } from './looks.ts'
import { StartError } from './start-error.ts'
import { USER_AGENT, VERSION } from './version.ts'

/** What tests put in the place of time, chance and the log. */
export interface Overrides {
  readonly clock?: Clock
  readonly log?: Log
  readonly random?: () => number
}

export interface Parts extends AsyncDisposable {
  readonly store: Store
  readonly checker: Checker
  readonly deliverer: Deliverer
  readonly resolver: Resolver
  readonly app: Express
  /** What changes while the process lives. */
  readonly state: State
}

export interface State {
  isServing: boolean
  /** Aborted when the process begins to stop. */
  readonly stopping: AbortController
  /** Where our own API listens: never a target of a webhook. */
  listen: ListenAddress | null
}

export async function compose(config: Config, log: Log, overrides: Overrides): Promise<Parts> {
  const clock = overrides.clock ?? systemClock
  await using made = new AsyncDisposableStack()
  const state: State = { isServing: false, stopping: new AbortController(), listen: null }
  const store = made.use(await openDatabase(config, { clock, log, mode: 'serve' }))
  const resolver = made.use(openResolver(config, clock, log))
  const authority = openAuthority(config, resolver, clock)
  const sender = made.use(openSender(config, state))
  const node = createMint(clock.now, randomBytes)('nod')
  const deliverer = createDeliverer({
    store,
    sender,
    clock,
    log,
    node,
    userAgent: USER_AGENT,
    policy: { delays: config.retryDelays, random: overrides.random ?? Math.random },
  })
  const tellOfResolver = (type: ResolverEventKind, outage: ResolverOutage): void => {
    recordOutage(store, type, outage).then(deliverer.poke, (error: unknown) =>
      log.error({ err: error, type }, 'a system event could not be recorded'),
    )
  }
  const looks = createLooks()
  const checker = createChecker({
    store,
    resolver,
    authority,
    clock,
    log,
    node,
    budgetMs: config.dnsTimeoutMs,
    confirm: config.confirm,
    onOutage(outage) {
      log.warn(outageFields(outage), 'a DNS upstream fails, so nothing is concluded from it')
      tellOfResolver('resolver.outage', outage)
    },
    onRecovered(outage) {
      log.warn(outageFields(outage), 'a DNS upstream has recovered')
      tellOfResolver('resolver.recovered', outage)
    },
    onEvent: deliverer.poke,
    onLook: ({ watched, look }) => looks.remember(watched, look),
  })
  const deps: ServerDeps = {
    store,
    rateLimits: store.rateLimits,
    clock,
    log,
    randomBytes,
    resolver,
    authority,
    checker,
    deliverer,
    farewell: (webhook) => void sayFarewell({ sender, log, userAgent: USER_AGENT }, webhook, state.stopping.signal),
    looks,
    rules: rulesOf(config, state),
    server: { name: config.instanceName, version: VERSION, userAgent: USER_AGENT },
    stopping: state.stopping.signal,
    isReady: () => isReady(store, state),
  }
  const app = createApp(deps, {
    secure: config.publicUrl?.startsWith('https:') ?? false,
    trustProxy: config.trustProxy,
  })
  const parts = made.move()
  return { store, checker, deliverer, resolver, app, state, [Symbol.asyncDispose]: () => parts.disposeAsync() }
}

export function openResolver(config: Pick<Config, 'resolvers' | 'resolverRate'>, clock: Clock, log: Log): Resolver {
  const upstreams = config.resolvers.length > 0 ? config.resolvers : systemUpstreams()
  if (upstreams.length === 0) {
    throw new StartError('This machine names no DNS server; name some in DNSRADAR_RESOLVERS, such as 9.9.9.9,1.1.1.1.')
  }
  return createResolver({ upstreams, clock, randomBytes, log, ratePerUpstream: config.resolverRate ?? undefined })
}

/** Undefined when the operator does not want the zones' own servers asked. */
function openAuthority(config: Config, resolver: Resolver, clock: Clock): Authority | undefined {
  if (!config.authoritative) return undefined
  return createAuthority({ resolver, clock, randomBytes, allow: config.dnsAllow })
}

function outageFields({ server, since, failingShare }: ResolverOutage): object {
  return { server, since: wireTime(since), share: failingShare }
}

/** The resolver is the installation's, so its default organization is told. */
async function recordOutage(store: Store, type: ResolverEventKind, outage: ResolverOutage): Promise<void> {
  const { organization } = await store.accounts.ensureDefaultOrganization(null)
  await store.systemEvents.record(organization.id, type, resolverData(outage))
}

function openSender(config: Config, state: State) {
  return createSender({
    allow: config.webhookAllow,
    ownListen: () => state.listen,
    keepResponses: config.webhookResponses,
    ...(config.webhookResolvers.length > 0 ? { resolve: lookupVia(config.webhookResolvers) } : {}),
    ...(config.webhookProxy === null ? {} : { proxyUrl: config.webhookProxy }),
  })
}

function rulesOf(config: Config, state: State): Deps['rules'] {
  return {
    // Read anew each time: with PORT=0 our own address is known only once we listen.
    targets: () => ({ allow: config.webhookAllow, ownListen: state.listen }),
    webhooksPerGroup: config.webhooksPerGroup,
    subscriptions: config.subscriptions,
    ratePerMinute: config.rateLimit,
    webhookTimeoutMs: config.webhookTimeoutMs,
    dnsTimeoutMs: config.dnsTimeoutMs,
  }
}

async function isReady(store: Store, state: State): Promise<boolean> {
  if (!state.isServing) return false
  return store.ping().then(
    () => true,
    () => false,
  )
}

/** Our own address as the webhook guard needs it. */
export function ownListen(address: string, port: number): ListenAddress {
  const interfaces = Object.values(networkInterfaces()).flatMap((entries) =>
    (entries ?? []).map((entry) => entry.address),
  )
  return { address, port, interfaces }
}
