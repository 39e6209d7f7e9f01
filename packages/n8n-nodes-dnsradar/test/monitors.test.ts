/** One record: watching it, waiting for it, looking it up and trying an expectation out. */
import { type INode, type INodeParameters, NodeHelpers } from 'n8n-workflow'
import { describe, expect, test, vi } from 'vitest'
import { DnsRadar } from '../nodes/DnsRadar/DnsRadar.node.ts'
import { RESOURCES } from '../nodes/DnsRadar/resources.ts'
import { actionBench, by, byId } from './action-bench.ts'
import { runAction } from './contexts.ts'

const bench = actionBench()
const { act, one } = bench

describe('a monitor', () => {
  test('is created and, by default, answers with its first check in few words', async () => {
    const name = bench.freshName()
    bench.radar.dns.set(name, 'A', ['192.0.2.2'])
    const parameters = { domain: name, recordType: 'A', expectedValues: '192.0.2.1\n192.0.2.3' }
    expect(await one('monitor', 'create', parameters)).toMatchObject({
      name,
      state: 'MISMATCH',
      expected_value: ['192.0.2.1', '192.0.2.3'],
      current_value: ['192.0.2.2'],
      reason: '`192.0.2.1` is missing.',
    })
  })

  test('is created with everything there is to give', async () => {
    const parameters = {
      domain: bench.freshName(),
      recordType: 'A',
      match: 'baseline',
      waitForCheck: false,
      simplify: false,
      additionalFields: {
        externalId: 'shop-1',
        frequency: 5,
        group: 'shops',
        isActive: false,
        notify: 'after_success',
        metadata: { values: [{ key: 'customer', value: '42' }] },
      },
    }
    expect(await one('monitor', 'create', parameters)).toMatchObject({
      match: 'baseline',
      external_id: 'shop-1',
      frequency: 5,
      group: 'shops',
      is_active: false,
      notify: 'after_success',
      metadata: { customer: '42' },
    })
  })

  const expectations: { type: string; given: INodeParameters; expected: string[] }[] = [
    {
      type: 'MX',
      given: {
        expectedMx: {
          values: [
            { priority: 10, host: 'mx1.example.net' },
            { priority: 20, host: 'mx2.example.net' },
          ],
        },
      },
      expected: ['10 mx1.example.net', '20 mx2.example.net'],
    },
    {
      type: 'CAA',
      given: { expectedCaa: { values: [{ tag: 'issue', value: 'ca.example' }] } },
      expected: ['0 issue "ca.example"'],
    },
    {
      type: 'SPF',
      given: { expectedSpf: { include: '_spf.example.net, mail.example.org', ip4: '192.0.2.0/24', all: '~all' } },
      expected: ['v=spf1 ip4:192.0.2.0/24 include:_spf.example.net include:mail.example.org ~all'],
    },
    {
      type: 'DMARC',
      given: { expectedDmarc: { p: 'reject', rua: 'dmarc@example.net', pct: 50 } },
      expected: ['v=DMARC1; p=reject; rua=mailto:dmarc@example.net; pct=50'],
    },
    {
      type: 'MX',
      given: { expectedAs: 'text', expectedValues: '10 mx1.example.net' },
      expected: ['10 mx1.example.net'],
    },
    { type: 'TXT', given: { expectedValues: '["one value", "another"]' }, expected: ['another', 'one value'] },
    { type: 'A', given: { expectedValues: '={{ ["192.0.2.7"] }}' }, expected: ['192.0.2.7'] },
  ]
  test.for(expectations)('takes an expected $type as people fill it in', async ({ type, given, expected }) => {
    const parameters = { domain: bench.freshName(), recordType: type, waitForCheck: false, simplify: false, ...given }
    const { expected_value } = await one('monitor', 'create', parameters)
    expect((expected_value as string[]).toSorted()).toEqual(expected)
  })

  test('is created or replaced by its external id', async () => {
    const parameters = { externalId: 'shop-2', domain: bench.freshName(), recordType: 'A', expectedValues: '192.0.2.1' }
    const first = await one('monitor', 'upsert', parameters)
    const second = await one('monitor', 'upsert', { ...parameters, expectedValues: '192.0.2.9' })
    expect(second).toMatchObject({ uuid: first['uuid'], expected_value: ['192.0.2.9'] })
  })

  test('is found by id, by name, by name and type, and by external id', async () => {
    const made = await bench.aMonitor({ external_id: 'found-1' })
    const name = made.domain
    await bench.radar.client.createMonitor({ full_domain: name, record_type: 'MX', match: 'absent' })
    for (const monitor of [byId(made.uuid), by('externalId', 'found-1'), by('name', `${name} a`)]) {
      const found = await one('monitor', 'get', { monitor })
      expect(found['uuid']).toBe(made.uuid)
    }
    const ambiguous = { monitor: by('name', name) }
    await expect(act('monitor', 'get', ambiguous)).rejects.toThrow('2 monitors have the domain')
  })

  test('is updated, accepted, disabled, enabled, checked and deleted', async () => {
    const { uuid, domain } = await bench.aMonitor()
    const monitor = byId(uuid)
    const updated = await one('monitor', 'update', {
      monitor,
      updateFields: { expectedValues: '192.0.2.5', group: 'eu' },
    })
    expect(updated).toMatchObject({ expected_value: ['192.0.2.5'], group: 'eu' })
    expect(await one('monitor', 'check', { monitor })).toMatchObject({
      state: 'MISMATCH',
      current_value: ['192.0.2.1'],
    })
    expect(await one('monitor', 'accept', { monitor })).toMatchObject({ expected_value: ['192.0.2.1'] })
    await vi.waitFor(async () => expect(await one('monitor', 'get', { monitor })).toMatchObject({ state: 'VALID' }))
    expect(await one('monitor', 'disable', { monitor })).toMatchObject({ is_active: false })
    await expect(act('monitor', 'check', { monitor })).rejects.toMatchObject({
      httpCode: '409',
      description: 'Enable the monitor first.',
    })
    expect(await one('monitor', 'enable', { monitor })).toMatchObject({ is_active: true })
    expect(await one('monitor', 'delete', { monitor })).toEqual({ deleted: true })
    await expect(bench.radar.client.listMonitors({ full_domain: domain })).resolves.toMatchObject({ data: [] })
  })

  test('is waited for until its record is as wished', async () => {
    const { uuid, domain } = await bench.aMonitor()
    bench.radar.dns.set(domain, 'A', ['192.0.2.2'])
    await bench.radar.client.checkMonitor(uuid)
    const asked = bench.radar.dns.count({ name: domain })
    const waiting = one('monitor', 'waitForState', { monitor: byId(uuid), states: ['VALID'], seconds: 1 })
    await vi.waitFor(() => expect(bench.radar.dns.count({ name: domain })).toBeGreaterThan(asked + 1), {
      timeout: 5000,
    })
    bench.radar.dns.set(domain, 'A', ['192.0.2.1'])
    expect(await waiting).toMatchObject({ state: 'VALID', reached: true, waited_seconds: expect.any(Number) })
  })

  test('that is waited for too long fails, or says so', async () => {
    const { uuid } = await bench.aMonitor()
    const parameters = { monitor: byId(uuid), states: ['MISMATCH'], minutes: 0 }
    await expect(act('monitor', 'waitForState', parameters)).rejects.toThrow(
      'The monitor is VALID after 0 s, not MISMATCH',
    )
    const told = await one('monitor', 'waitForState', { ...parameters, failOnTimeout: false })
    expect(told).toMatchObject({ reached: false, state: 'VALID' })
  })

  test('is still waited for when the server is away for a while', async () => {
    const { receiver } = bench.radar
    const asleep = (state: string) => ({
      status: 200,
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ uuid: 'mon_1', state, is_active: false, reasons: [] }),
    })
    receiver.answer(asleep('MISMATCH'), 1)
    receiver.answer({ status: 502, body: 'bad gateway' }, 1)
    receiver.answer('close', 1)
    receiver.answer(asleep('VALID'), 1)
    const parameters = { resource: 'monitor', operation: 'waitForState', monitor: byId('mon_1'), seconds: 1 }
    const proxied = { ...bench.credential, baseUrl: receiver.origin }
    expect(await runAction(proxied, parameters)).toMatchObject([{ json: { state: 'VALID', reached: true } }])
  })
})

