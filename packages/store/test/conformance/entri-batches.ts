import { describe, expect, test } from 'vitest'
import { openBench, STRANGER, type OpenDatabase } from '../fixtures.ts'
import { anApplication } from './entri.ts'

export function describeEntriBatches(open: OpenDatabase): void {
  describe('Entri batches', () => {
    const items = ['a.example', 'b.example', 'c.example'].map((domain) => ({
      domain,
      body: { domain, z: 1, a: [null] },
    }))

    test('are leased whole, and each item is settled once', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const application = await anApplication(bench)
      const made = await store.entri.createBatch(orgId, application.id, items)
      expect(made.items).toEqual(items.map(({ domain }) => ({ domain, status: 'pending' })))
      const claimed = await store.batches.claim(30_000)
      expect(claimed).toEqual({
        id: made.id,
        orgId,
        application: application.id,
        items: items.map((item, position) => ({ ...item, position })),
      })
      expect(await store.batches.claim(30_000)).toBeNull()
      if (claimed === null) throw new Error('no batch was claimed')
      const settle = (position: number, outcome: Parameters<typeof store.entri.settleBatchItem>[2]) =>
        store.entri.settleBatchItem(claimed, position, outcome)
      expect(await settle(0, { status: 'completed' })).toBe(true)
      expect(await settle(0, { status: 'failed', error: 'twice' })).toBe(false)
      expect(await settle(1, { status: 'failed', error: 'no domain' })).toBe(true)
      expect(await settle(9, { status: 'completed' })).toBe(false)
      const expected = [
        { domain: 'a.example', status: 'completed' },
        { domain: 'b.example', status: 'failed', error: 'no domain' },
        { domain: 'c.example', status: 'pending' },
      ]
      expect((await store.entri.batch(orgId, application.id, made.id))?.items).toEqual(expected)

      // Whoever held it died: after the lease the rest is somebody else's.
      clock.advance(30_000)
      const taken = await store.batches.claim(30_000)
      expect(taken?.items.map(({ position }) => position)).toEqual([2])
      await settle(2, { status: 'completed' })
      await store.batches.release(claimed)
      clock.advance(60_000)
      expect(await store.batches.claim(30_000)).toBeNull()
      expect(await store.entri.batch(STRANGER, application.id, made.id)).toBeNull()
    })

    test('are settled in the transaction of what came of them, or not', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const application = await anApplication(bench)
      const { id } = await store.entri.createBatch(orgId, application.id, items)
      const failing = store.transaction(async (records) => {
        expect(await records.entri.settleBatchItem({ id, orgId }, 0, { status: 'completed' })).toBe(true)
        throw new Error('something else went wrong')
      })
      await expect(failing).rejects.toThrow('something else')
      expect((await store.entri.batch(orgId, application.id, id))?.items[0]?.status).toBe('pending')
    })

    test('come one after the other, the oldest first, and old ones go', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const application = await anApplication(bench)
      const first = await store.entri.createBatch(orgId, application.id, items.slice(0, 1))
      clock.advance(1000)
      const second = await store.entri.createBatch(orgId, application.id, items.slice(1, 2))
      expect((await store.batches.claim(30_000))?.id).toBe(first.id)
      expect((await store.batches.claim(30_000))?.id).toBe(second.id)
      await store.entri.settleBatchItem({ id: first.id, orgId }, 0, { status: 'completed' })
      await store.batches.release({ id: first.id, orgId })
      clock.advance(1000)
      // What is still open is never dropped.
      expect(await store.retention.purgeBatches(clock.now(), 10)).toBe(1)
      expect(await store.entri.batch(orgId, application.id, first.id)).toBeNull()
      expect(await store.entri.batch(orgId, application.id, second.id)).not.toBeNull()
      await store.entri.deleteApplication(orgId, application.id)
      expect(await store.entri.batch(orgId, application.id, second.id)).toBeNull()
    })
  })
}
