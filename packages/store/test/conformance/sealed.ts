import { createHash } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import type { ApiKeyId, MarkedRequest, OrganizationId, Store } from '@dnsradar/core'
import { generateKey, parseKeyRing, StoreRefused } from '../../src/index.ts'
import { SEALED_TABLES } from '../../src/sealed-columns.ts'
import { aWebhook, openBench, START, type OpenDatabase, type TestDatabase } from '../fixtures.ts'

const DAY_MS = 86_400_000

/** Columns of octets that hold no secret, besides ids. */
const PLAIN = ['api_keys.hash', 'idempotency.request_hash']

export function describeSealed(open: OpenDatabase): void {
  describe('sealing anew', () => {
    test('every column of octets is in the table of what is sealed, or known to hold no secret', async () => {
      await using bench = await openBench(open)
      const sealed = SEALED_TABLES.flatMap(({ name, columns }) => columns.map((column) => `${name}.${column}`))
      expect((await bench.database.octetColumns()).toSorted()).toEqual([...sealed, ...PLAIN].toSorted())
    })

    test('puts every secret under the first key, and the other keys can go', async () => {
      await using database = await open()
      const [old, fresh] = [generateKey(), generateKey()]
      const before = await opened(database, old, async (store) => {
        const written = await writeSecrets(store)
        return { ...written, secrets: await readSecrets(store, written) }
      })
      await opened(database, `${fresh},${old}`, async (store) => {
        expect(await store.sealed.reseal()).toEqual({ webhooks: 3, idempotency: 1, entri_applications: 1 })
        expect(await store.sealed.reseal()).toEqual({ webhooks: 0, idempotency: 0, entri_applications: 0 })
        expect(await readSecrets(store, before)).toEqual(before.secrets)
      })
      await opened(database, fresh, async (store) => {
        expect(await readSecrets(store, before)).toEqual(before.secrets)
      })
      await expect(database.open({ keyRing: parseKeyRing(old) })).rejects.toMatchObject({ reason: 'wrong_key_ring' })
    })

    test('goes through more rows than one slice', async () => {
      await using database = await open()
      const [old, fresh] = [generateKey(), generateKey()]
      await opened(database, old, async (store) => {
        const { organization } = await store.accounts.ensureDefaultOrganization(null)
        const [first, second] = [organization.id, (await store.accounts.createOrganization(OTHER)).id]
        for (let i = 0; i < 210; i++) await store.webhooks.create(i % 2 === 0 ? first : second, aWebhook(), 1000)
      })
      await opened(database, `${fresh},${old}`, async (store) => {
        expect(await store.sealed.reseal()).toMatchObject({ webhooks: 210 })
      })
      await opened(database, fresh, (store) => store.ping())
    })

    test('goes on beside writers, and leaves what they wrote', async () => {
      await using database = await open()
      const [old, fresh] = [generateKey(), generateKey()]
      const orgId = await opened(database, old, async (store) => (await writeSecrets(store)).orgId)
      await using store = await database.open({ keyRing: parseKeyRing(`${fresh},${old}`) })
      const [made] = await Promise.all([
        Promise.all(
          Array.from({ length: 20 }, (_, i) => store.webhooks.create(orgId, aWebhook({ secret: `secret-${i}` }), 100)),
        ),
        store.sealed.reseal(),
      ])
      expect(await store.sealed.reseal()).toMatchObject({ webhooks: 0 })
      for (const { id, secret } of made) expect(await store.webhooks.get(orgId, id)).toMatchObject({ secret })
    })

    test('a ring that lacks a key which any row still uses is refused by name', async () => {
      await using database = await open()
      const [old, fresh] = [generateKey(), generateKey()]
      // The oldest and the newest are under the fresh key, and the one between them is not.
      for (const ring of [`${fresh},${old}`, `${old},${fresh}`, `${fresh},${old}`]) {
        await opened(database, ring, async (store) => {
          const { organization } = await store.accounts.ensureDefaultOrganization(null)
          await store.webhooks.create(organization.id, aWebhook(), 100)
        })
      }
      const refused = database.open({ keyRing: parseKeyRing(fresh) })
      await expect(refused).rejects.toThrow(StoreRefused)
      await expect(refused).rejects.toMatchObject({
        reason: 'wrong_key_ring',
        message: expect.stringContaining(`is sealed with key "${old.split(':')[0]}", which the key ring lacks`),
      })
    })

    test('a ring with another key of the same name is refused', async () => {
      await using database = await open()
      const named = (key: string): string => `main:${key.split(':')[1]}`
      await opened(database, named(generateKey()), writeSecrets)
      const refused = database.open({ keyRing: parseKeyRing(named(generateKey())) })
      await expect(refused).rejects.toMatchObject({
        reason: 'wrong_key_ring',
        message: expect.stringContaining('"main"'),
      })
    })

    test('an answer that expired holds nobody up', async () => {
      await using database = await open()
      const [old, fresh] = [generateKey(), generateKey()]
      await opened(database, old, async (store) => {
        const { organization } = await store.accounts.ensureDefaultOrganization(null)
        await keepAnswer(store, organization.id)
      })
      await expect(database.open({ keyRing: parseKeyRing(fresh) })).rejects.toThrow(/response of key_.*lacks/)
      database.clock.advance(DAY_MS)
      await opened(database, fresh, (store) => store.ping())
    })
  })

  describe('derived keys', () => {
    test('are the same each time the database is opened with its ring, and differ by purpose', async () => {
      await using database = await open()
      const keysOf = async (purpose: string) => {
        await using store = await database.open()
        return [...store.deriveKeys(purpose)].map(([id, key]) => [id, Buffer.from(key).toString('hex')])
      }
      const [[id, key] = []] = await keysOf('one')
      expect(id).toMatch(/^k/)
      expect(key).toMatch(/^[0-9a-f]{64}$/)
      expect(await keysOf('one')).toEqual([[id, key]])
      expect((await keysOf('two'))[0]?.[1]).not.toBe(key)
    })
  })
}

