/** Monitors: found by their key, compared by what they mean, deleted when their file no longer has them. */
import type { MonitorPatch, WireMonitor } from '@dnsradar/client'
import { watchKey } from '@dnsradar/core'
import { ownerName } from '@dnsradar/core/dns/name'
import type { Fault } from '../source/place.ts'
import type { Actual } from './actual.ts'
import type { Change, FieldChange, Plan, PlanOptions } from './changes.ts'
import type { Desired, DesiredMonitor } from './desired.ts'
import { asMembers, bodyOf, type Compared, differences } from './fields.ts'
import { OWNER_METADATA, ownerOf } from './ownership.ts'

export function planMonitors(desired: Desired, actual: Actual, { adopt }: PlanOptions): Plan {
  const byKey = new Map(
    actual.monitors.flatMap((each) => (each.external_id === null ? [] : [[each.external_id, each]])),
  )
  const byWatch = Map.groupBy(
    actual.monitors.filter((each) => ownerOf(each) === null && each.external_id === null),
    watchOfActual,
  )
  const conflicts: Fault[] = []
  const changes = desired.monitors.flatMap((wanted): readonly Change[] => {
    const held = byKey.get(wanted.key) ?? null
    if (held !== null && ownerOf(held) === desired.owner) return update(desired.owner, wanted, held, 'update')
    const same = held ?? byWatch.get(watchOfDesired(wanted))?.shift() ?? null
    if (same === null) return [create(desired.owner, wanted)]
    if (adopt && ownerOf(same) === null) return update(desired.owner, wanted, same, 'adopt')
    conflicts.push({ place: wanted.place, message: conflictWith(same, wanted.key) })
    return []
  })
  const keys = new Set(desired.monitors.map(({ key }) => key))
  const gone = actual.monitors.filter((each) => ownerOf(each) === desired.owner && !keys.has(each.external_id ?? ''))
  return { changes: [...changes, ...gone.map(remove)], conflicts }
}

function conflictWith(held: WireMonitor, key: string): string {
  const owner = ownerOf(held)
  if (owner !== null) return `${key} is the key of a monitor that belongs to ${owner}; choose another key.`
  return held.external_id === key
    ? `${key} is the external_id of a monitor that was made by hand (${held.uuid}); take it over with --adopt, or choose another key.`
    : `A monitor that was made by hand (${held.uuid}) watches the same; take it over with --adopt, or delete it first.`
}

/** In one group and with one meaning, however each was written. */
function watchOfActual(actual: WireMonitor): string {
  const { record_type: type, match, group } = actual
  const expected = match === 'baseline' ? [] : actual.expected_value
  return `${group} ${watchKey({ ownerName: nameOfActual(actual), type, match, expected })}`
}

function watchOfDesired({ monitor }: DesiredMonitor): string {
  return `${monitor.group ?? 'default'} ${watchKey(monitor)}`
}

function nameOfActual({ domain, subdomain, record_type: type }: WireMonitor): string {
  return ownerName(domain, subdomain, type)
}

function aboutOf({ monitor: { ownerName: name, type } }: DesiredMonitor): string {
  return `${name} ${type}`
}

function labelled(owner: string, { monitor }: DesiredMonitor): Readonly<Record<string, string>> {
  return asMembers({ ...monitor.metadata, [OWNER_METADATA]: owner })
}

function create(owner: string, wanted: DesiredMonitor): Change {
  const { key, place, input } = wanted
  const body = { ...input, external_id: key, metadata: labelled(owner, wanted) }
  const { match, expected, group } = wanted.monitor
  const fields = differences([
    [match, undefined, expected.length === 0 ? undefined : expected],
    ['group', undefined, group ?? undefined],
  ])
  return { kind: 'monitor', action: 'create', key, place, about: aboutOf(wanted), fields, body }
}

function update(
  owner: string,
  wanted: DesiredMonitor,
  held: WireMonitor,
  action: 'update' | 'adopt',
): readonly Change[] {
  const fields = differences(compared(owner, wanted, held))
  if (fields.length === 0) return []
  const { key, place, monitor } = wanted
  return [
    {
      kind: 'monitor',
      action,
      id: held.uuid,
      key,
      place,
      about: aboutOf(wanted),
      fields,
      body: patch(fields, monitor),
    },
  ]
}

function compared(owner: string, wanted: DesiredMonitor, held: WireMonitor): readonly Compared[] {
  const { monitor, key } = wanted
  const isRenamed = nameOfActual(held) !== monitor.ownerName
  return [
    ...(isRenamed
      ? ([
          ['domain', held.domain, monitor.domain],
          ['subdomain', held.subdomain, monitor.subdomain],
        ] as const)
      : []),
    ['record_type', held.record_type, monitor.type],
    ['match', held.match, monitor.match],
    ...(expectsTheSame(wanted, held) ? [] : ([['expected_value', held.expected_value, monitor.expected]] as const)),
    ['frequency', held.frequency, monitor.intervalMinutes],
    ['notify', held.notify, monitor.notify],
    ['is_active', held.is_active, monitor.isActive],
    ['group', held.group, monitor.group ?? 'default'],
    ['external_id', held.external_id, key],
    ['metadata', asMembers(held.metadata), labelled(owner, wanted)],
  ]
}

/** A baseline that was taken is what the file asks for, whatever it says. */
function expectsTheSame({ monitor }: DesiredMonitor, held: WireMonitor): boolean {
  if (monitor.match === 'baseline' || monitor.match === 'absent') return true
  const { record_type: type, match, expected_value: expected } = held
  if (type !== monitor.type || match !== monitor.match) return false
  return watchKey({ ...monitor, type, match, expected }) === watchKey(monitor)
}

/** A name is given whole: half of one would be joined to the half that is there. */
function patch(fields: readonly FieldChange[], { domain, subdomain }: DesiredMonitor['monitor']): MonitorPatch {
  const isRenamed = fields.some(({ field }) => field === 'domain' || field === 'subdomain')
  return { ...bodyOf(fields), ...(isRenamed ? { domain, subdomain } : {}) }
}

function remove(held: WireMonitor): Change {
  const about = `${nameOfActual(held)} ${held.record_type}`
  return { kind: 'monitor', action: 'delete', id: held.uuid, key: held.external_id ?? held.uuid, about, fields: [] }
}
