import { createMint } from '@dnsradar/core'
import { describe, expect, test } from 'vitest'
import { FIRST_PAGE, openBench, STRANGER, type OpenDatabase } from '../fixtures.ts'

const keyId = createMint(Date.now, (length) => new Uint8Array(length))('key')

export function describeAudit(open: OpenDatabase): void {
  describe('audit', () => {
    test('an entry comes back as it was recorded, hostile text scrubbed, and only to its organization', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const recorded = await store.audit.record(orgId, {
        keyId,
        action: 'webhook.create',
        object: 'wh_1',
        changes: { url: 'https://a\0b\ud800' },
      })
      expect(recorded).toMatchObject({
        orgId,
        keyId,
        action: 'webhook.create',
        object: 'wh_1',
        changes: { url: 'https://a\ufffdb\ufffd' },
        created: clock.now(),
      })
      expect((await store.audit.list(orgId, {}, FIRST_PAGE)).items).toEqual([recorded])
      expect((await store.audit.list(STRANGER, {}, FIRST_PAGE)).items).toEqual([])
    })

    test('entries are listed newest first when asked so, within a range of time', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const entries = []
      for (const action of ['a', 'b', 'c']) {
        entries.push(await store.audit.record(orgId, { keyId: null, action, object: '', changes: {} }))
        clock.advance(1000)
      }
      const list = async (created: object) =>
        (await store.audit.list(orgId, { created }, { ...FIRST_PAGE, way: 'desc' })).items.map(({ action }) => action)
      expect(await list({})).toEqual(['c', 'b', 'a'])
      expect(await list({ from: entries[1]?.created })).toEqual(['c', 'b'])
      expect(await list({ until: entries[1]?.created })).toEqual(['a'])
    })
  })
}
