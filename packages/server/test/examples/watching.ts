/** Records are watched: one by one, many at once, and by the names that the caller's own system has for them. */
import type { Step } from './story.ts'

export const WWW = {
  domain: 'example.com',
  subdomain: 'www',
  record_type: 'A',
  expected_value: ['192.0.2.1'],
  external_id: 'customer-7-www',
  metadata: { customer: '7' },
}
const MAIL = {
  domain: 'example.com',
  record_type: 'MX',
  expected_value: ['10 mx1.example.net', '20 mx2.example.net'],
  frequency: 120,
}
const SPF = {
  domain: 'example.com',
  record_type: 'SPF',
  expected_value: 'v=spf1 include:_spf.example.net -all',
  match: 'includes',
  frequency: 120,
}

export const watching: readonly Step[] = [
  {
    route: 'POST /monitors',
    name: 'address',
    summary: 'A host’s address',
    status: 201,
    before: ({ radar: { dns } }) => {
      dns.set('www.example.com', 'A', ['192.0.2.1'])
      dns.set('example.com', 'MX', ['10 mx1.example.net', '20 mx2.example.net'])
      dns.set('example.com', 'TXT', ['v=spf1 include:_spf.example.net -all'])
      dns.set('shop.example.com', 'CNAME', ['shops.example.net'])
      dns.set('api.example.com', 'AAAA', ['2001:db8::1'])
    },
    ask: { json: { ...WWW, frequency: 120 } },
  },
  {
    route: 'POST /monitors',
    name: 'mailServers',
    summary: 'Mail servers, answered with the first look',
    status: 201,
    ask: { query: { wait: 'true' }, json: MAIL },
  },
  {
    route: 'POST /monitors',
    name: 'invalidFields',
    summary: 'Several fields are wrong',
    status: 400,
    ask: { json: { ...WWW, record_type: 'AXFR', frequency: 'hourly', expected_value: 7 } },
  },
  {
    route: 'POST /monitors',
    name: 'invalidExpectation',
    summary: 'The expectation can never be met',
    status: 400,
    ask: { json: { ...WWW, expected_value: 'www.example.net' } },
  },
  {
    route: 'POST /monitors',
    name: 'unknownField',
    summary: 'A field is not known',
    status: 400,
    ask: { json: { ...WWW, expected_values: ['192.0.2.1'] } },
  },
  {
    route: 'POST /monitors',
    name: 'noKey',
    summary: 'Nobody asks',
    status: 401,
    ask: { as: 'nobody', json: WWW },
  },
  {
    route: 'POST /monitors',
    name: 'planFrequency',
    summary: 'The plan has no such frequency',
    status: 402,
    ask: { as: 'customer', json: { ...WWW, frequency: 5 } },
  },
  {
    route: 'POST /monitors',
    name: 'missingScope',
    summary: 'The key may only read',
    status: 403,
    ask: { as: 'reader', json: WWW },
  },
  {
    route: 'POST /monitors',
    name: 'externalIdTaken',
    summary: 'Another monitor has this external id',
    status: 409,
    ask: { json: WWW },
  },
  {
    route: 'POST /monitors/bulk',
    name: 'preview',
    summary: '`dry_run=true`: what would be made',
    status: 200,
    ask: { query: { dry_run: 'true' }, json: { monitors: [MAIL, SPF], ignore: true } },
  },
  {
    route: 'POST /monitors/bulk',
    name: 'severalRecords',
    summary: 'Two records of one group',
    status: 201,
    ask: {
      json: {
        group: 'shop',
        frequency: 120,
        monitors: [
          { full_domain: 'shop.example.com', record_type: 'CNAME', expected_value: 'shops.example.net' },
          { full_domain: 'api.example.com', record_type: 'AAAA', expected_value: '2001:db8::1' },
        ],
      },
    },
  },
  {
    route: 'POST /monitors/bulk',
    name: 'invalidItem',
    summary: 'One of the monitors is wrong, so none is made',
    status: 400,
    ask: { json: { monitors: [MAIL, { ...SPF, frequency: 7 }] } },
  },
  {
    route: 'POST /monitors/bulk',
    name: 'itemOfAnotherPlan',
    summary: 'One of the monitors has a frequency that the plan does not',
    status: 402,
    ask: { as: 'customer', json: { monitors: [{ ...SPF, frequency: 5 }] } },
  },
  {
    route: 'PUT /monitors/by-key/:external_id',
    name: 'newByKey',
    summary: 'There was none with this external id',
    status: 201,
    ask: { params: { external_id: 'customer-7-spf' }, json: SPF },
  },
  {
    route: 'PUT /monitors/by-key/:external_id',
    name: 'replacedByKey',
    summary: 'The same again: it is replaced',
    status: 200,
    ask: { params: { external_id: 'customer-7-spf' }, json: { ...SPF, metadata: { customer: '7' } } },
  },
  {
    route: 'PUT /monitors/by-key/:external_id',
    name: 'keyedFrequency',
    summary: 'The plan has no such frequency',
    status: 402,
    ask: { as: 'customer', params: { external_id: 'www' }, json: { ...SPF, frequency: 5 } },
  },
  {
    route: 'POST /monitors/:id/check',
    name: 'looked',
    summary: 'The record is as expected',
    status: 200,
    ask: (told) => ({ params: { id: told('address').uuid } }),
  },
]
