/** Expectations over the whole path: which are refused, and which changes of a zone are no news. */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startReceiver } from '../../../../test/harness/webhook-receiver.ts'
import { deliveryIn } from '../../../../test/harness/delivered.ts'
import { expectProblem } from '../api.ts'
import { startWatching, type Watching } from '../watching.ts'

let watching: Watching
beforeAll(async () => {
  watching = await startWatching({ DNSRADAR_WEBHOOK_ALLOW: '127.0.0.1' })
})
afterAll(() => watching[Symbol.asyncDispose]())

const quiet: { why: string; type: 'A' | 'TXT'; expected: string[]; match?: object; zones: string[][] }[] = [
  {
    why: 'addresses that are added one by one',
    type: 'A',
    expected: ['1.2.3.4'],
    zones: [['1.2.3.4'], ['1.2.3.4', '5.6.7.8'], ['1.2.3.4', '5.6.7.8', '9.10.11.12']],
  },
  {
    why: 'an address that nobody asked for and that goes away',
    type: 'A',
    expected: ['1.2.3.4'],
    zones: [['1.2.3.4', '9.10.11.12'], ['1.2.3.4']],
  },
  {
    why: 'addresses in another order',
    type: 'A',
    expected: ['1.2.3.4', '5.6.7.8'],
    match: { is_exact_match: true },
    zones: [
      ['1.2.3.4', '5.6.7.8'],
      ['5.6.7.8', '1.2.3.4'],
    ],
  },
  {
    why: 'a final qualifier of SPF that the expectation leaves open',
    type: 'TXT',
    expected: ['v=spf1 include:_spf.service.com'],
    zones: ['-all', '~all', '?all'].map((all) => [`v=spf1 include:_spf.service.com ${all}`]),
  },
  {
    why: 'a DMARC policy where only its presence is expected',
    type: 'TXT',
    expected: ['v=DMARC1'],
    zones: ['none', 'quarantine', 'reject'].map((policy) => [`v=DMARC1; p=${policy}`]),
  },
]

let groupsMade = 0
test.for(quiet)('no event and no delivery: $why', async ({ type, expected, match, zones }) => {
  const { api, dns, create, check, changes } = watching
  await using receiver = await startReceiver()
  const group = `quiet-${(groupsMade += 1)}`
  const domain = `${group}.example`
  await api.call('POST', '/webhooks', { json: { url: receiver.url, groups: [group] } })
  dns.set(domain, type, zones[0] ?? [])
  const given = { domain, record_type: type, expected_value: expected, group, is_exact_match: false, ...match }
  const { uuid } = await create(given)
  for (const zone of zones) {
    dns.set(domain, type, zone)
    expect(await check(uuid)).toMatchObject({ state: 'VALID', current_value: zone.toSorted(), incidence_count: 0 })
  }
  expect(await changes(uuid)).toEqual([])

  // Deliveries go out in order: when the first thing that arrives is the news, nothing went out before it.
  dns.remove(domain)
  await check(uuid)
  expect(deliveryIn(await receiver.next()).event).toMatchObject({ monitor_uuid: uuid, new_state: 'NOT_FOUND' })
})

test.for(['exact', 'flexible'])('a query that fails is told as INVALID, %s or not', async (mode) => {
  const { dns, create, check, changes } = watching
  const domain = `fails-${mode}.example`
  dns.set(domain, 'A', ['1.2.3.4'])
  const expectation = { record_type: 'A', expected_value: '1.2.3.4', is_exact_match: mode === 'exact' }
  const { uuid } = await create({ domain, ...expectation })
  await check(uuid)
  dns.behave(domain, { kind: 'rcode', rcode: 2 })
  await check(uuid)
  expect(await changes(uuid)).toEqual([['VALID', 'INVALID']])
})

describe('an MX expectation', () => {
  const GOOD = ['10 mx1.service.com', '20 mx2.service.com']
  const refused: { why: string; expected: string[]; field?: string }[] = [
    { why: 'whose priority is last', expected: ['mx1.service.com 10'] },
    { why: 'without a space', expected: ['10mx1.service.com'] },
    { why: 'without a space beside a good one', expected: ['10mx1.service.com', '20 mx2.service.com'], field: '[0]' },
    { why: 'with two spaces', expected: ['10  mx1.service.com'] },
    { why: 'with a dot after the priority', expected: ['10. mx1.service.com'] },
    { why: 'with a priority of 65536', expected: ['65536 mx1.service.com'] },
    { why: 'with a priority below zero', expected: ['-1 mx1.service.com'] },
    { why: 'with a fraction as priority', expected: ['1.5 mx1.service.com'] },
    { why: 'of which only one has a priority', expected: ['10 mx1.service.com', 'mx2.service.com'], field: '[1]' },
  ]
  test.for(refused)('$why is refused on create, in a batch and on update', async ({ expected, field = '' }) => {
    const { api, create, read } = watching
    const mx = { domain: 'service.com', record_type: 'MX', is_active: false }
    const made = await create({ ...mx, expected_value: GOOD })
    const bad = { ...mx, expected_value: expected }
    const total = async () => (await api.call('GET', '/summary')).body.total
    const before = await total()
    const name = `expected_value${field}`
    const ask = (method: string, path: string, json: object) => api.call(method, path, { json })
    expectProblem(await ask('POST', '/monitors', bad), 400, 'invalid_expectation', { [name]: /./ })
    const batch = { monitors: [{ ...mx, expected_value: GOOD }, bad] }
    const inBatch = await ask('POST', '/monitors/bulk', batch)
    expectProblem(inBatch, 400, 'invalid_expectation', { [`monitors[1].${name}`]: /./ })
    const update = await ask('PATCH', `/monitors/${made.uuid}`, { expected_value: expected })
    expectProblem(update, 400, 'invalid_expectation', { [name]: /./ })
    expect(await total()).toBe(before)
    expect(await read(made.uuid)).toEqual({ ...made, check: null })
  })

  test.for(['0', '65535'])('may have the priority %s', async (priority) => {
    const expected = [`${priority} mx1.service.com`]
    const { expected_value } = await watching.create({
      domain: 'service.com',
      record_type: 'MX',
      expected_value: expected,
    })
    expect(expected_value).toEqual(expected)
  })
})
