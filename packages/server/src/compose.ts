/** Builds the product from its parts, and takes it apart again in the opposite order. Nothing else constructs. */
import { randomBytes } from 'node:crypto'
import { networkInterfaces } from 'node:os'
import {
  type Authority,
  type Clock,
  createMint,
  type Log,
  type Resolver,
  type Sender,
  type Store,
} from '@dnsradar/core'
import { type Checker, createChecker } from '@dnsradar/core/check'
import { createDoorbell } from '@dnsradar/core/doorbell'
import { createDeliverer, type Deliverer } from '@dnsradar/core/deliver'
import type { Notifier } from '@dnsradar/core/notify'
import { createAuthority } from '@dnsradar/core/resolve/authority'
import { createResolver } from '@dnsradar/core/resolve/resolver'
import { systemUpstreams } from '@dnsradar/core/resolve/upstream'
import { createDispatch } from '@dnsradar/core/send/dispatch'
import { sayFarewell } from '@dnsradar/core/send/farewell'
import type { ListenAddress } from '@dnsradar/core/send/guard'
import { createSender } from '@dnsradar/core/send/http'
import { lookupVia } from '@dnsradar/core/send/lookup'
import { createMailSender } from '@dnsradar/core/send/mail'
import { type Cache, openCache } from '@dnsradar/store'
import type { Express } from 'express'
import { createApp, createProbes } from './app.ts'
import { type Config, servesApi } from './config.ts'
import { cacheUrl, openDatabase } from './database.ts'
import type { Deps, Rules, ServerDeps } from './deps.ts'
import { type BatchWorker, createBatchWorker } from './entri/batch-worker.ts'
import type { RandomBytes } from './keys.ts'
import { createBells } from './bells.ts'
import { createLooks } from './looks.ts'
import { openNotifier } from './notices.ts'
import { tellOutages } from './outages.ts'
import { createPresence, type Presence } from './presence.ts'
import { createStreams } from './stream/streams.ts'
import { StartError } from './start-error.ts'
import type { Pulse } from './telemetry/pulse.ts'
import { createTelemetry } from './telemetry/telemetry.ts'
import { watchResolver, watchSender, watchStore } from './telemetry/watched.ts'
import { USER_AGENT, VERSION } from './version.ts'

/** What tests put in the place of time, chance and the log. */
export interface Overrides {
  readonly clock?: Clock
  readonly log?: Log
  readonly random?: () => number
  /** Ids, keys and secrets are made of these. What guards the wire (query ids, nonces) is never theirs. */
  readonly randomBytes?: RandomBytes
}

export interface Parts extends AsyncDisposable {
  readonly store: Store
  readonly checker: Checker
  readonly deliverer: Deliverer
  readonly notifier: Notifier
  readonly presence: Presence
  readonly resolver: Resolver
  readonly batches: BatchWorker
  readonly rules: Rules
  readonly app: Express
  /** What changes while the process lives. */
  readonly state: State
  readonly pulse: Pulse
}

export interface State {
  isServing: boolean
  /** Aborted when the process begins to stop. */
  readonly stopping: AbortController
  /** Where our own API listens: never a target of a webhook. */
  listen: ListenAddress | null
}

