/** Every operation of the action node against a real server, in n8n's own execution context. */
import type { IDataObject, INodeParameters } from 'n8n-workflow'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { type Radar, startRadar } from '../../../test/harness/radar.ts'
import readme from '../README.md?raw'
import { RESOURCES } from '../nodes/DnsRadar/resources.ts'
import { type Credential, runAction, searchList } from './contexts.ts'
import { shapeOf } from './shapes.ts'

let radar: Radar
let credential: Credential
beforeAll(async () => {
  radar = await startRadar({
    settings: { DNSRADAR_CONFIRM: '0', DNSRADAR_RETRY_DELAYS: '20ms', DNSRADAR_WEBHOOKS_PER_GROUP: '100' },
  })
  credential = { baseUrl: radar.url, apiKey: radar.key }
})
afterAll(async () => radar[Symbol.asyncDispose]())

/** By resource and operation: what came out in the form that is the default. */
const answers = new Map<string, IDataObject[]>()
/** The json of each item that comes out. */
async function act(resource: string, operation: string, parameters: INodeParameters = {}, items?: IDataObject[]) {
  const output = await runAction(credential, { resource, operation, ...parameters }, items)
  const given = output.map(({ json }) => json)
  const name = `${resource}/${operation}`
  if (parameters['simplify'] !== false) answers.set(name, [...(answers.get(name) ?? []), ...given])
  return given
}

const one = async (...args: Parameters<typeof act>): Promise<IDataObject> => (await act(...args))[0] ?? {}
const byId = (value: unknown): INodeParameters => ({ __rl: true, mode: 'id', value: String(value) }) as never

let count = 0
const freshName = (): string => `host-${++count}.example`

async function aMonitor(extra: IDataObject = {}) {
  const name = freshName()
  radar.dns.set(name, 'A', ['192.0.2.1'])
  return radar.client.createMonitorAndWait({
    full_domain: name,
    record_type: 'A',
    expected_value: '192.0.2.1',
    ...extra,
  })
}

let hooks = 0
const aWebhook = () => radar.client.createWebhook({ url: `${radar.receiver.origin}/hook-${++hooks}` })

describe('a monitor', () => {
  test('is created and, by default, answers with its first check in few words', async () => {
    const name = freshName()
    radar.dns.set(name, 'A', ['192.0.2.2'])
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
      domain: freshName(),
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
    const parameters = { domain: freshName(), recordType: type, waitForCheck: false, simplify: false, ...given }
    const { expected_value } = await one('monitor', 'create', parameters)
    expect((expected_value as string[]).toSorted()).toEqual(expected)
  })

  test('is created or replaced by its external id', async () => {
    const parameters = { externalId: 'shop-2', domain: freshName(), recordType: 'A', expectedValues: '192.0.2.1' }
    const first = await one('monitor', 'upsert', parameters)
    const second = await one('monitor', 'upsert', { ...parameters, expectedValues: '192.0.2.9' })
    expect(second).toMatchObject({ uuid: first['uuid'], expected_value: ['192.0.2.9'] })
  })

  test('is found by id, by name, by name and type, and by external id', async () => {
    const made = await aMonitor({ external_id: 'found-1' })
    const name = made.domain
    await radar.client.createMonitor({ full_domain: name, record_type: 'MX', match: 'absent' })
    for (const monitor of [
      byId(made.uuid),
      { mode: 'externalId', value: 'found-1' },
      { mode: 'name', value: `${name} a` },
    ]) {
      const found = await one('monitor', 'get', { monitor: { __rl: true, ...monitor } as never })
      expect(found['uuid']).toBe(made.uuid)
    }
    const ambiguous = { monitor: { __rl: true, mode: 'name', value: name } as never }
    await expect(act('monitor', 'get', ambiguous)).rejects.toThrow('2 monitors have the domain')
  })

  test('is updated, accepted, disabled, enabled, checked and deleted', async () => {
    const { uuid, domain } = await aMonitor()
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
    await expect(radar.client.listMonitors({ full_domain: domain })).resolves.toMatchObject({ data: [] })
  })

  test('is waited for until its record is as wished', async () => {
    const { uuid, domain } = await aMonitor()
    radar.dns.set(domain, 'A', ['192.0.2.2'])
    await radar.client.checkMonitor(uuid)
    const asked = radar.dns.count({ name: domain })
    const waiting = one('monitor', 'waitForState', { monitor: byId(uuid), states: ['VALID'], seconds: 0.05 })
    await vi.waitFor(() => expect(radar.dns.count({ name: domain })).toBeGreaterThan(asked + 1))
    radar.dns.set(domain, 'A', ['192.0.2.1'])
    expect(await waiting).toMatchObject({ state: 'VALID', reached: true, waited_seconds: expect.any(Number) })
  })

  test('that is waited for too long fails, or says so', async () => {
    const { uuid } = await aMonitor()
    const parameters = { monitor: byId(uuid), states: ['MISMATCH'], minutes: 0 }
    await expect(act('monitor', 'waitForState', parameters)).rejects.toThrow(
      'The monitor is VALID after 0 s, not MISMATCH',
    )
    const told = await one('monitor', 'waitForState', { ...parameters, failOnTimeout: false })
    expect(told).toMatchObject({ reached: false, state: 'VALID' })
  })
})

