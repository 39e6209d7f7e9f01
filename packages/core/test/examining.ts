/** Looks at one name, `www.example.test`, through name servers on loopback. */
import { randomBytes } from 'node:crypto'
import { type DnsServer, startDnsServer } from '../../../test/harness/dns-server.ts'
import { systemClock } from '../src/clock.ts'
import { type Examined, type ExamineDeps, examine } from '../src/examine.ts'
import { createMint } from '../src/ids.ts'
import { type CheckStatus, type Monitor, unchecked } from '../src/monitor/monitor.ts'
import { isBroken, type MonitorState } from '../src/monitor/state.ts'
import { createAuthority, parseDnsAllow } from '../src/resolve/authority.ts'
import type { Outages } from '../src/resolve/outage.ts'
import { aMonitor } from './monitors.ts'
import { resolverOver, WWW } from './resolvers.ts'

export const [GOOD, BAD, WORSE] = ['192.0.2.1', '192.0.2.66', '192.0.2.99']
export const MINUTE = 60_000
const mint = createMint(() => Date.UTC(2026, 0, 1), randomBytes)

/** Expects `GOOD` and nothing else. */
export function monitorOf(ownerName = WWW.name): Monitor {
  const registrable = ownerName.split('.').slice(-2).join('.')
  return aMonitor({ id: mint('mon'), domain: ownerName, subdomain: null, ownerName, registrable, expected: [GOOD] })
}

export function statusOf(state: MonitorState, values: readonly string[] = []): CheckStatus {
  if (state === 'UNSET') return unchecked(0)
  return { ...unchecked(0), state, current: values, brokenSince: isBroken(state) ? 1 : null, wasValid: true }
}

export const HELD_VALID = statusOf('VALID', [GOOD])

export interface Desk extends AsyncDisposable {
  /** Upstreams, in the order of the answers they were started with. */
  readonly upstreams: readonly DnsServer[]
  /** Servers of `example.test`, in the order of theirs. */
  readonly own: readonly DnsServer[]
  readonly deps: ExamineDeps
  look(status?: CheckStatus, monitor?: Monitor): Promise<Examined>
}

interface Setting {
  /** What each upstream answers for www.example.test; null denies the name. */
  readonly upstreams: readonly (string | null)[]
  readonly own?: readonly (string | null)[]
  readonly allowOwn?: boolean
  readonly outages?: Outages
  readonly confirm?: boolean
  readonly budgetMs?: number
}

export async function startDesk(setting: Setting): Promise<Desk> {
  await using stack = new AsyncDisposableStack()
  const serve = async (address: string | null): Promise<DnsServer> => {
    const server = stack.use(await startDnsServer())
    if (address !== null) server.set(WWW.name, 'A', [address])
    return server
  }
  const upstreams = await Promise.all(setting.upstreams.map(serve))
  const own = await Promise.all((setting.own ?? []).map(serve))
  for (const upstream of upstreams) {
    upstream.set('example.test', 'NS', ['ns1.example.test'])
    upstream.set('ns1.example.test', 'A', ['127.0.0.1'])
  }
  const clock = systemClock
  const resolver = stack.use(resolverOver(upstreams.map(({ address }) => address)))
  const allow = parseDnsAllow(setting.allowOwn === false ? [] : own.map(({ address }) => address))
  const deps: ExamineDeps = {
    resolver,
    clock,
    budgetMs: setting.budgetMs ?? 5000,
    confirm: setting.confirm ?? true,
    authority: own.length > 0 ? createAuthority({ resolver, clock, randomBytes, allow }) : undefined,
    outages: setting.outages,
  }
  const held = stack.move()
  return {
    upstreams,
    own,
    deps,
    look: (status = HELD_VALID, monitor = monitorOf()) => examine(deps, { monitor, status }, { fresh: true }),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  }
}

export const codes = ({ look }: Examined) => look.reasons.map(({ code }) => code)
export const roles = ({ look }: Examined) => look.answers.map(({ evidence }) => evidence.role)
