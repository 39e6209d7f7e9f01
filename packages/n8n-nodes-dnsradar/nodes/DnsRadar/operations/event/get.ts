import { type Call, type ItemOperation, text } from '../../operation.ts'
import { SIMPLIFY_FIELD, shownEvent } from '../../simplify.ts'

export const getEvent: ItemOperation = {
  value: 'get',
  name: 'Get',
  action: 'Get an event',
  description: 'Read one change of a record',
  fields: [
    {
      displayName: 'Event ID',
      name: 'eventId',
      type: 'string',
      required: true,
      default: '',
      placeholder: 'e.g. evt_01jh3x5q9zfmq8b7n2w4c6k8ra',
    },
    SIMPLIFY_FIELD,
  ],
  async run(call: Call) {
    return shownEvent(call, await call.client.getEvent(text(call, 'eventId')))
  },
}
