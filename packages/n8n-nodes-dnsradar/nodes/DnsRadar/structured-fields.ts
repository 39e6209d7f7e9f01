/** The fields for expected values that have parts: MX, CAA, SPF and DMARC. */
import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow'
import type { MatchMode, RecordType } from '../shared/client.ts'

/** Matches that take no expected values. */
export const WITHOUT_VALUES: readonly string[] = ['absent', 'baseline'] satisfies MatchMode[]

const whereParts = (type: RecordType): IDisplayOptions => ({
  show: { recordType: [type], expectedAs: ['parts'] },
  hide: { match: [...WITHOUT_VALUES] },
})

export const STRUCTURED_FIELDS: readonly INodeProperties[] = [
  {
    displayName: 'Mail Servers',
    name: 'expectedMx',
    type: 'fixedCollection',
    default: {},
    placeholder: 'Add Mail Server',
    typeOptions: { multipleValues: true },
    displayOptions: whereParts('MX'),
    options: [
      {
        displayName: 'Mail Server',
        name: 'values',
        values: [
          { displayName: 'Priority', name: 'priority', type: 'number', default: 10, typeOptions: { minValue: 0 } },
          {
            displayName: 'Host',
            name: 'host',
            type: 'string',
            default: '',
            placeholder: 'e.g. mx1.example.com',
          },
        ],
      },
    ],
  },
  {
    displayName: 'Authorities',
    name: 'expectedCaa',
    type: 'fixedCollection',
    default: {},
    placeholder: 'Add Authority',
    typeOptions: { multipleValues: true },
    displayOptions: whereParts('CAA'),
    options: [
      {
        displayName: 'Authority',
        name: 'values',
        values: [
          { displayName: 'Flags', name: 'flags', type: 'number', default: 0, typeOptions: { minValue: 0 } },
          {
            displayName: 'Tag',
            name: 'tag',
            type: 'options',
            default: 'issue',
            options: [
              { name: 'Incident Reports', value: 'iodef' },
              { name: 'Issue', value: 'issue' },
              { name: 'Issue Wildcards', value: 'issuewild' },
            ],
          },
          {
            displayName: 'Value',
            name: 'value',
            type: 'string',
            default: '',
            placeholder: 'e.g. letsencrypt.org',
          },
        ],
      },
    ],
  },
  {
    displayName: 'SPF Policy',
    name: 'expectedSpf',
    type: 'collection',
    default: {},
    placeholder: 'Add Term',
    displayOptions: whereParts('SPF'),
    options: [
      { displayName: 'A Records of the Domain', name: 'a', type: 'boolean', default: true },
      {
        displayName: 'All Others',
        name: 'all',
        type: 'options',
        default: '~all',
        options: [
          { name: 'Fail (-All)', value: '-all' },
          { name: 'Neutral (?All)', value: '?all' },
          { name: 'Not Said', value: '' },
          { name: 'Soft Fail (~All)', value: '~all' },
        ],
      },
      {
        displayName: 'Includes',
        name: 'include',
        type: 'string',
        default: '',
        placeholder: 'e.g. _spf.example.com',
        description: 'Hosts, separated by commas',
      },
      {
        displayName: 'IPv4 Networks',
        name: 'ip4',
        type: 'string',
        default: '',
        placeholder: 'e.g. 192.0.2.0/24',
        description: 'Addresses or networks, separated by commas',
      },
      {
        displayName: 'IPv6 Networks',
        name: 'ip6',
        type: 'string',
        default: '',
        placeholder: 'e.g. 2001:db8::/32',
        description: 'Addresses or networks, separated by commas',
      },
      { displayName: 'Mail Servers of the Domain', name: 'mx', type: 'boolean', default: true },
    ],
  },
  {
    displayName: 'DMARC Policy',
    name: 'expectedDmarc',
    type: 'collection',
    default: {},
    placeholder: 'Add Tag',
    displayOptions: whereParts('DMARC'),
    options: [
      {
        displayName: 'Aggregate Reports To',
        name: 'rua',
        type: 'string',
        default: '',
        placeholder: 'e.g. dmarc@example.com',
        description: 'Mail addresses, separated by commas',
      },
      {
        displayName: 'DKIM Alignment',
        name: 'adkim',
        type: 'options',
        default: 'r',
        options: [
          { name: 'Relaxed', value: 'r' },
          { name: 'Strict', value: 's' },
        ],
      },
      {
        displayName: 'Failure Reports To',
        name: 'ruf',
        type: 'string',
        default: '',
        placeholder: 'e.g. forensics@example.com',
        description: 'Mail addresses, separated by commas',
      },
      {
        displayName: 'Percentage',
        name: 'pct',
        type: 'number',
        default: 100,
        typeOptions: { minValue: 0, maxValue: 100 },
      },
      { displayName: 'Policy', name: 'p', type: 'options', default: 'reject', options: dmarcPolicies() },
      {
        displayName: 'Policy of Subdomains',
        name: 'sp',
        type: 'options',
        default: 'reject',
        options: dmarcPolicies(),
      },
      {
        displayName: 'SPF Alignment',
        name: 'aspf',
        type: 'options',
        default: 'r',
        options: [
          { name: 'Relaxed', value: 'r' },
          { name: 'Strict', value: 's' },
        ],
      },
    ],
  },
]

function dmarcPolicies(): INodePropertyOptions[] {
  return [
    { name: 'None', value: 'none' },
    { name: 'Quarantine', value: 'quarantine' },
    { name: 'Reject', value: 'reject' },
  ]
}
