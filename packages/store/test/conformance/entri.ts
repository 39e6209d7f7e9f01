import type { EntriApplication, EntriRecord, GroupId, MonitorId, SystemEvent, WatchedMonitor } from '@dnsradar/core'
import { describe, expect, test } from 'vitest'
import {
  aBreak,
  aMonitor,
  aRestoration,
  aResult,
  aWebhook,
  type Bench,
  claimMonitor,
  FIRST_PAGE,
  openBench,
  STRANGER,
  type OpenDatabase,
} from '../fixtures.ts'

const NEWS = ['domain.record_missing', 'domain.record_restored']

function aRecord(host: string, overrides: Partial<EntriRecord> = {}): EntriRecord {
  return { type: 'A', host, value: '192.0.2.1', ttl: 3600, priority: null, ...overrides }
}

export async function anApplication(
  { store, orgId }: Pick<Bench, 'store' | 'orgId'>,
  applicationId = 'app-1',
): Promise<EntriApplication> {
  const application = await store.entri.createApplication(orgId, { applicationId, secret: 'top secret', userId: null })
  const hook = aWebhook({
    source: 'entri',
    format: 'entri',
    groups: [],
    filters: { events: NEWS, states: [], recordTypes: [], monitors: [] },
  })
  const { id } = await store.webhooks.create(orgId, hook, 5)
  const edited = await store.entri.updateApplication(orgId, application.id, { webhookId: id })
  if (edited === null) throw new Error('the application is gone')
  return edited
}

export interface Declared {
  readonly groupId: GroupId
  readonly watched: readonly WatchedMonitor[]
}

export async function declareDomain(
  { store, orgId }: Pick<Bench, 'store' | 'orgId'>,
  application: EntriApplication,
  domain: string,
  hosts: readonly string[],
): Promise<Declared> {
  const slug = `entri-${domain.replaceAll('.', '-')}-${application.applicationId}`
  const group = await store.groups.create(orgId, { slug, name: domain, kind: 'entri', isPublic: false })
  await store.entri.addDomain(orgId, { application, groupId: group.id, domain, userId: 'customer' })
  const watched = await store.monitors.create(
    orgId,
    hosts.map((host) =>
      aMonitor({ group: group.id, domain, subdomain: host, ownerName: `${host}.${domain}`, registrable: domain }),
    ),
  )
  const records = watched.map(({ monitor }, i) => ({ monitorId: monitor.id, record: aRecord(hosts[i] ?? '') }))
  await store.entri.declareRecords(orgId, group.id, records)
  return { groupId: group.id, watched }
}

async function newsOf({ store, orgId }: Bench): Promise<readonly SystemEvent[]> {
  return (await store.systemEvents.list(orgId, { type: 'domain.record_*' }, FIRST_PAGE)).items
}

const typesOf = (events: readonly SystemEvent[]) => events.map(({ type }) => type)

type Look = 'break' | 'heal'

/** One transaction with these results. */
async function record(bench: Bench, looks: readonly (readonly [WatchedMonitor | undefined, Look])[]): Promise<void> {
  const results = []
  for (const [watched, look] of looks) {
    if (watched === undefined) throw new Error('there is no such record')
    const claimed = await claimMonitor(bench, watched)
    results.push((look === 'break' ? aBreak : aRestoration)(claimed, bench.clock.now()))
  }
  const recorded = await bench.store.checks.record(results)
  expect(recorded.every((one) => one.recorded)).toBe(true)
  bench.clock.advance(1000)
}

