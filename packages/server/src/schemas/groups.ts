/** What the group list accepts. */
import { catalogue, listQuery } from '../http/page.ts'

export const GROUP_LIST = catalogue('grp')

export const GroupListQuery = listQuery(GROUP_LIST, {})
