/** The fields for expected values that have parts: MX, CAA, SPF and DMARC. */
import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow'
import type { MatchMode, RecordType } from '../shared/client.ts'

/** Matches that take no expected values. */
export const WITHOUT_VALUES: readonly string[] = ['absent', 'baseline'] satisfies MatchMode[]

const NETWORKS = 'Addresses or networks, separated by commas'
const MAIL_ADDRESSES = 'Mail addresses, separated by commas'

const TAGS: INodePropertyOptions[] = [
  { name: 'Incident Reports', value: 'iodef' },
  { name: 'Issue', value: 'issue' },
  { name: 'Issue Wildcards', value: 'issuewild' },
]

const QUALIFIERS: INodePropertyOptions[] = [
  { name: 'Fail (-All)', value: '-all' },
  { name: 'Neutral (?All)', value: '?all' },
  { name: 'Not Said', value: '' },
  { name: 'Soft Fail (~All)', value: '~all' },
]

const ALIGNMENTS: INodePropertyOptions[] = [
  { name: 'Relaxed', value: 'r' },
  { name: 'Strict', value: 's' },
]

const POLICIES: INodePropertyOptions[] = [
  { name: 'None', value: 'none' },
  { name: 'Quarantine', value: 'quarantine' },
  { name: 'Reject', value: 'reject' },
]

export const STRUCTURED_FIELDS: readonly INodeProperties[] = [
  rows('MX', 'expectedMx', 'Mail Server', [
    integer('Priority', 'priority', { most: 65_535, usual: 10 }),
    words('Host', 'host', 'e.g. mx1.example.com'),
  ]),
  rows('CAA', 'expectedCaa', 'Authority', [
    integer('Flags', 'flags', { most: 255, usual: 0 }),
    oneOf('Tag', 'tag', TAGS, 'issue'),
    words('Value', 'value', 'e.g. letsencrypt.org'),
  ]),
  parts('SPF', 'expectedSpf', 'Term', [
    { displayName: 'A Records of the Domain', name: 'a', type: 'boolean', default: true },
    oneOf('All Others', 'all', QUALIFIERS, '~all'),
    words('Includes', 'include', 'e.g. _spf.example.com', 'Hosts, separated by commas'),
    words('IPv4 Networks', 'ip4', 'e.g. 192.0.2.0/24', NETWORKS),
    words('IPv6 Networks', 'ip6', 'e.g. 2001:db8::/32', NETWORKS),
    { displayName: 'Mail Servers of the Domain', name: 'mx', type: 'boolean', default: true },
  ]),
  parts('DMARC', 'expectedDmarc', 'Tag', [
    words('Aggregate Reports To', 'rua', 'e.g. dmarc@example.com', MAIL_ADDRESSES),
    oneOf('DKIM Alignment', 'adkim', ALIGNMENTS, 'r'),
    words('Failure Reports To', 'ruf', 'e.g. forensics@example.com', MAIL_ADDRESSES),
    integer('Percentage', 'pct', { most: 100, usual: 100 }),
    oneOf('Policy', 'p', POLICIES, 'reject'),
    oneOf('Policy of Subdomains', 'sp', POLICIES, 'reject'),
    oneOf('SPF Alignment', 'aspf', ALIGNMENTS, 'r'),
  ]),
]

/** Several values of a record type, each of the same parts. */
function rows(type: RecordType, name: string, what: string, values: INodeProperties[]): INodeProperties {
  return {
    displayName: `Expected ${type} Values`,
    name,
    type: 'fixedCollection',
    default: {},
    placeholder: `Add ${what}`,
    typeOptions: { multipleValues: true },
    displayOptions: whenInParts(type),
    options: [{ displayName: what, name: 'values', values }],
  }
}

/** One value, made of the parts that are added. */
function parts(type: RecordType, name: string, what: string, options: INodeProperties[]): INodeProperties {
  return {
    displayName: `Expected ${type} Policy`,
    name,
    type: 'collection',
    default: {},
    placeholder: `Add ${what}`,
    displayOptions: whenInParts(type),
    options,
  }
}

function whenInParts(type: RecordType): IDisplayOptions {
  return { show: { recordType: [type], expectedAs: ['parts'] }, hide: { match: [...WITHOUT_VALUES] } }
}

function words(displayName: string, name: string, placeholder: string, description?: string): INodeProperties {
  const field = { displayName, name, type: 'string', default: '', placeholder } as const
  return description === undefined ? field : { ...field, description }
}

function oneOf(displayName: string, name: string, options: INodePropertyOptions[], usual: string): INodeProperties {
  return { displayName, name, type: 'options', default: usual, options }
}

function integer(
  displayName: string,
  name: string,
  { most, usual }: { readonly most: number; readonly usual: number },
): INodeProperties {
  return { displayName, name, type: 'number', default: usual, typeOptions: { minValue: 0, maxValue: most } }
}