describe('many monitors', () => {
  test('are created in one request, each tied to the item it comes from', async () => {
    const names = Array.from({ length: 25 }, freshName)
    const output = await runAction(
      credential,
      { resource: 'monitor', operation: 'createMany', domain: '={{ $json.name }}', expectedValues: '={{ $json.ip }}' },
      names.map((name, index) => ({ name, ip: `192.0.2.${index}` })),
    )
    expect(output.map(({ json }) => json['name'])).toEqual(names)
    expect(output.map(({ pairedItem }) => pairedItem)).toEqual(names.map((_, item) => ({ item })))
    const audit = await radar.client.listAudit({ limit: 1 })
    expect(audit.data[0]).toMatchObject({ changes: { count: 25 } })
  })

  test('that exist are returned in place of second ones', async () => {
    const parameters = { domain: freshName(), expectedValues: '192.0.2.1' }
    const first = await one('monitor', 'createMany', parameters)
    expect(await one('monitor', 'createMany', parameters)).toMatchObject({ uuid: first['uuid'] })
  })

  const parameters = {
    resource: 'monitor',
    operation: 'createMany',
    domain: '={{ $json.name }}',
    expectedValues: '={{ $json.ip ?? $("No Such Node").item.json.ip }}',
  }
  const mixed = () => [
    { name: freshName(), ip: '192.0.2.1' },
    { name: 'not a name', ip: '192.0.2.1' },
    { name: freshName(), ip: 'no address' },
    { name: freshName() },
  ]

  test('are all or none, and the items at fault are named', async () => {
    const items = mixed().slice(0, 3)
    await expect(runAction(credential, parameters, items)).rejects.toThrow(/None of the monitors was created: item 1/)
    expect((await radar.client.listMonitors({ full_domain: items[0]?.name ?? '' })).data).toEqual([])
  })

  test('that are fine are created when the workflow goes on after failures', async () => {
    const items = mixed()
    const output = await runAction(credential, parameters, items, { continueOnFail: true })
    expect(output.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }, { item: 3 }])
    expect(output[0]?.json).toMatchObject({ name: items[0]?.name })
    for (const item of output.slice(1, 3)) expect(item.json['error']).toMatch(/domain|expected_value/)
    expect(output[3]?.json['error']).toMatch(/No Such Node|exist/)
  })
})

describe('lists', () => {
  test('of 250 are read to the end, or to the limit', async () => {
    const monitors = Array.from({ length: 250 }, (_, index) => ({
      full_domain: `bulk-${index}.example`,
      record_type: 'A' as const,
      match: 'absent' as const,
      is_active: false,
    }))
    await radar.client.createMonitors({ monitors, group: 'bulk' })
    const filters = { group: 'bulk' }
    expect(await act('monitor', 'getAll', { returnAll: true, filters })).toHaveLength(250)
    expect(await act('monitor', 'getAll', { returnAll: false, limit: 120, filters })).toHaveLength(120)
    expect(await act('monitor', 'getAll', { filters })).toHaveLength(50)
    expect(await one('monitor', 'getAll', { newestFirst: true, filters })).toMatchObject({ name: 'bulk-249.example' })
  })

  test('of monitors are filtered by what the API filters by', async () => {
    await aMonitor({ metadata: { team: 'blue' }, external_id: 'filtered-1' })
    const filters = [
      { metadata: { values: [{ key: 'team', value: 'blue' }] } },
      { external_id: 'filtered-1' },
      { q: 'filtered', is_active: true, state: 'VALID', record_type: 'A', match: 'exact' },
    ]
    for (const filter of filters) expect(await act('monitor', 'getAll', { filters: filter })).toHaveLength(1)
  })

  test('to choose from are searched and paged', async () => {
    const page = await searchList(credential, 'searchMonitors')
    expect(page.results).toHaveLength(100)
    const next = await searchList(credential, 'searchMonitors', undefined, page.paginationToken)
    expect(next.results[0]).not.toEqual(page.results[0])
    expect((await searchList(credential, 'searchMonitors', 'bulk-249')).results).toMatchObject([
      { name: 'bulk-249.example A (UNSET)' },
    ])
    expect((await searchList(credential, 'searchGroups', 'bulk')).results).toHaveLength(1)
    const { url, uuid } = await aWebhook()
    expect((await searchList(credential, 'searchWebhooks', url)).results).toEqual([{ name: url, value: uuid }])
  })
})

