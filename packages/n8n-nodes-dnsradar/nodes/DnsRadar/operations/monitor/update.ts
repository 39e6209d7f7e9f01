import type { MatchMode, MonitorPatch, RecordType } from '../../../shared/client.ts'
import { MONITOR_LOCATOR } from '../../../shared/locators.ts'
import { asText } from '../../../shared/text.ts'
import { RECORD_TYPE_OPTIONS } from '../../../shared/words.ts'
import { MATCH_OPTIONS } from '../../expected-fields.ts'
import { monitorId } from '../../find.ts'
import {
  EXTERNAL_ID_FIELD,
  extrasOf,
  FREQUENCY_FIELD,
  GROUP_FIELD,
  METADATA_FIELD,
  NAME_FIELD,
  NOTIFY_FIELD,
} from '../../monitor-fields.ts'
import { type Call, changesIn, collection, type ItemOperation, lines } from '../../operation.ts'
import { SIMPLIFY_FIELD, shownMonitor } from '../../simplify.ts'

export const updateMonitor: ItemOperation = {
  value: 'update',
  name: 'Update',
  action: 'Update a monitor',
  description: 'Change what is given and check again at once; what is left out stays',
  fields: [
    MONITOR_LOCATOR,
    {
      displayName: 'Update Fields',
      name: 'updateFields',
      type: 'collection',
      default: {},
      placeholder: 'Add Field',
      options: [
        { ...NAME_FIELD, required: false },
        {
          displayName: 'Expected Values',
          name: 'expectedValues',
          type: 'string',
          default: '',
          typeOptions: { rows: 2 },
          placeholder: 'e.g. 10 mx1.example.com',
          description: 'One value per line, or an array from an expression; they replace all that there are',
        },
        EXTERNAL_ID_FIELD,
        FREQUENCY_FIELD,
        GROUP_FIELD,
        { displayName: 'Match', name: 'match', type: 'options', default: 'exact', options: MATCH_OPTIONS },
        { ...METADATA_FIELD, description: 'They replace all entries that there are' },
        NOTIFY_FIELD,
        {
          displayName: 'Record Type',
          name: 'recordType',
          type: 'options',
          default: 'A',
          options: RECORD_TYPE_OPTIONS,
        },
      ],
    },
    SIMPLIFY_FIELD,
  ],
  async run(call: Call) {
    const patch = changesIn(patchOf(call))
    return shownMonitor(call, await call.client.updateMonitor(await monitorId(call), patch))
  },
}

function patchOf(call: Call): MonitorPatch {
  const fields = collection(call, 'updateFields')
  const { domain, recordType, expectedValues, match } = fields
  return {
    ...(domain === undefined ? {} : { full_domain: asText(domain) }),
    ...(recordType === undefined ? {} : { record_type: recordType as RecordType }),
    ...(expectedValues === undefined ? {} : { expected_value: lines(expectedValues) }),
    ...(match === undefined ? {} : { match: match as MatchMode }),
    ...extrasOf(fields),
  }
}
