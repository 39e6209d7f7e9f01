/** Connect configurations, and what they flag for monitoring. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import { anA, type Dialect, startDialect } from './dialect.ts'

let entri: Dialect
beforeAll(async () => {
  entri = await startDialect()
})
afterAll(() => entri[Symbol.asyncDispose]())

const CNAME = { type: 'CNAME', host: 'shop', value: 'shops.example.net', ttl: 300 }
const hostsOf = ({ dnsRecords }: { dnsRecords: { host: string }[] }) => dnsRecords.map(({ host }) => host)

const cases: { why: string; monitor?: boolean; flags: (boolean | undefined)[]; watched: string[] }[] = [
  { why: 'the flag on the whole watches all', monitor: true, flags: [undefined, undefined], watched: ['@', 'shop'] },
  { why: 'a flag on one record watches that one', flags: [undefined, true], watched: ['shop'] },
  { why: 'a record may be left out of the whole', monitor: true, flags: [false, undefined], watched: ['shop'] },
  { why: 'a record may be flagged where the whole is not', monitor: false, flags: [true, undefined], watched: ['@'] },
]
test.for(cases)('$why', async ({ monitor, flags, watched }, { task }) => {
  const domain = `${task.id.replaceAll(/[^a-z0-9]/g, '')}.example`
  const dnsRecords = [anA('@'), CNAME].map((record, i) => ({ ...record, monitor: flags[i] }))
  const configuration = { applicationId: 'ignored', token: 'ignored', prefilledDomain: domain, dnsRecords, monitor }
  const imported = await entri.ok('POST', '/monitor/import', configuration)
  expect(imported).toMatchObject({ domain, message: expect.any(String) })
  expect(hostsOf(imported)).toEqual(watched)
  expect(hostsOf(await entri.ok('GET', `/monitor/domains/${domain}`))).toEqual(watched)
})

test('what is not to be monitored may be of any kind', async () => {
  const dnsRecords = [
    { type: 'SRV', host: '_sip._tcp', value: 'whatever' },
    { ...anA('@'), monitor: true },
  ]
  const imported = await entri.ok('POST', '/monitor/import', { prefilledDomain: 'any-kind.example', dnsRecords })
  expect(imported.dnsRecords).toEqual([anA('@')])
})

test('a configuration that is used again adds what is new', async () => {
  const prefilledDomain = 'again.example'
  await entri.ok('POST', '/monitor/import', { prefilledDomain, dnsRecords: [anA('@')], monitor: true, userId: 'seven' })
  const again = await entri.ok('POST', '/monitor/import', {
    prefilledDomain,
    dnsRecords: [anA('@'), CNAME],
    monitor: true,
  })
  expect(again).toMatchObject({ user_id: 'seven', dnsRecords: [anA('@'), CNAME] })
})

const refused: { why: string; json: object; field: string }[] = [
  { why: 'nothing flagged', json: { dnsRecords: [anA('@'), CNAME] }, field: 'monitor' },
  { why: 'a flag that is no flag', json: { dnsRecords: [anA('@')], monitor: 'yes' }, field: 'monitor' },
  {
    why: 'a record’s flag that is none',
    json: { dnsRecords: [{ ...anA('@'), monitor: 1 }] },
    field: 'dnsRecords[0].monitor',
  },
  { why: 'no records', json: { monitor: true }, field: 'dnsRecords' },
  {
    why: 'no domain',
    json: { prefilledDomain: undefined, monitor: true, dnsRecords: [anA('@')] },
    field: 'prefilledDomain',
  },
  {
    why: 'no real domain',
    json: { prefilledDomain: 'a b', monitor: true, dnsRecords: [anA('@')] },
    field: 'prefilledDomain',
  },
  {
    why: 'a flagged record that cannot be monitored',
    json: { dnsRecords: [CNAME, { type: 'SRV', host: '_sip._tcp', value: 'x', ttl: 1, monitor: true }] },
    field: 'dnsRecords[1].type',
  },
]
test.for(refused)('refused: $why', async ({ json, field }) => {
  const reply = await entri.call('POST', '/monitor/import', { json: { prefilledDomain: 'refused.example', ...json } })
  expect(reply).toMatchObject({ status: 400, body: { errors: { [field]: expect.any(String) } } })
  expect((await entri.call('GET', '/monitor/domains/refused.example')).status).toBe(404)
})
