import type { MatchInput } from '../../../shared/client.ts'
import { EXPECTATION_FIELDS, expectationOf } from '../../expected-fields.ts'
import { type Call, collection, type ItemOperation, lines } from '../../operation.ts'

export const match: ItemOperation = {
  value: 'match',
  name: 'Match',
  action: 'Match values against an expectation',
  description: 'Try an expectation out on given values, and say why they fit or not; nothing is looked up',
  fields: [
    ...EXPECTATION_FIELDS,
    {
      displayName: 'Observed Values',
      name: 'observed',
      type: 'string',
      default: '',
      typeOptions: { rows: 2 },
      placeholder: 'e.g. 192.0.2.1',
      description: 'The records that are there: one value per line, or an array from an expression',
    },
    {
      displayName: 'Options',
      name: 'options',
      type: 'collection',
      default: {},
      placeholder: 'Add Option',
      options: [
        {
          displayName: 'Response',
          name: 'response',
          type: 'options',
          default: 'NXDOMAIN',
          description: 'Stands for an answer without data',
          options: ['FORMERR', 'MALFORMED', 'NODATA', 'NXDOMAIN', 'REFUSED', 'SERVFAIL', 'TIMEOUT'].map((response) => ({
            name: response,
            value: response,
          })),
        },
      ],
    },
  ],
  async run(call: Call) {
    const { response } = collection(call, 'options')
    const observed = lines(call.context.getNodeParameter('observed', call.index, ''))
    const input = { ...expectationOf(call), observed, ...(response === undefined ? {} : { response }) } as MatchInput
    return call.client.match(input)
  },
}
