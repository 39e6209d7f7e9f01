import { EVERY_STATE_OPTIONS, RECORD_TYPE_OPTIONS } from '../../../shared/words.ts'
import { entriesOf } from '../../entries.ts'
import { MATCH_OPTIONS } from '../../expected-fields.ts'
import { collect, LIST_FIELDS } from '../../lists.ts'
import { METADATA_FIELD } from '../../monitor-fields.ts'
import { type Call, collection, isSet, type ItemOperation } from '../../operation.ts'
import { SIMPLIFY_FIELD, shownMonitor } from '../../simplify.ts'

export const getManyMonitors: ItemOperation = {
  value: 'getAll',
  name: 'Get Many',
  action: 'Get many monitors',
  description: 'List the monitors that a filter leaves',
  fields: [
    ...LIST_FIELDS,
    {
      displayName: 'Filters',
      name: 'filters',
      type: 'collection',
      default: {},
      placeholder: 'Add Filter',
      options: [
        {
          displayName: 'Active',
          name: 'is_active',
          type: 'boolean',
          default: true,
          description: 'Whether the monitors are active',
        },
        {
          displayName: 'Domain',
          name: 'full_domain',
          type: 'string',
          default: '',
          placeholder: 'e.g. www.example.com',
          description: 'Full name of the record',
        },
        { displayName: 'External ID', name: 'external_id', type: 'string', default: '' },
        { displayName: 'Group', name: 'group', type: 'string', default: '', description: 'Slug or ID' },
        { displayName: 'Match', name: 'match', type: 'options', default: 'exact', options: MATCH_OPTIONS },
        { ...METADATA_FIELD, description: 'All of these entries' },
        {
          displayName: 'Record Type',
          name: 'record_type',
          type: 'options',
          default: 'A',
          options: RECORD_TYPE_OPTIONS,
        },
        {
          displayName: 'Registered Domain',
          name: 'registrable_domain',
          type: 'string',
          default: '',
          placeholder: 'e.g. example.com',
          description: 'The domain and everything below it',
        },
        {
          displayName: 'Search',
          name: 'q',
          type: 'string',
          default: '',
          description: 'Part of the name or of the external ID',
        },
        { displayName: 'State', name: 'state', type: 'options', default: 'MISMATCH', options: EVERY_STATE_OPTIONS },
      ],
    },
    {
      displayName: 'Newest First',
      name: 'newestFirst',
      type: 'boolean',
      default: false,
      description: 'Whether to begin with the monitor that was created last',
    },
    SIMPLIFY_FIELD,
  ],
  async run(call: Call) {
    const { metadata, ...filters } = collection(call, 'filters')
    const monitors = await collect(call, 'listMonitors', [], {
      ...filters,
      ...(metadata === undefined ? {} : { metadata: entriesOf(metadata) }),
      order_way: isSet(call, 'newestFirst') ? 'desc' : 'asc',
    })
    return monitors.map((monitor) => shownMonitor(call, monitor))
  },
}