export async function compose(config: Config, log: Log, overrides: Overrides): Promise<Parts> {
  const random = overrides.randomBytes ?? randomBytes
  await using made = new AsyncDisposableStack()
  const state: State = { isServing: false, stopping: new AbortController(), listen: null }
  const database = made.use(await openDatabase(config, { clock: overrides.clock, log, mode: 'serve', random }))
  const { clock } = database
  const telemetry = made.use(createTelemetry(clock, log))
  const store = watchStore(database, telemetry)
  const resolver = watchResolver(made.use(openResolver(config, clock, log)), telemetry)
  const authority = openAuthority(config, resolver, clock)
  const sender = watchSender(made.use(openSender(config, state)), telemetry)
  const notifier = made.use(openNotifier(config, { store, sender, clock, log }))
  const node = createMint(clock.now, random)('nod')
  const card = { id: node, roles: config.roles, version: VERSION, started: clock.now() }
  const presence = createPresence({ nodes: store.nodes, clock, log }, card)
  const deliverer = createDeliverer({
    store,
    sender,
    clock,
    log,
    node,
    userAgent: USER_AGENT,
    policy: { delays: config.retryDelays, random: overrides.random ?? Math.random },
    onDisabled: notifier.poke,
  })
  const streams = createStreams({ store, clock, log, stopping: state.stopping.signal })
  const bells = createBells({ deliverer, streams, notifier, hints: store.hints })
  const looks = createLooks()
  const batchBell = createDoorbell(clock)
  const checker = createChecker({
    store,
    resolver,
    authority,
    clock,
    log,
    node,
    budgetMs: config.dnsTimeoutMs,
    confirm: config.confirm,
    ...tellOutages({ store, log }, bells.system),
    onEvent: bells.event,
    onLook: ({ watched, look }) => looks.remember(watched, look),
  })
  bells.listen(checker)
  const deps: ServerDeps = {
    store,
    rateLimits: store.rateLimits,
    nodes: store.nodes,
    clock,
    log,
    randomBytes: random,
    resolver,
    authority,
    checker: { ...checker, poke: () => bells.due(checker) },
    deliverer: { poke: bells.system },
    batches: { poke: batchBell.ring },
    farewell: (webhook) => void sayFarewell({ sender, log, userAgent: USER_AGENT }, webhook, state.stopping.signal),
    looks,
    streams,
    rules: rulesOf(config, state),
    server: { name: config.instanceName, version: VERSION, userAgent: USER_AGENT },
    stopping: state.stopping.signal,
    faults: () => faultsOf(store, state, telemetry.pulse),
  }
  const batches = createBatchWorker(deps, batchBell)
  const { publicUrl, trustProxy, metricsKey } = config
  const openSessions = (): Cache => made.use(openCache({ url: cacheUrl(config), space: 'session', log }))
  const app = servesApi(config)
    ? createApp(deps, { publicUrl, trustProxy, telemetry, metricsKey, cache: openSessions() })
    : createProbes(deps, { publicUrl, trustProxy, telemetry, metricsKey })
  const parts = made.move()
  return {
    store,
    checker,
    deliverer,
    notifier,
    presence,
    resolver,
    batches,
    rules: deps.rules,
    app,
    state,
    pulse: telemetry.pulse,
    [Symbol.asyncDispose]: () => parts.disposeAsync(),
  }
}

export function openResolver(config: Pick<Config, 'resolvers' | 'resolverRate'>, clock: Clock, log: Log): Resolver {
  const upstreams = config.resolvers.length > 0 ? config.resolvers : systemUpstreams()
  if (upstreams.length === 0) {
    throw new StartError('This machine names no DNS server; name some in DNSRADAR_RESOLVERS, such as 9.9.9.9,1.1.1.1.')
  }
  return createResolver({ upstreams, clock, randomBytes, log, ratePerUpstream: config.resolverRate ?? undefined })
}

/** Undefined when the operator does not want the zones' own servers asked. */
export function openAuthority(
  config: Pick<Config, 'authoritative' | 'dnsAllow'>,
  resolver: Resolver,
  clock: Clock,
): Authority | undefined {
  if (!config.authoritative) return undefined
  return createAuthority({ resolver, clock, randomBytes, allow: config.dnsAllow })
}

function openSender(config: Config, state: State): Sender {
  const keepResponses = config.webhookResponses
  const http = createSender({
    allow: config.webhookAllow,
    ownListen: () => state.listen,
    keepResponses,
    ...(config.webhookResolvers.length > 0 ? { resolve: lookupVia(config.webhookResolvers) } : {}),
    ...(config.webhookProxy === null ? {} : { proxyUrl: config.webhookProxy }),
  })
  const { smtpUrl, mailFrom: from } = config
  const mail = smtpUrl === null || from === null ? null : createMailSender({ smtpUrl, from, keepResponses })
  return createDispatch({ http, mail })
}

function rulesOf(config: Config, state: State): Deps['rules'] {
  return {
    // Read anew each time: with PORT=0 our own address is known only once we listen.
    targets: () => ({ allow: config.webhookAllow, ownListen: state.listen, mail: config.smtpUrl !== null }),
    webhooksPerGroup: config.webhooksPerGroup,
    subscriptions: config.subscriptions,
    ratePerMinute: config.rateLimit,
    webhookTimeoutMs: config.webhookTimeoutMs,
    dnsTimeoutMs: config.dnsTimeoutMs,
  }
}

async function faultsOf(store: Store, state: State, pulse: Pulse): Promise<readonly string[]> {
  if (state.stopping.signal.aborted) return ['it is stopping']
  if (!state.isServing) return ['it is starting']
  const database = await store.ping().then(
    () => [],
    () => ['its database does not answer'],
  )
  return [...database, ...pulse.faults()]
}

/** Our own address as the webhook guard needs it. */
export function ownListen(address: string, port: number): ListenAddress {
  const interfaces = Object.values(networkInterfaces()).flatMap((entries) =>
    (entries ?? []).map((entry) => entry.address),
  )
  return { address, port, interfaces }
}
