/** `check`: one look without a server, through the same path as a monitor's, so that a script can ask. */
import { randomBytes } from 'node:crypto'
import {
  type CheckStatus,
  createMint,
  type Look,
  MATCH_MODES,
  type MatchMode,
  type Monitor,
  systemClock,
} from '@dnsradar/core'
import { examine } from '@dnsradar/core/examine'
import { newMonitor } from '../actions/new-monitor.ts'
import { readConfig } from '../config.ts'
import { presentCheck } from '../present/check.ts'
import type { BatchContext } from './context.ts'
import { EXIT, usage } from './failure.ts'
import { type Output, paint, printJson, shown } from './output.ts'
import { openResolverFor, typeGiven } from './resolver.ts'
import { paintState } from './show.ts'

export interface Asked {
  readonly name: string
  readonly type: string
  readonly expect: readonly string[]
  readonly flexible: boolean
  readonly match?: string
  readonly resolver: readonly string[]
  readonly json: boolean
}

export async function check({ output, env }: BatchContext, asked: Asked): Promise<number> {
  const { config } = readConfig(env)
  const monitor = monitorOf(asked)
  await using resolver = openResolverFor(asked.resolver, config)
  const deps = { resolver, clock: systemClock, budgetMs: config.dnsTimeoutMs, confirm: false }
  const { look } = await examine(deps, { monitor, status: UNSEEN }, { fresh: true })
  if (asked.json) printJson(output, presentCheck(look))
  else for (const line of report(output, monitor, look)) output.out(line)
  return look.state === 'VALID' ? EXIT.done : EXIT.no
}

/** Never looked at before: the first answer decides. */
const UNSEEN: CheckStatus = {
  state: 'UNSET',
  current: null,
  answerHash: null,
  reasons: [],
  incidenceCount: 0,
  brokenSince: null,
  wasValid: false,
  pending: null,
  lastChecked: null,
  nextCheck: 0,
}

function monitorOf(asked: Asked): Monitor {
  const type = typeGiven(asked.type)
  const match = matchOf(asked)
  if (asked.expect.length === 0 && match !== 'absent' && match !== 'baseline') {
    throw usage('nothing is expected; give --expect VALUE…, or --match absent.')
  }
  const made = newMonitor(
    {
      full_domain: asked.name,
      record_type: type,
      match,
      ...(asked.expect.length > 0 ? { expected_value: [...asked.expect] } : {}),
    },
    'unlimited',
  )
  const mint = createMint(systemClock.now, randomBytes)
  const now = systemClock.now()
  const own = {
    id: mint('mon'),
    orgId: mint('org'),
    groupId: mint('grp'),
    expectedVersion: 1,
    created: now,
    updated: now,
  }
  return { ...made, ...own }
}

function matchOf({ flexible, match }: Asked): MatchMode {
  if (match === undefined) return flexible ? 'includes' : 'exact'
  const known = MATCH_MODES.find((mode) => mode === match)
  if (known === undefined) throw usage(`--match ${match} is not known; use one of ${MATCH_MODES.join(', ')}.`)
  if (flexible && known !== 'includes') throw usage('--flexible means --match includes; give one of the two.')
  return known
}

function report({ screen }: Output, { ownerName, type }: Monitor, { state, values, reasons }: Look): readonly string[] {
  return [
    `${paintState(screen, state, state)}  ${ownerName} ${type}`,
    ...values.map((value) => `  ${paint(screen, 'dim', 'found')}    ${shown(value)}`),
    ...reasons.map(({ message }) => `  ${paint(screen, 'dim', 'because')}  ${shown(message)}`),
  ]
}