describe('events', () => {
  test('are listed by filters and times, and read one by one', async () => {
    const { uuid, domain } = await aMonitor()
    radar.dns.set(domain, 'A', ['192.0.2.2'])
    await radar.client.checkMonitor(uuid)
    const filters = { monitor: uuid, new_state: 'MISMATCH', old_state: 'VALID', record_type: 'A' }
    const event = await one('event', 'getAll', { filters, oldestFirst: true })
    expect(event).toMatchObject({ kind: 'record.broken', name: domain, current_value: ['192.0.2.2'] })
    const eventId = event['uuid'] as string
    expect(await one('event', 'get', { eventId })).toEqual(event)
    expect(await one('event', 'get', { eventId, simplify: false })).toHaveProperty('confirmed')
    const yesterday = new Date(Date.now() - 86_400_000).toISOString()
    expect(await act('event', 'getAll', { filters: { ...filters, occurredAfter: yesterday } })).toHaveLength(1)
    expect(await act('event', 'getAll', { filters: { ...filters, occurredBefore: yesterday } })).toHaveLength(0)
  })
})

describe('a group', () => {
  test('is created, read, updated and deleted', async () => {
    const made = await one('group', 'create', { slug: 'customers', additionalFields: { name: 'Customers' } })
    const group = byId(made['uuid'])
    expect(await one('group', 'get', { group: byId('customers') })).toEqual(made)
    expect(await one('group', 'update', { group, updateFields: { slug: 'clients', isPublic: true } })).toMatchObject({
      slug: 'clients',
      is_public: true,
    })
    expect((await act('group', 'getAll', { returnAll: true })).map(({ slug }) => slug)).toContain('clients')
    expect(await one('group', 'delete', { group })).toEqual({ deleted: true })
  })

  test('has its monitors updated at once', async () => {
    const { uuid } = await aMonitor({ group: 'slow' })
    const fields = { isActive: false, frequency: 120 }
    expect(await one('group', 'updateMonitors', { group: byId('slow'), updateFields: fields })).toEqual({
      updated: true,
    })
    expect(await radar.client.getMonitor(uuid)).toMatchObject({ is_active: false, frequency: 120 })
  })
})

describe('a webhook', () => {
  test('is created, read, updated, disabled, enabled, tested and deleted', async () => {
    const url = `${radar.receiver.origin}/made-here`
    const additionalFields = {
      events: 'record.broken\nrecord.restored',
      headers: { values: [{ key: 'X-Team', value: 'dns' }] },
    }
    const made = await one('webhook', 'create', { url, additionalFields })
    expect(made).toMatchObject({
      url,
      events: ['record.broken', 'record.restored'],
      signing_secret: expect.any(String),
    })
    const webhook = byId(made['uuid'])
    expect(await one('webhook', 'get', { webhook: { __rl: true, mode: 'url', value: url } as never })).toMatchObject({
      uuid: made['uuid'],
    })
    expect(
      await one('webhook', 'update', { webhook, updateFields: { groups: 'eu', timeout: 9 }, simplify: false }),
    ).toMatchObject({
      groups: ['eu'],
      timeout_seconds: 9,
    })
    expect(await one('webhook', 'update', { webhook, updateFields: { groups: 'us' } })).toMatchObject({
      groups: ['us'],
    })
    expect(await one('webhook', 'disable', { webhook })).toMatchObject({ is_active: false })
    expect(await one('webhook', 'enable', { webhook })).toMatchObject({ is_active: true })
    expect(await one('webhook', 'test', { webhook })).toMatchObject({ kind: 'test' })
    expect(await act('webhook', 'getAll', { filters: { url } })).toHaveLength(1)
    expect(await one('webhook', 'delete', { webhook })).toEqual({ deleted: true })
  })

  test('shows its requests, and sends one again', async () => {
    const made = await aWebhook()
    const { uuid, domain } = await aMonitor()
    radar.dns.set(domain, 'A', ['192.0.2.2'])
    await radar.client.checkMonitor(uuid)
    const webhook = byId(made.uuid)
    await vi.waitFor(async () =>
      expect(
        await act('webhookRequest', 'getAll', { webhook, filters: { status: 'DELIVERED', status_code: '2xx' } }),
      ).toHaveLength(1),
    )
    const requestId = (await one('webhookRequest', 'getAll', { webhook }))['uuid'] as string
    expect(await one('webhookRequest', 'retry', { webhook, requestId })).toMatchObject({ kind: 'resend' })
  })
})

