import { type Call, type ItemOperation, text } from '../../operation.ts'
import { EXTERNAL_ID_FIELD, newMonitor, newMonitorFields } from '../../monitor-fields.ts'
import { SIMPLIFY_FIELD, shownMonitor } from '../../simplify.ts'

export const upsertMonitor: ItemOperation = {
  value: 'upsert',
  name: 'Create or Update',
  action: 'Create or update a monitor',
  description: 'Create a new record, or update the current one if it already exists (upsert)',
  fields: [{ ...EXTERNAL_ID_FIELD, required: true }, ...newMonitorFields({ withExternalId: false }), SIMPLIFY_FIELD],
  async run(call: Call) {
    return shownMonitor(call, await call.client.putMonitor(text(call, 'externalId'), newMonitor(call)))
  },
}
