/** Groups of monitors, which webhooks listen to. */
import type { GroupId, OrganizationId } from '../ids.ts'
import type { MonitorState } from '../monitor/state.ts'
import type { Page, PageRequest } from './lists.ts'

export interface Group {
  readonly id: GroupId
  readonly orgId: OrganizationId
  readonly slug: string
  readonly name: string
  readonly kind: 'native' | 'entri'
  readonly isDefault: boolean
  readonly isPublic: boolean
  readonly monitors: number
  readonly webhooks: number
  readonly created: number
}

/** A group without its counts. */
export type GroupName = Pick<Group, 'id' | 'slug' | 'kind' | 'isDefault'>

/** What strangers may know a group by. */
export type PublicGroup = Pick<Group, 'id' | 'orgId' | 'slug' | 'name'>

export type NewGroup = Pick<Group, 'slug' | 'name' | 'kind' | 'isPublic'>
/** Members left out stay as they are. */
export type GroupEdit = Partial<Pick<Group, 'slug' | 'name' | 'isPublic'>>

export interface Groups {
  /** Refuses with `conflict` when the slug is taken. */
  create(orgId: OrganizationId, group: NewGroup): Promise<Group>
  list(orgId: OrganizationId, page: PageRequest): Promise<Page<Group>>
  /** Slugs of these groups, for presenting; unknown ids are left out. */
  slugs(orgId: OrganizationId, ids: readonly GroupId[]): Promise<ReadonlyMap<GroupId, string>>
  /** By slug or by id. */
  find(orgId: OrganizationId, slugOrId: string): Promise<Group | null>
  /**
   * For strangers: by id across organizations, by slug in the default organization only. Null when there is no such
   * group, and when it is not public.
   */
  findPublic(slugOrId: string): Promise<PublicGroup | null>
  /** The states in which the group's inactive monitors were left; states without any are left out. */
  inactiveStates(orgId: OrganizationId, id: GroupId): Promise<ReadonlyMap<MonitorState, number>>
  /** By slug or by id, null being the default group; names of no group are left out. */
  named(orgId: OrganizationId, names: readonly (string | null)[]): Promise<ReadonlyMap<string | null, GroupName>>
  /**
   * Asks `edit` what to change about the group as it stands and writes that, in one transaction; when `edit` throws,
   * nothing is written. Refuses with `conflict` when the slug is taken. Null when there is no such group.
   */
  update(orgId: OrganizationId, slugOrId: string, edit: (current: GroupName) => GroupEdit): Promise<Group | null>
  /**
   * Deletes a group without monitors; webhooks lose it. `admit` sees it first and may refuse by throwing. Refuses with
   * `group_not_empty`. Answers what was deleted; null when there is no such group.
   */
  delete(orgId: OrganizationId, slugOrId: string, admit: (current: GroupName) => void): Promise<GroupName | null>
}
