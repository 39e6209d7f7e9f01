/** Many monitors: creating them in few requests, listing them, choosing among them, and groups of them. */
import { describe, expect, test } from 'vitest'
import { actionBench, byId } from './action-bench.ts'
import { runAction, searchList } from './contexts.ts'

const bench = actionBench()
const { act, one } = bench

describe('many monitors', () => {
  test('are created in one request, each tied to the item it comes from', async () => {
    const names = Array.from({ length: 25 }, () => bench.freshName())
    const output = await runAction(
      bench.credential,
      { resource: 'monitor', operation: 'createMany', domain: '={{ $json.name }}', expectedValues: '={{ $json.ip }}' },
      names.map((name, index) => ({ name, ip: `192.0.2.${index}` })),
    )
    expect(output.map(({ json }) => json['name'])).toEqual(names)
    expect(output.map(({ pairedItem }) => pairedItem)).toEqual(names.map((_, item) => ({ item })))
    const audit = await bench.radar.client.listAudit({ limit: 1 })
    expect(audit.data[0]).toMatchObject({ changes: { count: 25 } })
  })

  test('that exist are returned in place of second ones', async () => {
    const parameters = { domain: bench.freshName(), expectedValues: '192.0.2.1' }
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
    { name: bench.freshName(), ip: '192.0.2.1' },
    { name: 'not a name', ip: '192.0.2.1' },
    { name: bench.freshName(), ip: 'no address' },
    { name: bench.freshName() },
  ]

  test('are all or none, and the items at fault are named', async () => {
    const items = mixed().slice(0, 3)
    await expect(runAction(bench.credential, parameters, items)).rejects.toThrow(
      /None of the items 0 to 2 was created: item 1/,
    )
    expect((await bench.radar.client.listMonitors({ full_domain: items[0]?.name ?? '' })).data).toEqual([])
  })

  test('of an earlier request stay when a later one is refused, and the message says which items were not', async () => {
    const idle = { match: 'absent', additionalFields: { isActive: false, group: 'thousand' } }
    const names = Array.from({ length: 1000 }, () => bench.freshName())
    const items = [...names, 'not a name'].map((name) => ({ name }))
    await expect(runAction(bench.credential, { ...parameters, ...idle }, items)).rejects.toThrow(
      /None of the items 1000 to 1000 was created: item 1000: full_domain/,
    )
    const { data } = await bench.radar.client.listGroups({ limit: 100 })
    expect(data.find(({ slug }) => slug === 'thousand')?.monitors).toBe(1000)
  })

  test('that are fine are created when the workflow goes on after failures', async () => {
    const items = mixed()
    const output = await runAction(bench.credential, parameters, items, { continueOnFail: true })
    expect(output.map(({ pairedItem }) => pairedItem)).toEqual([{ item: 0 }, { item: 1 }, { item: 2 }, { item: 3 }])
    expect(output[0]?.json).toMatchObject({ name: items[0]?.name })
    expect(output[1]?.json).toMatchObject({ error: expect.stringContaining('full_domain'), httpCode: '400' })
    expect(output[2]?.json).toMatchObject({ error: expect.stringContaining('expected_value'), httpCode: '400' })
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
    await bench.radar.client.createMonitors({ monitors, group: 'bulk' })
    const filters = { group: 'bulk' }
    expect(await act('monitor', 'getAll', { returnAll: true, filters })).toHaveLength(250)
    expect(await act('monitor', 'getAll', { returnAll: false, limit: 120, filters })).toHaveLength(120)
    expect(await act('monitor', 'getAll', { filters })).toHaveLength(50)
    expect(await one('monitor', 'getAll', { newestFirst: true, filters })).toMatchObject({ name: 'bulk-249.example' })
  })

  test('of monitors are filtered by what the API filters by', async () => {
    await bench.aMonitor({ metadata: { team: 'blue' }, external_id: 'filtered-1' })
    const filters = [
      { metadata: { values: [{ key: 'team', value: 'blue' }] } },
      { external_id: 'filtered-1' },
      { q: 'filtered', is_active: true, state: 'VALID', record_type: 'A', match: 'exact' },
    ]
    for (const filter of filters) expect(await act('monitor', 'getAll', { filters: filter })).toHaveLength(1)
  })

  test('to choose from are searched and paged', async () => {
    const page = await searchList(bench.credential, 'searchMonitors')
    expect(page.results).toHaveLength(100)
    const next = await searchList(bench.credential, 'searchMonitors', undefined, page.paginationToken)
    expect(next.results[0]).not.toEqual(page.results[0])
    expect((await searchList(bench.credential, 'searchMonitors', 'bulk-249')).results).toMatchObject([
      { name: 'bulk-249.example A (UNSET)' },
    ])
    expect((await searchList(bench.credential, 'searchGroups', 'bulk')).results).toHaveLength(1)
    const { url, uuid } = await bench.aWebhook()
    expect((await searchList(bench.credential, 'searchWebhooks', url)).results).toEqual([{ name: url, value: uuid }])
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
    const { uuid } = await bench.aMonitor({ group: 'slow' })
    const fields = { isActive: false, frequency: 120 }
    expect(await one('group', 'updateMonitors', { group: byId('slow'), updateFields: fields })).toEqual({
      updated: true,
    })
    expect(await bench.radar.client.getMonitor(uuid)).toMatchObject({ is_active: false, frequency: 120 })
  })
})

bench.describeOutput([
  'monitor/createMany',
  'monitor/getAll',
  'group/create',
  'group/delete',
  'group/get',
  'group/getAll',
  'group/update',
  'group/updateMonitors',
])
