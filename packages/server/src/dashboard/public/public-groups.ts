/**
 * What strangers may know of a public group: the names, types and states of its records, and when those changed.
 * Values, expectations, reasons (they quote values), metadata and ids stay inside.
 *
 * Whoever embeds a badge has it asked for as often as their readers like, so what was found out is kept for a moment and
 * asked for once at a time.
 */
import {
  type Clock,
  type DnsEvent,
  type GroupId,
  type MonitorState,
  type Page,
  type PublicGroup,
  type Store,
  type WatchedMonitor,
} from '@dnsradar/core'
import { nameOf } from '../parts/monitors.ts'
import { STATE_WORDS } from '../parts/states.ts'
import type { StateCounts } from './condition.ts'

export interface GroupCondition {
  readonly group: PublicGroup
  /** Of the monitors that are active. */
  readonly states: StateCounts
}

export interface GroupStatus extends GroupCondition {
  /** The worst first, then by age; not all of them when there are many. */
  readonly records: readonly PublicRecord[]
  /** Latest first. */
  readonly changes: readonly PublicChange[]
}

export interface PublicRecord {
  readonly name: string
  readonly type: string
  readonly state: MonitorState
  /** Epoch milliseconds; null while it is not broken. */
  readonly brokenSince: number | null
}

export interface PublicChange {
  readonly name: string
  readonly type: string
  readonly from: MonitorState
  readonly to: MonitorState
  readonly occurred: number
}

export interface PublicGroups {
  /** Null when there is none, and when it is not public: strangers cannot tell which. */
  condition(slugOrId: string): Promise<GroupCondition | null>
  status(slugOrId: string): Promise<GroupStatus | null>
}

const KEPT_MS = 15_000
/** …and so many times as long as it took, so that strangers cost at most a fiftieth of the time however large a group is. */
const KEPT_TIMES = 50
const MOST_KEPT = 1_000
/** Of records, of each state. */
const SHOWN = 100
const CHANGES = 20

export function createPublicGroups(store: Store, clock: Clock): PublicGroups {
  const statesOf = remember((group) => activeStates(store, group), clock)
  const detailsOf = remember(async (group) => {
    const records = await recordsOf(store, group, await statesOf(group))
    return { records, changes: await changesOf(store, group) }
  }, clock)
  return {
    async condition(slugOrId) {
      // Not remembered: a group that is made private is so at once.
      const group = await store.groups.findPublic(slugOrId)
      return group === null ? null : { group, states: await statesOf(group) }
    },
    async status(slugOrId) {
      const group = await store.groups.findPublic(slugOrId)
      return group === null ? null : { group, states: await statesOf(group), ...(await detailsOf(group)) }
    },
  }
}

/** A failure is not kept. */
function remember<T>(ask: (group: PublicGroup) => Promise<T>, clock: Clock): (group: PublicGroup) => Promise<T> {
  const kept = new Map<GroupId, { until: number; readonly answer: Promise<T> }>()
  return async (group) => {
    const known = kept.get(group.id)
    if (known !== undefined && known.until > clock.now()) return known.answer
    const began = clock.monotonic()
    const entry = { until: Number.POSITIVE_INFINITY, answer: ask(group) }
    kept.delete(group.id)
    kept.set(group.id, entry)
    const [oldest] = kept.keys()
    if (kept.size > MOST_KEPT && oldest !== undefined) kept.delete(oldest)
    try {
      const found = await entry.answer
      entry.until = clock.now() + Math.max(KEPT_MS, KEPT_TIMES * (clock.monotonic() - began))
      return found
    } catch (error) {
      entry.until = Number.NEGATIVE_INFINITY
      throw error
    }
  }
}

/** Nobody looks at the others, so what they were found in last says nothing about today. */
async function activeStates(store: Store, { orgId, id }: PublicGroup): Promise<StateCounts> {
  const { states, inactive: paused } = await store.monitors.count(orgId, id)
  if (paused === 0) return states
  const inactive = await store.groups.inactiveStates(orgId, id)
  const active = Object.entries(states).map(([state, all]) => [state, all - (inactive.get(state as MonitorState) ?? 0)])
  return Object.fromEntries(active) as StateCounts
}

async function recordsOf(store: Store, group: PublicGroup, states: StateCounts): Promise<readonly PublicRecord[]> {
  const worstFirst = Object.keys(STATE_WORDS) as readonly MonitorState[]
  // Where there are none, to find that out once more would take a look at every monitor of the group.
  const present = worstFirst.filter((state) => states[state] > 0)
  const pages = await Promise.all(present.map((state) => inState(store, group, state)))
  return pages.flatMap(({ items }) => items.map(publicRecord))
}

function inState(store: Store, { orgId, id }: PublicGroup, state: MonitorState): Promise<Page<WatchedMonitor>> {
  const page = { limit: SHOWN, way: 'asc', after: null, before: null } as const
  return store.monitors.list(orgId, { group: id, state, isActive: true }, page)
}

function publicRecord({ monitor, status }: WatchedMonitor): PublicRecord {
  return { name: nameOf(monitor), type: monitor.type, state: status.state, brokenSince: status.brokenSince }
}

async function changesOf(store: Store, group: PublicGroup): Promise<readonly PublicChange[]> {
  const page = { limit: CHANGES, way: 'desc', after: null, before: null } as const
  const { items } = await store.events.list(group.orgId, { group: group.id }, page)
  const changes = items.filter(({ oldState, newState }) => oldState !== newState)
  const monitors = [...new Set(changes.map(({ monitorId }) => monitorId))]
  const found = await Promise.all(monitors.map((id) => store.monitors.get(group.orgId, id)))
  // What was deleted, moved away or paused is not for strangers any more.
  const shown = new Set(
    found.flatMap((watched) =>
      watched !== null && watched.monitor.groupId === group.id && watched.monitor.isActive ? [watched.monitor.id] : [],
    ),
  )
  return changes.filter(({ monitorId }) => shown.has(monitorId)).map(publicChange)
}

function publicChange(event: DnsEvent): PublicChange {
  const { type, oldState, newState, occurred } = event
  return { name: nameOf(event), type, from: oldState, to: newState, occurred }
}