describe('DNS', () => {
  test('is asked, and the servers compared', async () => {
    const name = freshName()
    radar.dns.set(name, 'A', ['192.0.2.8'])
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

describe('what fails', () => {
  const missing = { resource: 'monitor', operation: 'get', monitor: byId('mon_01jh3x5q9zfmq8b7n2w4c6k8ra') }

  test('names the item, the status, the code and a way out', async () => {
    await expect(runAction(credential, missing)).rejects.toMatchObject({
      name: 'NodeApiError',
      httpCode: '404',
      message: expect.stringContaining('(not_found)'),
      description: expect.stringContaining('Check the ID'),
      context: { itemIndex: 0 },
    })
  })

  test('is an item of its own when the workflow goes on', async () => {
    const output = await runAction(credential, missing, [{}, {}], { continueOnFail: true })
    expect(output).toMatchObject([
      { json: { error: expect.stringContaining('not_found'), httpCode: '404' }, pairedItem: { item: 0 } },
      { json: { httpCode: '404' }, pairedItem: { item: 1 } },
    ])
  })

  test('names the fields that were refused', async () => {
    const parameters = { resource: 'monitor', operation: 'create', domain: 'x.example', expectedValues: 'nonsense' }
    await expect(runAction(credential, parameters)).rejects.toMatchObject({
      httpCode: '400',
      description: expect.stringContaining('expected_value'),
    })
  })

  test.for([
    { why: 'a wrong key', change: { apiKey: 'sk_wrong_wrong_wrong_wrong' }, shown: { httpCode: '401' } },
    {
      why: 'a server that is down',
      change: { baseUrl: 'http://127.0.0.1:1' },
      shown: { message: expect.stringContaining('could not be reached') },
    },
    { why: 'no locator at all', change: {}, shown: { message: expect.stringContaining('No monitor is chosen') } },
  ])('with $why says so', async ({ change, shown }) => {
    const parameters = 'apiKey' in change || 'baseUrl' in change ? missing : { resource: 'monitor', operation: 'get' }
    await expect(runAction({ ...credential, ...change }, parameters)).rejects.toMatchObject(shown)
  })

  test('for now is tried again when the server says when', async () => {
    const problem = {
      type: 'about:blank',
      title: '',
      status: 429,
      detail: 'wait',
      instance: '/',
      code: 'rate_limited',
      request_id: 'r',
    }
    const answer = (status: number, body: object, headers = {}) => ({
      status,
      headers: { 'content-type': 'application/problem+json', ...headers },
      body: JSON.stringify(body),
    })
    const busy = { baseUrl: radar.receiver.origin, apiKey: 'sk_any_any_any_any' }
    const asked = () => radar.receiver.requests.filter(({ path }) => path.startsWith('/monitors/')).length
    const before = asked()
    radar.receiver.answer(answer(429, problem, { 'retry-after': '0' }), 1)
    radar.receiver.answer(answer(503, { ...problem, status: 503, code: 'not_ready' }, { 'retry-after': '0' }), 1)
    radar.receiver.answer(answer(200, { uuid: 'mon_1' }), 1)
    expect(await runAction(busy, { ...missing, simplify: false })).toMatchObject([{ json: { uuid: 'mon_1' } }])
    expect(asked() - before).toBe(3)

    radar.receiver.answer(answer(429, problem, { 'retry-after': '0' }), 3)
    await expect(runAction(busy, missing)).rejects.toMatchObject({
      httpCode: '429',
      description: expect.stringContaining('Wait node'),
    })
    expect(asked() - before).toBe(6)
  })

  test('by a redirect does not take the key elsewhere', async () => {
    const elsewhere = `${radar.receiver.origin}/elsewhere`
    radar.receiver.answer({ status: 302, headers: { location: elsewhere } }, 1)
    const redirecting = { baseUrl: radar.receiver.origin, apiKey: 'sk_any_any_any_any' }
    await expect(runAction(redirecting, missing)).rejects.toMatchObject({ httpCode: '302' })
    expect(radar.receiver.requests.map(({ path }) => path)).not.toContain('/elsewhere')
  })
})

describe('every operation of the table', () => {
  const all = RESOURCES.flatMap(({ value, operations }) => operations.map((operation) => `${value}/${operation.value}`))

  test('ran above', () => {
    expect([...answers.keys()].toSorted()).toEqual(all.toSorted())
  })

  test.for(all)('has the output schema of what %s really answered', async (name) => {
    const schema = { ...shapeOf(answers.get(name) ?? []), version: 1 }
    const file = `../nodes/DnsRadar/__schema__/v1.0.0/${name}.json`
    await expect(`${JSON.stringify(schema, null, 2)}\n`).toMatchFileSnapshot(file)
  })

  test('stands in the README', () => {
    for (const { name, operations } of RESOURCES) {
      const row = readme.split('\n').find((line) => line.startsWith(`| **${name}**`)) ?? ''
      for (const operation of operations) expect(row).toContain(operation.name)
    }
  })
})
