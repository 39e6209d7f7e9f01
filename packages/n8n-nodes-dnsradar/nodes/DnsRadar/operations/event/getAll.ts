import { EVERY_STATE_OPTIONS, RECORD_TYPE_OPTIONS, STATE_OPTIONS } from '../../../shared/words.ts'
import { collect, filtersOf, LIST_FIELDS, timeFields } from '../../lists.ts'
import { type Call, isSet, type ItemOperation } from '../../operation.ts'
import { SIMPLIFY_FIELD, shownEvent } from '../../simplify.ts'

export const getManyEvents: ItemOperation = {
  value: 'getAll',
  name: 'Get Many',
  action: 'Get many events',
  description: 'List what happened to the records, of one monitor or of all',
  fields: [
    ...LIST_FIELDS,
    {
      displayName: 'Filters',
      name: 'filters',
      type: 'collection',
      default: {},
      placeholder: 'Add Filter',
      options: [
        { displayName: 'Group', name: 'group', type: 'string', default: '', description: 'Slug or ID' },
        {
          displayName: 'Monitor ID',
          name: 'monitor',
          type: 'string',
          default: '',
          placeholder: 'e.g. mon_01jh3x5q9zfmq8b7n2w4c6k8ra',
        },
        { displayName: 'New State', name: 'new_state', type: 'options', default: 'MISMATCH', options: STATE_OPTIONS },
        ...timeFields('Occurred', 'occurred'),
        {
          displayName: 'Old State',
          name: 'old_state',
          type: 'options',
          default: 'VALID',
          options: EVERY_STATE_OPTIONS,
        },
        {
          displayName: 'Record Type',
          name: 'record_type',
          type: 'options',
          default: 'A',
          options: RECORD_TYPE_OPTIONS,
        },
      ],
    },
    {
      displayName: 'Oldest First',
      name: 'oldestFirst',
      type: 'boolean',
      default: false,
      description: 'Whether to begin with the event that happened first',
    },
    SIMPLIFY_FIELD,
  ],
  async run(call: Call) {
    const order_way = isSet(call, 'oldestFirst') ? 'asc' : 'desc'
    const events = await collect(call, 'listEvents', [], { ...filtersOf(call), order_way })
    return events.map((event) => shownEvent(call, event))
  },
}
