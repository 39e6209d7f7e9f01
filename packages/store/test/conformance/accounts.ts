import { createHash } from 'node:crypto'
import { RadarError, type NewApiKey } from '@dnsradar/core'
import { describe, expect, test } from 'vitest'
import {
  aMonitor,
  createMonitor,
  createWebhook,
  FIRST_PAGE,
  openBench,
  STRANGER,
  type OpenDatabase,
} from '../fixtures.ts'

function aKey(clear: string, overrides: Partial<NewApiKey> = {}): NewApiKey {
  return {
    hash: createHash('sha256').update(clear).digest(),
    name: 'laptop',
    scopes: ['read', 'write'],
    expires: null,
    ...overrides,
  }
}

export function describeAccounts(open: OpenDatabase): void {
  describe('accounts', () => {
    test('the default organization is made once, with its default group', async () => {
      await using bench = await openBench(open)
      const again = await bench.store.accounts.ensureDefaultOrganization(null)
      expect(again).toMatchObject({ created: false, organization: { id: bench.orgId, plan: 'unlimited' } })
      const groups = await bench.store.groups.list(bench.orgId, FIRST_PAGE)
      expect(groups.items).toMatchObject([{ slug: 'default', isDefault: true, kind: 'native', isPublic: false }])
    })

    test('a plan is set on the default organization when one is given', async () => {
      await using bench = await openBench(open)
      const { organization } = await bench.store.accounts.ensureDefaultOrganization('scale')
      expect(organization.plan).toBe('scale')
      expect((await bench.store.accounts.ensureDefaultOrganization(null)).organization.plan).toBe('scale')
    })

    test('a key is found by its hash, with the organization it belongs to', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const key = await store.accounts.createKey(orgId, aKey('one', { expires: 5000 }))
      expect(await store.accounts.findKey(aKey('one').hash)).toMatchObject({ key, organization: { id: orgId } })
      expect(await store.accounts.findKey(aKey('two').hash)).toBeNull()
    })

    test('a revoked key is not found any more', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const key = await store.accounts.createKey(orgId, aKey('one'))
      expect(await store.accounts.revokeKey(STRANGER, key.id)).toBe(false)
      expect(await store.accounts.revokeKey(orgId, key.id)).toBe(true)
      expect(await store.accounts.revokeKey(orgId, key.id)).toBe(false)
      expect(await store.accounts.findKey(aKey('one').hash)).toBeNull()
    })

    test('the last use of a key is noted', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const key = await store.accounts.createKey(orgId, aKey('one'))
      clock.advance(1000)
      await store.accounts.touchKey(key.id, orgId)
      const { items } = await store.accounts.listKeys(orgId, FIRST_PAGE)
      expect(items).toMatchObject([{ id: key.id, lastUsed: clock.now() }])
      expect((await store.accounts.listKeys(STRANGER, FIRST_PAGE)).items).toEqual([])
    })

    test('a bootstrap key takes the place of the one before it and leaves other keys alone', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      await store.accounts.createKey(orgId, aKey('mine'))
      await store.accounts.replaceBootstrapKey(orgId, aKey('first'))
      const second = await store.accounts.replaceBootstrapKey(orgId, aKey('second', { scopes: ['admin'] }))
      expect(await store.accounts.makeBootstrapKey(orgId, aKey('third'))).toBe(false)
      expect(await store.accounts.findKey(aKey('first').hash)).toBeNull()
      expect(await store.accounts.findKey(aKey('second').hash)).toMatchObject({
        key: { id: second.id, scopes: ['admin'] },
      })
      expect((await store.accounts.listKeys(orgId, FIRST_PAGE)).items).toHaveLength(2)
    })

    test('of processes that start on an empty database at the same time one makes the bootstrap key', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      const names = ['a', 'b', 'c', 'd']
      const made = await Promise.all(names.map((name) => store.accounts.makeBootstrapKey(orgId, aKey(name))))
      expect(made.filter((mine) => mine)).toHaveLength(1)
      expect((await store.accounts.listKeys(orgId, FIRST_PAGE)).items).toHaveLength(1)
    })

    test('an organization is found by its id', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      expect(await store.accounts.organization(orgId)).toMatchObject({ id: orgId, name: 'default' })
      expect(await store.accounts.organization(STRANGER)).toBeNull()
    })

    test('a new organization has a default group of its own and sees nothing of others', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const made = await store.accounts.createOrganization({ name: 'Acme', plan: 'free' })
      expect(made).toMatchObject({ name: 'Acme', plan: 'free', created: clock.now() })
      expect((await store.groups.list(made.id, FIRST_PAGE)).items).toMatchObject([{ slug: 'default', isDefault: true }])
      await store.monitors.create(made.id, [aMonitor()])
      expect(await store.accounts.usage(orgId)).toEqual({ monitors: 0, webhooks: 0 })
      expect((await store.groups.list(orgId, FIRST_PAGE)).items).toHaveLength(1)
      const { items } = await store.accounts.listOrganizations(FIRST_PAGE)
      expect(items.map(({ id }) => id)).toEqual([orgId, made.id])
      expect(await store.accounts.ensureDefaultOrganization(null)).toMatchObject({ organization: { id: orgId } })
    })

    test('name and plan of an organization change one by one', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      expect(await store.accounts.updateOrganization(orgId, { name: 'Acme\0' })).toMatchObject({
        id: orgId,
        name: 'Acme\ufffd',
        plan: 'unlimited',
      })
      const changed = await store.accounts.updateOrganization(orgId, { plan: 'scale' })
      expect(changed).toMatchObject({ name: 'Acme\ufffd', plan: 'scale' })
      expect(await store.accounts.organization(orgId)).toEqual(changed)
      expect(await store.accounts.updateOrganization(STRANGER, { name: 'x' })).toBeNull()
    })

    test('keys are listed page by page, oldest first', async () => {
      await using bench = await openBench(open)
      const { store, orgId } = bench
      for (const name of ['a', 'b', 'c']) await store.accounts.createKey(orgId, aKey(name, { name }))
      const names = ({ items }: Awaited<ReturnType<typeof store.accounts.listKeys>>) => items.map(({ name }) => name)
      const first = await store.accounts.listKeys(orgId, { ...FIRST_PAGE, limit: 2 })
      expect(names(first)).toEqual(['a', 'b'])
      const after = first.items[1]?.id ?? null
      expect(names(await store.accounts.listKeys(orgId, { ...FIRST_PAGE, after }))).toEqual(['c'])
    })

    test('setting the same bootstrap key again keeps its id', async () => {
      await using bench = await openBench(open)
      const first = await bench.store.accounts.replaceBootstrapKey(bench.orgId, aKey('same'))
      const again = await bench.store.accounts.replaceBootstrapKey(bench.orgId, aKey('same', { name: 'renamed' }))
      expect(again).toMatchObject({ id: first.id, name: 'renamed' })
    })

    test('a bootstrap key that is a key of another organization is refused', async () => {
      await using bench = await openBench(open)
      await bench.store.accounts.createKey(STRANGER, aKey('theirs'))
      const refused = bench.store.accounts.replaceBootstrapKey(bench.orgId, aKey('theirs'))
      await expect(refused).rejects.toThrow(RadarError)
      await expect(refused).rejects.toMatchObject({ code: 'conflict' })
    })

    test('usage counts the monitors and webhooks of one organization', async () => {
      await using bench = await openBench(open)
      await createMonitor(bench)
      await createMonitor(bench)
      await createWebhook(bench)
      expect(await bench.store.accounts.usage(bench.orgId)).toEqual({ monitors: 2, webhooks: 1 })
      expect(await bench.store.accounts.usage(STRANGER)).toEqual({ monitors: 0, webhooks: 0 })
    })
  })
}