const OTHER = { name: 'other', plan: 'unlimited' }

async function opened<T>(database: TestDatabase, ring: string, use: (store: Store) => Promise<T>): Promise<T> {
  await using store = await database.open({ keyRing: parseKeyRing(ring) })
  return await use(store)
}

interface Written {
  readonly orgId: OrganizationId
  readonly keyId: ApiKeyId
}

/** A value in every sealed column, in two organizations. */
async function writeSecrets(store: Store): Promise<Written> {
  const orgId = (await store.accounts.ensureDefaultOrganization(null)).organization.id
  const other = (await store.accounts.createOrganization(OTHER)).id
  const first = await store.webhooks.create(orgId, aWebhook({ secret: 'first', headers: [['X-A', 'header']] }), 100)
  await store.webhooks.rotateSecret(orgId, first.id, { secret: 'second', overlapMs: DAY_MS })
  await store.webhooks.create(orgId, aWebhook({ format: 'pagerduty', formatOptions: { routing_key: 'routing' } }), 100)
  await store.webhooks.create(other, aWebhook({ secret: 'theirs' }), 100)
  await store.entri.createApplication(orgId, { applicationId: 'app', secret: 'application', userId: null })
  return { orgId, keyId: await keepAnswer(store, orgId) }
}

async function keepAnswer(store: Store, orgId: OrganizationId): Promise<ApiKeyId> {
  const hash = createHash('sha256').update('key').digest()
  const key = await store.accounts.createKey(orgId, { hash, name: 'key', scopes: ['write'], expires: null })
  const request = marked({ orgId, keyId: key.id })
  await store.idempotency.claim(request, START + DAY_MS)
  await store.idempotency.complete(request, 'answer', START + DAY_MS)
  return key.id
}

function marked({ orgId, keyId }: Written): MarkedRequest {
  return { orgId, keyId, mark: 'mark', hash: createHash('sha256').update('request').digest() }
}

async function readSecrets(store: Store, written: Written): Promise<unknown> {
  const page = { limit: 100, way: 'asc', after: null, before: null } as const
  const organizations = (await store.accounts.listOrganizations(page)).items
  const webhooks = await Promise.all(organizations.map(({ id }) => store.webhooks.list(id, {}, page)))
  return {
    webhooks: webhooks.map(({ items }) => items),
    answer: await store.idempotency.claim(marked(written), START + DAY_MS),
    applications: (await store.entri.listApplications(written.orgId, page)).items,
  }
}
