/** What several operations take under the same name and with the same meaning. */
import { MATCH_MODES, NOTIFY_MODES, RECORD_TYPES, STATES } from '@dnsradar/client/words'
import { field } from './operation.ts'

export const name = field('full_domain', 'text', 'full name, such as www.example.com', { flag: 'name' })
export const type = field('record_type', 'text', 'record type', { flag: 'type', choices: RECORD_TYPES })
export const expect = field('expected_value', 'list', 'what the record should say', { flag: 'expect' })
export const match = field('match', 'text', 'how it is judged', { choices: MATCH_MODES })
export const isActive = field('is_active', 'yes_or_no', 'whether it is looked at', { flag: 'active' })
export const frequency = field('frequency', 'integer', 'minutes between two looks')
export const group = field('group', 'text', 'slug or id of a group')
export const externalId = field('external_id', 'text_or_none', 'your own name for it, unique')
export const metadata = field('metadata', 'pairs', 'what you want to know of it later, such as customer=42')
export const notify = field('notify', 'text', 'when its first event may come', { choices: NOTIFY_MODES })
export const state = field('state', 'text', 'only in this state', { choices: STATES })
export const occurredAfter = field('occurred_after', 'time', 'at this time or later', { flag: 'since' })
export const occurredBefore = field('occurred_before', 'time', 'before this time', { flag: 'until' })
export const createdAfter = field('created_after', 'time', 'at this time or later', { flag: 'since' })
export const createdBefore = field('created_before', 'time', 'before this time', { flag: 'until' })
export const oldState = field('old_state', 'text', 'only out of this state', { choices: STATES })
export const newState = field('new_state', 'text', 'only into this state', { choices: STATES })