export function describeEntri(open: OpenDatabase): void {
  describe('Entri applications', () => {
    test('are kept with their secrets, which lie nowhere in clear', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const application = await anApplication(bench)
      expect(application).toMatchObject({ applicationId: 'app-1', secret: 'top secret', userId: null })
      expect(application.webhookUrl).toBe('https://receiver.example/hook')
      expect(await store.entri.application(orgId, application.id)).toEqual(application)
      expect((await store.entri.listApplications(orgId, FIRST_PAGE)).items).toEqual([application])
      const found = await store.entri.findApplication('app-1')
      expect(found).toMatchObject({ application, organization: { id: orgId } })
      expect(await store.entri.findApplication('app-2')).toBeNull()
      expect(await bench.database.holdsText('top secret')).toBe(false)
    })

    test('have names that are theirs alone', async () => {
      await using bench = await openBench(open)
      await anApplication(bench)
      const again = { applicationId: 'app-1', secret: 'x', userId: null }
      const refused = { code: 'conflict', fields: { application_id: expect.any(String) } }
      await expect(bench.store.entri.createApplication(bench.orgId, again)).rejects.toMatchObject(refused)
    })

    test('are nobody else’s', async () => {
      await using bench = await openBench(open)
      const { store } = bench
      const { id } = await anApplication(bench)
      expect(await store.entri.application(STRANGER, id)).toBeNull()
      expect(await store.entri.updateApplication(STRANGER, id, { secret: 'stolen' })).toBeNull()
      expect((await store.entri.listApplications(STRANGER, FIRST_PAGE)).items).toEqual([])
      await store.entri.deleteApplication(STRANGER, id)
      expect(await store.entri.findApplication('app-1')).toMatchObject({ application: { secret: 'top secret' } })
    })

    test('are changed member by member, and lose a hook that is gone', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const application = await anApplication(bench)
      const edit = (change: object) => store.entri.updateApplication(orgId, application.id, change)
      expect(await edit({ userId: 'house' })).toEqual({ ...application, userId: 'house' })
      expect(await edit({ secret: 'another' })).toMatchObject({ secret: 'another', userId: 'house' })
      if (application.webhookId !== null) await store.webhooks.delete(orgId, application.webhookId)
      expect(await edit({})).toMatchObject({ webhookId: null, webhookUrl: null })
      await store.entri.deleteApplication(orgId, application.id)
      expect(await store.entri.application(orgId, application.id)).toBeNull()
    })
  })

  describe('Entri domains', () => {
    test('come back as they were declared, with how their records stand', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const application = await anApplication(bench)
      const { groupId, watched } = await declareDomain(bench, application, 'example.com', ['a', 'b'])
      const [a, b] = watched.map(({ monitor }) => monitor.id) as [MonitorId, MonitorId]
      await store.checks.record([aResult(await claimMonitor(bench, watched[0] as WatchedMonitor), clock.now())])
      const known = await store.entri.domain(orgId, application.id, 'example.com')
      expect(known).toEqual({
        groupId,
        domain: 'example.com',
        userId: 'customer',
        created: expect.any(Number),
        updated: expect.any(Number),
        records: [
          { monitorId: a, record: aRecord('a'), state: 'VALID', isActive: true, lastChecked: clock.now() },
          { monitorId: b, record: aRecord('b'), state: 'UNSET', isActive: true, lastChecked: null },
        ],
      })
      const mx = aRecord('b', { type: 'MX', value: 'mx.example', ttl: 0, priority: '10' })
      clock.advance(5000)
      await store.entri.declareRecords(orgId, groupId, [{ monitorId: b, record: { ...mx, type: 'A' } }])
      await store.entri.touchDomain(orgId, groupId, { userId: 'other' })
      await store.monitors.delete(orgId, a)
      const after = await store.transaction((records) => records.entri.lockDomain(orgId, application.id, 'example.com'))
      expect(after).toMatchObject({ userId: 'other', updated: clock.now(), created: known?.created })
      expect(after?.records.map(({ record: { host, value, ttl, priority } }) => [host, value, ttl, priority])).toEqual([
        ['b', 'mx.example', 0, '10'],
      ])
      expect(await store.entri.domain(STRANGER, application.id, 'example.com')).toBeNull()
      expect(await store.entri.domain(orgId, application.id, 'example.net')).toBeNull()
      await store.monitors.delete(orgId, b)
      await store.groups.delete(orgId, groupId, () => {})
      expect(await store.entri.domain(orgId, application.id, 'example.com')).toBeNull()
    })

    test('are listed by offset and by time, each application its own', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const [one, other] = [await anApplication(bench), await anApplication(bench, 'app-2')]
      const start = clock.now()
      for (let i = 0; i < 5; i++) {
        await declareDomain(bench, one, `d${i}.example`, ['www'])
        clock.advance(1000)
      }
      await declareDomain(bench, other, 'd0.example', ['www'])
      const list = async (asked: object) => {
        const { items, total } = await store.entri.listDomains(orgId, one.id, { offset: 0, limit: 10, ...asked })
        return [items.map(({ domain, records }) => `${domain} ${records.length}`), total]
      }
      const all = [0, 1, 2, 3, 4].map((i) => `d${i}.example 1`)
      expect(await list({})).toEqual([all, 5])
      expect(await list({ offset: 1, limit: 2 })).toEqual([all.slice(1, 3), 5])
      expect(await list({ offset: 7 })).toEqual([[], 5])
      expect(await list({ created: { from: start + 1000, until: start + 3000 } })).toEqual([all.slice(1, 3), 2])
      expect(await store.entri.counts(orgId, one.id)).toEqual({ domains: 5, records: 5, missing: 0, lastChecked: null })
      expect(await store.entri.counts(STRANGER, one.id)).toMatchObject({ domains: 0, records: 0 })
    })

    test('tell their hook, and no other, what is missing and that all is back', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const application = await anApplication(bench)
      const other = await anApplication(bench, 'app-2')
      const { watched } = await declareDomain(bench, application, 'example.com', ['a', 'b', 'c'])
      const [a, b, c] = watched
      await record(bench, [
        [a, 'heal'],
        [b, 'heal'],
        [c, 'heal'],
      ])
      expect(await newsOf(bench)).toEqual([])
      await record(bench, [
        [a, 'break'],
        [b, 'break'],
      ])
      await record(bench, [[a, 'heal']])
      await record(bench, [
        [b, 'heal'],
        [c, 'break'],
      ])
      await record(bench, [[c, 'heal']])
      const events = await newsOf(bench)
      const hosts = (name: string) => events.map(({ data }) => (data[name] as EntriRecord[]).map(({ host }) => host))
      expect(typesOf(events)).toEqual([NEWS[0], NEWS[0], NEWS[1]])
      expect(hosts('records_non_propagated')).toEqual([['a', 'b'], ['c'], []])
      expect(hosts('records_propagated')).toEqual([['c'], ['a', 'b'], ['a', 'b', 'c']])
      expect(events.map(({ data }) => [data['domain'], data['user_id'], data['subdomain']])).toEqual([
        ['example.com', 'customer', 'a'],
        ['example.com', 'customer', 'c'],
        ['example.com', 'customer', 'c'],
      ])
      const deliveriesOf = async ({ webhookId }: EntriApplication) =>
        webhookId === null ? [] : (await store.deliveries.list(orgId, webhookId, {}, FIRST_PAGE)).items
      const told = await deliveriesOf(application)
      expect(told.map(({ sequence, systemEventId }) => [sequence, systemEventId])).toEqual(
        events.map(({ id }, i) => [i + 1, id]),
      )
      expect(JSON.parse(told[0]?.body ?? '')).toMatchObject({
        type: NEWS[0],
        user_id: 'customer',
        domain: 'example.com',
      })
      expect(await deliveriesOf(other)).toEqual([])
    })

    test('say nothing of records that were taken away or switched off', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const application = await anApplication(bench)
      const { watched } = await declareDomain(bench, application, 'example.com', ['a', 'b', 'c'])
      const [a, b, c] = watched
      await record(bench, [
        [a, 'break'],
        [b, 'break'],
        [c, 'break'],
      ])
      if (a !== undefined) await store.monitors.delete(orgId, a.monitor.id)
      if (b !== undefined) await store.monitors.setActive(orgId, b.monitor.id, false)
      expect(typesOf(await newsOf(bench))).toEqual([NEWS[0]])
      await record(bench, [[c, 'heal']])
      const events = await newsOf(bench)
      expect(typesOf(events)).toEqual(NEWS)
      expect(events[1]?.data).toMatchObject({ records_propagated: [{ host: 'c' }], records_non_propagated: [] })
      expect(await store.entri.counts(orgId, application.id)).toMatchObject({ domains: 1, records: 2, missing: 0 })
    })

    test('are covered by a hook that comes later', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const application = await store.entri.createApplication(orgId, {
        applicationId: 'late',
        secret: 'x',
        userId: null,
      })
      const { groupId } = await declareDomain(bench, application, 'example.com', ['a'])
      const hook = await store.webhooks.create(orgId, aWebhook({ source: 'entri', groups: [] }), 5)
      expect(hook.groups).toEqual([])
      await store.entri.updateApplication(orgId, application.id, { webhookId: hook.id })
      expect((await store.webhooks.get(orgId, hook.id))?.groups).toEqual([groupId])
    })
  })
}
