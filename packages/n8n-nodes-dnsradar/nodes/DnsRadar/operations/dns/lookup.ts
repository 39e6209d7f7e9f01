import type { RecordType } from '../../../shared/client.ts'
import { RECORD_TYPE_OPTIONS } from '../../../shared/words.ts'
import { type Call, isSet, type ItemOperation, text } from '../../operation.ts'
import { SIMPLIFY_FIELD } from '../../simplify.ts'

export const lookup: ItemOperation = {
  value: 'lookup',
  name: 'Look Up',
  action: 'Look up a name',
  description: 'Ask every resolver and authoritative server now, and say whether they agree',
  fields: [
    {
      displayName: 'Name',
      name: 'name',
      type: 'string',
      required: true,
      default: '',
      placeholder: 'e.g. www.example.com',
      description: 'Full name, or an IP address with the record type PTR',
    },
    {
      displayName: 'Record Type',
      name: 'recordType',
      type: 'options',
      default: 'A',
      options: RECORD_TYPE_OPTIONS,
    },
    SIMPLIFY_FIELD,
  ],
  async run(call: Call) {
    const type = text(call, 'recordType') as RecordType
    const found = await call.client.lookup({ name: text(call, 'name'), type })
    if (!isSet(call, 'simplify')) return found
    const { name, consistent, answers } = found
    const values = [...new Set(answers.flatMap((answer) => answer.values))].toSorted()
    const servers = answers.map(({ server, role, rcode, error }) => ({ server, role, rcode, error }))
    return { name, type: found.type, consistent, values, servers }
  },
}
