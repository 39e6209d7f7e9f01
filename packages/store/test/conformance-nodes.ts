/** What holds between processes that share one database. */
import { anApplication, declareDomain } from './conformance/entri.ts'
import { describe, expect, test } from 'vitest'
import type { Recovered, Store } from '@dnsradar/core'
import { generateKey, parseKeyRing } from '../src/index.ts'
import {
  aBreak,
  ACCEPTED,
  aMonitor,
  aRestoration,
  aResult,
  aWebhook,
  BROKEN,
  CLAIM,
  createMonitor,
  createWebhook,
  FIRST_PAGE,
  LEASE_MS,
  NODE,
  openBench,
  OTHER_NODE,
  recordChanges,
  REFUSED,
  settlementOf,
  type OpenDatabase,
} from './fixtures.ts'

export function describeNodes(name: string, open: OpenDatabase): void {
  describe(name, () => {
    test('two nodes never hold the same monitor', async () => {
      await using bench = await openBench(open)
      await using other = await bench.database.open()
      await bench.store.monitors.create(
        bench.orgId,
        Array.from({ length: 200 }, () => aMonitor()),
      )
      const claims = await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          i % 2 === 0
            ? bench.store.checks.claimDue({ node: NODE, limit: 30, leaseMs: LEASE_MS })
            : other.checks.claimDue({ node: OTHER_NODE, limit: 30, leaseMs: LEASE_MS }),
        ),
      )
      const ids = claims.flat().map(({ monitor }) => monitor.id)
      expect(new Set(ids).size).toBe(ids.length)
      const rest = await other.checks.claimDue({ ...CLAIM, limit: 500 })
      expect(ids.length + rest.length).toBe(200)
    })

    test('numbers of a queue have no gap and no double when nodes record at the same time', async () => {
      await using bench = await openBench(open)
      await using other = await bench.database.open()
      const { store, orgId, clock } = bench
      const webhooks = [
        await createWebhook(bench),
        await createWebhook(bench, { allGroups: true }),
        await createWebhook(bench),
      ]
      await store.monitors.create(
        orgId,
        Array.from({ length: 60 }, () => aMonitor()),
      )
      const record = async (node: Store) => {
        const checks = await node.checks.claimDue({ ...CLAIM, limit: 5 })
        return node.checks.record(checks.toReversed().map((check) => aResult(check, clock.now(), { change: BROKEN })))
      }
      const recorded = await Promise.all(Array.from({ length: 12 }, (_, i) => record(i % 2 === 0 ? store : other)))
      const events = recorded.flat().map(({ event }) => event?.id)
      expect(events).toHaveLength(60)
      for (const webhook of webhooks) {
        const { items } = await store.deliveries.list(orgId, webhook.id, {}, FIRST_PAGE)
        expect(items.map(({ sequence }) => sequence ?? 0).toSorted((a, b) => a - b)).toEqual(
          events.map((_, i) => i + 1),
        )
        expect(new Set(items.map(({ eventId }) => eventId))).toEqual(new Set(events))
      }
    })

    test('nodes that restore the last broken monitors of domains at once tell of each domain exactly once', async () => {
      await using bench = await openBench(open)
      await using other = await bench.database.open()
      const { store, orgId, clock } = bench
      const filters = { events: ['*'], states: [], recordTypes: [], monitors: [] }
      const listeners = [
        await createWebhook(bench, { allGroups: true, filters }),
        await createWebhook(bench, { allGroups: true, filters: { ...filters, events: ['domain.*', 'record.*'] } }),
      ]
      const domains = Array.from({ length: 12 }, (_, i) => `d${i}.example`)
      await store.monitors.create(
        orgId,
        domains.flatMap((registrable) => [aMonitor({ registrable }), aMonitor({ registrable })]),
      )
      const due = await store.checks.claimDue(CLAIM)
      await store.checks.record(due.map((check) => aBreak(check, clock.now())))
      clock.advance(10 * 60_000)
      const broken = await store.checks.claimDue(CLAIM)
      expect(broken).toHaveLength(24)
      // Each node holds one monitor of every domain, in an order of its own.
      const halves = Map.groupBy(
        broken,
        ({ monitor }) =>
          broken.find((first) => first.monitor.registrable === monitor.registrable)?.monitor.id === monitor.id,
      )
      const [one = [], two = []] = [halves.get(true), halves.get(false)?.toReversed()]
      const batches = (checks: typeof one) =>
        Array.from({ length: 4 }, (_, i) =>
          checks.slice(i * 3, i * 3 + 3).map((check) => aRestoration(check, clock.now())),
        )
      await Promise.all([
        ...batches(one).map((batch) => store.checks.record(batch)),
        ...batches(two).map((batch) => other.checks.record(batch)),
      ])
      const { items } = await store.systemEvents.list(orgId, { type: 'domain.restored' }, FIRST_PAGE)
      expect(items).toHaveLength(domains.length)
      expect(new Set(items.map(({ data }) => data['domain']))).toEqual(new Set(domains))
      for (const listener of listeners) {
        const deliveries = (await store.deliveries.list(orgId, listener.id, {}, FIRST_PAGE)).items
        const sequences = deliveries.map(({ sequence }) => sequence ?? 0).toSorted((a, b) => a - b)
        expect(sequences).toEqual(sequences.map((_, i) => i + 1))
        const told = deliveries.filter(({ headline }) => headline.kind === 'domain.restored')
        expect(new Set(told.map(({ systemEventId }) => systemEventId))).toEqual(new Set(items.map(({ id }) => id)))
        expect(told).toHaveLength(12)
      }
    })

    test('nodes that look at records of the same Entri domains at once tell of them as one would', async () => {
      await using bench = await openBench(open)
      await using other = await bench.database.open()
      const { store, orgId, clock } = bench
      const application = await anApplication(bench)
      const names = Array.from({ length: 8 }, (_, i) => `e${i}.example`)
      for (const name of names) await declareDomain(bench, application, name, ['a', 'b'])
      /** Each record's look is a transaction of its own, half of them on each node, all at once. */
      const lookAtAll = async (look: typeof aBreak) => {
        const due = await store.checks.claimDue(CLAIM)
        expect(due).toHaveLength(16)
        const shuffled = due.toSorted((one, two) => (one.monitor.id.slice(-1) < two.monitor.id.slice(-1) ? -1 : 1))
        await Promise.all(
          shuffled.map((check, i) => (i % 2 === 0 ? store : other).checks.record([look(check, clock.now())])),
        )
        clock.advance(10 * 60_000)
      }
      const told = async (type: string) => (await store.systemEvents.list(orgId, { type }, FIRST_PAGE)).items
      await lookAtAll(aBreak)
      const missing = await told('domain.record_missing')
      // One each record, of which the second knows of both.
      expect(missing).toHaveLength(16)
      const sizes = missing.map(({ data }) => (data['records_non_propagated'] as unknown[]).length)
      expect(sizes.toSorted((a, b) => a - b)).toEqual([...names.map(() => 1), ...names.map(() => 2)])
      await lookAtAll(aRestoration)
      const restored = await told('domain.record_restored')
      expect(restored).toHaveLength(names.length)
      expect(new Set(restored.map(({ data }) => data['domain']))).toEqual(new Set(names))
      if (application.webhookId === null) throw new Error('the application has no hook')
      const { items } = await store.deliveries.list(orgId, application.webhookId, {}, FIRST_PAGE)
      expect(items.map(({ sequence }) => sequence ?? 0).toSorted((a, b) => a - b)).toEqual(items.map((_, i) => i + 1))
      expect(items).toHaveLength(24)
    })

    test('webhooks that give up, are enabled and hear of each other at once leave no gap and block nobody', async () => {
      await using bench = await openBench(open)
      await using other = await bench.database.open()
      const { store, orgId } = bench
      const filters = { events: ['*'], states: [], recordTypes: [], monitors: [] }
      const webhooks = await Promise.all(
        Array.from({ length: 6 }, () => createWebhook(bench, { allGroups: true, filters })),
      )
      const [asleep] = webhooks
      if (asleep === undefined) throw new Error('no webhook was made')
      await store.webhooks.setActive(orgId, asleep.id, { isActive: false, reason: 'gave_up' })
      await createMonitor(bench)
      const claimed = await store.queue.claimDue(CLAIM)
      expect(claimed).toHaveLength(5)
      await Promise.all([
        ...claimed.toReversed().map((head, i) => {
          const node = i % 2 === 0 ? store : other
          return node.queue.settle(head, settlementOf(bench, head, REFUSED, []), false)
        }),
        other.webhooks.setActive(orgId, asleep.id, { isActive: true }),
        store.systemEvents.record(orgId, 'resolver.outage', {}),
        other.monitors.create(orgId, [aMonitor()]),
      ])
      const { items } = await store.systemEvents.list(orgId, { type: 'webhook.disabled' }, FIRST_PAGE)
      expect(items).toHaveLength(5)
      for (const webhook of webhooks) {
        const deliveries = (await store.deliveries.list(orgId, webhook.id, {}, FIRST_PAGE)).items
        const sequences = deliveries.map(({ sequence }) => sequence ?? 0).toSorted((a, b) => a - b)
        expect(sequences).toEqual(sequences.map((_, i) => i + 1))
        const own = deliveries.filter(({ body }) => JSON.parse(body).data.webhook?.uuid === webhook.id)
        expect(own).toEqual([])
      }
    })

    test('secrets are sealed anew beside nodes that record and rotate, and none is lost', async () => {
      await using database = await open()
      const [old, fresh] = [generateKey(), generateKey()]
      const keyRing = parseKeyRing(`${fresh},${old}`)
      await using store = await database.open({ keyRing: parseKeyRing(old) })
      const { organization } = await store.accounts.ensureDefaultOrganization(null)
      const webhooks = await Promise.all(
        Array.from({ length: 30 }, (_, i) =>
          store.webhooks.create(organization.id, aWebhook({ allGroups: true, secret: `secret-${i}` }), 100),
        ),
      )
      await using serving = await database.open({ keyRing })
      await using command = await database.open({ keyRing })
      const bench = { clock: database.clock, store: serving, orgId: organization.id }
      const watched = await createMonitor(bench)
      await Promise.all([
        command.sealed.reseal(),
        recordChanges(bench, watched, 5),
        ...webhooks
          .filter((_, i) => i % 3 === 0)
          .map(({ id }) => serving.webhooks.rotateSecret(organization.id, id, { secret: 'rotated', overlapMs: 0 })),
      ])
      await using alone = await database.open({ keyRing: parseKeyRing(fresh) })
      const secrets = await Promise.all(webhooks.map(({ id }) => alone.webhooks.get(organization.id, id)))
      expect(secrets.map((webhook) => webhook?.secret)).toEqual(
        webhooks.map(({ secret }, i) => (i % 3 === 0 ? 'rotated' : secret)),
      )
    })

    test('nodes that subscribe with the same url at once make one subscription', async () => {
      await using bench = await openBench(open)
      await using other = await bench.database.open()
      const asked = [bench.store, other, bench.store, other].map((node) =>
        node.webhooks.subscribe(bench.orgId, { ...aWebhook({ groups: ['fresh'] }), source: 'n8n' }, 1),
      )
      const answers = await Promise.all(asked)
      expect(answers.filter(({ created }) => created)).toHaveLength(1)
      expect(new Set(answers.map(({ webhook }) => webhook.id)).size).toBe(1)
    })

    test('a queue is sent by one node at a time, and taken over when that one falls silent', async () => {
      await using bench = await openBench(open)
      await using other = await bench.database.open()
      const { store, clock } = bench
      await createWebhook(bench)
      await recordChanges(bench, await createMonitor(bench), 2)
      const claims = await Promise.all([
        store.queue.claimDue(CLAIM),
        other.queue.claimDue({ ...CLAIM, node: OTHER_NODE }),
      ])
      expect(claims.flat()).toHaveLength(1)
      const [dead] = claims.flat()
      clock.advance(LEASE_MS)
      const [alive] = await other.queue.claimDue({ ...CLAIM, node: OTHER_NODE })
      if (dead === undefined || alive === undefined) throw new Error('nothing was claimed')
      const outcomes = await Promise.all([
        store.queue.settle(dead, settlementOf(bench, dead, ACCEPTED), true),
        other.queue.settle(alive, settlementOf(bench, alive, ACCEPTED), true),
      ])
      expect(outcomes).toMatchObject([{ kind: 'late' }, { kind: 'next', delivery: { sequence: 2 } }])
      expect(await store.deliveries.attempts(bench.orgId, alive.delivery.id)).toHaveLength(2)
    })

    test('nodes that recover a webhook at once queue everything once, in order, while others add to it', async () => {
      await using bench = await openBench(open)
      await using other = await bench.database.open()
      const { store, orgId, clock } = bench
      const webhook = await createWebhook(bench)
      const watched = await createMonitor(bench)
      await recordChanges(bench, watched, 2)
      await store.webhooks.setActive(orgId, webhook.id, { isActive: false, reason: 'manual' })
      clock.advance(10)
      await recordChanges(bench, watched, 12)
      await store.webhooks.setActive(orgId, webhook.id, { isActive: true })
      clock.advance(60_000)
      const recoverAll = async (node: Store): Promise<number> => {
        let queued = 0
        for (let after: Recovered['after'] = null; ; ) {
          const slice: Recovered | null = await node.webhooks.recover(orgId, webhook.id, { since: 0, after, limit: 3 })
          queued += slice?.queued ?? 0
          if (slice === null || slice.after === null) return queued
          after = slice.after
        }
      }
      const queued = await Promise.all([
        recoverAll(store),
        recoverAll(other),
        recordChanges(bench, watched, 5).then(() => 0),
      ])
      expect(queued.reduce((sum, one) => sum + one)).toBe(14)
      const { items } = await store.deliveries.list(orgId, webhook.id, {}, FIRST_PAGE)
      expect(items.map(({ sequence }) => sequence).toSorted((a, b) => (a ?? 0) - (b ?? 0))).toEqual(
        Array.from({ length: 19 }, (_, i) => i + 1),
      )
      expect(new Set(items.map(({ eventId }) => eventId)).size).toBe(19)
    })

    test('a webhook disabled by one node is not sent to by another', async () => {
      await using bench = await openBench(open)
      await using other = await bench.database.open()
      const webhook = await createWebhook(bench)
      await recordChanges(bench, await createMonitor(bench))
      const [claimed] = await other.queue.claimDue(CLAIM)
      if (claimed === undefined) throw new Error('nothing was claimed')
      await bench.store.webhooks.setActive(bench.orgId, webhook.id, { isActive: false, reason: 'manual' })
      expect(await other.queue.renew(claimed.webhook, claimed.lease, LEASE_MS)).toBe(false)
    })

    test('events that are recorded while their webhook is being disabled are never left waiting', async () => {
      await using bench = await openBench(open)
      await using other = await bench.database.open()
      const { store, orgId, clock } = bench
      const webhook = await createWebhook(bench)
      await store.monitors.create(
        orgId,
        Array.from({ length: 20 }, () => aMonitor()),
      )
      const checks = await store.checks.claimDue(CLAIM)
      await Promise.all([
        ...checks.map((check) => store.checks.record([aResult(check, clock.now(), { change: BROKEN })])),
        other.webhooks.setActive(orgId, webhook.id, { isActive: false, reason: 'manual' }),
      ])
      const { items } = await store.deliveries.list(orgId, webhook.id, {}, FIRST_PAGE)
      expect(items.filter(({ status }) => status !== 'FAILED')).toEqual([])
      expect(await store.queue.nextDue()).toBeNull()
    })

    test('nodes that name the same new groups in different order make each once', async () => {
      await using bench = await openBench(open)
      await using other = await bench.database.open()
      const names = Array.from({ length: 20 }, (_, i) => `g${i}`)
      const bulk = names.map((group) => aMonitor({ group }))
      await Promise.all([
        bench.store.monitors.create(bench.orgId, bulk),
        other.monitors.create(bench.orgId, bulk.toReversed()),
      ])
      const { items } = await bench.store.groups.list(bench.orgId, FIRST_PAGE)
      expect(items.filter(({ isDefault }) => !isDefault).map(({ monitors }) => monitors)).toEqual(names.map(() => 2))
    })

    test('nodes that start at the same time agree on one default organization', async () => {
      await using database = await open()
      await using one = await database.open()
      await using two = await database.open()
      const made = await Promise.all([one, two].map((store) => store.accounts.ensureDefaultOrganization(null)))
      expect(made.filter(({ created }) => created)).toHaveLength(1)
      expect(made[0]?.organization.id).toBe(made[1]?.organization.id)
    })
  })
}