describe('the DNS', () => {
  test('is asked, and the servers compared', async () => {
    const name = bench.freshName()
    bench.radar.dns.set(name, 'A', ['192.0.2.8'])
    expect(await one('dns', 'lookup', { name, recordType: 'A' })).toMatchObject({
      name,
      consistent: true,
      values: ['192.0.2.8'],
    })
    expect(await one('dns', 'lookup', { name, recordType: 'A', simplify: false })).toHaveProperty('answers')
  })

  test('is matched without a look, and the reason told', async () => {
    const spf = {
      recordType: 'SPF',
      match: 'includes',
      expectedAs: 'text',
      expectedValues: 'v=spf1 include:a.example ~all',
    }
    const observed = 'v=spf1 include:a.example include:b.example ~all'
    expect(await one('dns', 'match', { ...spf, observed })).toMatchObject({ state: 'VALID' })
    expect(await one('dns', 'match', { ...spf, options: { response: 'NXDOMAIN' } })).toMatchObject({
      state: 'NOT_FOUND',
      reasons: [{ code: 'nxdomain' }],
    })
  })
})

describe('as a tool of an agent', () => {
  test('the model fills in what the node leaves to it', async () => {
    const made = await bench.aMonitor()
    const monitor = { __rl: true, mode: 'name', value: "={{ $fromAI('name', 'Domain name') }}" } as never
    const states = "={{ [$fromAI('state', 'State to wait for')] }}"
    const asked = { query: { name: made.domain, state: 'VALID' } }
    const parameters = { monitor, states, minutes: 0 }
    expect(await act('monitor', 'waitForState', parameters, [asked])).toMatchObject([
      { uuid: made.uuid, reached: true },
    ])
  })

  const operations = RESOURCES.flatMap(({ value: resource, operations }) =>
    operations.map(({ value, action }) => ({ resource, operation: value, action })),
  )
  test.for(operations)('$resource $operation says what it does: $action', ({ resource, operation, action }) => {
    const node = { parameters: { resource, operation } } as unknown as INode
    expect(NodeHelpers.getToolDescriptionForNode(node, new DnsRadar())).toContain(action)
  })
})

bench.describeOutput([
  'dns/lookup',
  'dns/match',
  'monitor/accept',
  'monitor/check',
  'monitor/create',
  'monitor/delete',
  'monitor/disable',
  'monitor/enable',
  'monitor/get',
  'monitor/update',
  'monitor/upsert',
  'monitor/waitForState',
])
