import { describe, expect, test } from 'vitest'
import { aMonitor, aWebhook, createMonitor, FIRST_PAGE, openBench, type OpenDatabase } from '../fixtures.ts'

const ENTRY = { keyId: null, action: 'monitor.create', object: 'mon_1', changes: {} }

export function describeTransactions(open: OpenDatabase): void {
  describe('transactions', () => {
    test('all records that are written in one are there when it ends, and seen inside it before', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const seen = await store.transaction(async ({ monitors, webhooks, audit, accounts }) => {
        await monitors.create(orgId, [aMonitor({ group: 'new' })])
        await webhooks.create(orgId, aWebhook({ groups: ['new'] }), 5)
        await audit.record(orgId, ENTRY)
        return accounts.usage(orgId)
      })
      expect(seen).toEqual({ monitors: 1, webhooks: 1 })
      expect(await store.accounts.usage(orgId)).toEqual(seen)
      expect((await store.audit.list(orgId, {}, FIRST_PAGE)).items).toHaveLength(1)
    })

    test('of one that fails nothing is left', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const { monitor } = await createMonitor(bench)
      const failing = store.transaction(async ({ monitors, audit, groups }) => {
        await monitors.create(orgId, [aMonitor({ group: 'new' })])
        await monitors.setActive(orgId, monitor.id, false)
        await audit.record(orgId, ENTRY)
        expect((await groups.list(orgId, FIRST_PAGE)).items).toHaveLength(2)
        throw new Error('changed my mind')
      })
      await expect(failing).rejects.toThrow('changed my mind')
      expect(await store.accounts.usage(orgId)).toEqual({ monitors: 1, webhooks: 0 })
      expect(await store.monitors.get(orgId, monitor.id)).toMatchObject({ monitor: { isActive: true } })
      expect((await store.groups.list(orgId, FIRST_PAGE)).items).toHaveLength(1)
      expect((await store.audit.list(orgId, {}, FIRST_PAGE)).items).toEqual([])
    })

    test('a limit that is held inside one is held against others at the same time', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const admit = (existing: number): void => {
        if (existing >= 2) throw new Error('full')
      }
      const tries = Array.from({ length: 4 }, () =>
        store.transaction(async ({ monitors, audit }) => {
          await monitors.create(orgId, [aMonitor()], admit)
          await audit.record(orgId, ENTRY)
        }),
      )
      const made = (await Promise.allSettled(tries)).filter(({ status }) => status === 'fulfilled')
      expect(made).toHaveLength(2)
      expect((await store.audit.list(orgId, {}, FIRST_PAGE)).items).toHaveLength(2)
    })
  })
}
