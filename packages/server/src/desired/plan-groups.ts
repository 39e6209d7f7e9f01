/** Groups: made and changed, never deleted, because nothing on them tells who made them. */
import type { Change } from './changes.ts'
import type { Actual } from './actual.ts'
import type { Desired, DesiredGroup } from './desired.ts'
import { bodyOf, differences } from './fields.ts'

export function planGroups(desired: Desired, actual: Actual): readonly Change[] {
  const existing = new Map(actual.groups.map((group) => [group.slug, group]))
  return [...desired.groups, ...impliedGroups(desired)].flatMap(
    ({ key, place, name, is_public }): readonly Change[] => {
      const group = existing.get(key)
      const common = { kind: 'group', key, place, about: name ?? key } as const
      if (group === undefined) {
        const fields = differences([
          ['name', undefined, name],
          ['is_public', undefined, is_public],
        ])
        return [{ ...common, action: 'create', fields, body: { slug: key, ...bodyOf(fields) } }]
      }
      const fields = differences([
        ['name', group.name, name],
        ['is_public', group.is_public, is_public],
      ])
      return fields.length === 0 ? [] : [{ ...common, action: 'update', id: key, fields, body: bodyOf(fields) }]
    },
  )
}

/** Groups that are named and not described: the server makes them with the first monitor, and a plan says so. */
function impliedGroups({ groups, monitors, webhooks }: Desired): readonly DesiredGroup[] {
  const described = new Set(['default', ...groups.map(({ key }) => key)])
  const named = [
    ...monitors.map(({ place, monitor }) => ({ key: monitor.group ?? 'default', place })),
    ...webhooks.flatMap((webhook) => webhook.groups.map((key) => ({ key, place: webhook.place }))),
  ]
  const implied = named.filter(({ key }) => !described.has(key) && !key.startsWith('grp_'))
  return [...new Map(implied.toReversed().map((group) => [group.key, group])).values()].toReversed()
}
