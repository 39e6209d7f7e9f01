/** The API's words as n8n's option lists show them. */
import type { INodePropertyOptions } from 'n8n-workflow'
import { RECORD_TYPES } from './client.ts'

export const RECORD_TYPE_OPTIONS: INodePropertyOptions[] = RECORD_TYPES.map((type) => ({ name: type, value: type }))

/** States that a check can find. */
export const STATE_OPTIONS: INodePropertyOptions[] = [
  { name: 'Invalid', value: 'INVALID', description: 'The answer was an error or no legal DNS data' },
  { name: 'Mismatch', value: 'MISMATCH', description: 'There are records, and not those expected' },
  { name: 'Not Found', value: 'NOT_FOUND', description: 'There is no such record' },
  { name: 'Timeout', value: 'TIMEOUT', description: 'Nobody answered in time' },
  { name: 'Valid', value: 'VALID', description: 'The records are as expected' },
]

export const EVERY_STATE_OPTIONS: INodePropertyOptions[] = [
  ...STATE_OPTIONS,
  { name: 'Unset', value: 'UNSET', description: 'Not checked yet' },
]
