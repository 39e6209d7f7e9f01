/** What `/nodes` accepts. */
import { catalogue, listQuery } from '../http/page.ts'

export const NODE_LIST = catalogue('nod')

export const NodeListQuery = listQuery(NODE_LIST, {})
