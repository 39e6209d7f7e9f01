/** The fields of an expectation: record type, match, and values in the form that the type has. */
import type { IDataObject, INodeProperties, INodePropertyOptions } from 'n8n-workflow'
import type { MatchMode, RecordType } from '../shared/client.ts'
import { RECORD_TYPE_OPTIONS } from '../shared/words.ts'
import { caaValues, dmarcValues, mxValues, spfValues, STRUCTURED_TYPES } from './expected.ts'
import { type Call, collection, lines, text } from './operation.ts'
import { STRUCTURED_FIELDS, WITHOUT_VALUES } from './structured-fields.ts'

export const MATCH_OPTIONS: INodePropertyOptions[] = [
  { name: 'Absent', value: 'absent', description: 'There is no such record' },
  { name: 'All Inside Networks (CIDR)', value: 'cidr', description: 'Every address is inside one of these networks' },
  { name: 'At Least One of These', value: 'any_of', description: 'One of the values is there; others may be too' },
  { name: 'Baseline', value: 'baseline', description: 'What the first check finds becomes the expectation' },
  { name: 'Exactly These', value: 'exact', description: 'These values and no others' },
  { name: 'Flexible: at Least These', value: 'includes', description: 'All of these are there; others may be too' },
  { name: 'None of These', value: 'none_of', description: 'None of these values is there' },
]

const PLAIN_TYPES = RECORD_TYPE_OPTIONS.map(({ value }) => value as RecordType).filter((type) => !isStructured(type))

const VALUES: INodeProperties = {
  displayName: 'Expected Values',
  name: 'expectedValues',
  type: 'string',
  default: '',
  typeOptions: { rows: 2 },
  placeholder: 'e.g. 192.0.2.1',
  description: 'One value per line, or an array from an expression; at most 10',
}

export const EXPECTATION_FIELDS: readonly INodeProperties[] = [
  {
    displayName: 'Record Type',
    name: 'recordType',
    type: 'options',
    required: true,
    default: 'A',
    options: RECORD_TYPE_OPTIONS,
    description: 'SPF and DMARC are TXT records of that family; a DMARC record stands at _dmarc',
  },
  {
    displayName: 'Match',
    name: 'match',
    type: 'options',
    default: 'exact',
    options: MATCH_OPTIONS,
    description: 'How the records are compared with the expected values',
    hint: 'Flexible lets a provider add records of its own, as in an SPF record with further includes',
  },
  { ...VALUES, displayOptions: { show: { recordType: PLAIN_TYPES }, hide: { match: [...WITHOUT_VALUES] } } },
  {
    displayName: 'Expected Values As',
    name: 'expectedAs',
    type: 'options',
    default: 'parts',
    displayOptions: { show: { recordType: [...STRUCTURED_TYPES] }, hide: { match: [...WITHOUT_VALUES] } },
    options: [
      { name: 'Fields', value: 'parts', description: 'Fill in the parts of a value' },
      { name: 'Text', value: 'text', description: 'Write whole values, or give them by an expression' },
    ],
  },
  {
    ...VALUES,
    displayOptions: {
      show: { recordType: [...STRUCTURED_TYPES], expectedAs: ['text'] },
      hide: { match: [...WITHOUT_VALUES] },
    },
    placeholder: 'e.g. 10 mx1.example.com',
  },
  ...STRUCTURED_FIELDS,
]

export interface Expectation {
  readonly record_type: RecordType
  readonly match: MatchMode
  readonly expected_value?: readonly string[]
}

/** Without `expected_value` for the matches that take none. */
export function expectationOf(call: Call): Expectation {
  const record_type = text(call, 'recordType') as RecordType
  const match = text(call, 'match') as MatchMode
  return WITHOUT_VALUES.includes(match)
    ? { record_type, match }
    : { record_type, match, expected_value: expectedValues(call, record_type) }
}

function expectedValues(call: Call, type: RecordType): string[] {
  if (!isStructured(type) || text(call, 'expectedAs') === 'text') {
    return lines(call.context.getNodeParameter('expectedValues', call.index, ''))
  }
  switch (type) {
    case 'MX':
      return mxValues(rowsOf(call, 'expectedMx'))
    case 'CAA':
      return caaValues(rowsOf(call, 'expectedCaa'))
    case 'SPF':
      return spfValues(collection(call, 'expectedSpf'))
    case 'DMARC':
      return dmarcValues(collection(call, 'expectedDmarc'))
  }
}

function rowsOf({ context, index }: Call, name: string): IDataObject[] {
  return (context.getNodeParameter(`${name}.values`, index, []) ?? []) as IDataObject[]
}

type StructuredType = (typeof STRUCTURED_TYPES)[number]

function isStructured(type: RecordType): type is StructuredType {
  return (STRUCTURED_TYPES as readonly string[]).includes(type)
}
