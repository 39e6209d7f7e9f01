import { createHash } from 'node:crypto'
import { createMint, type MarkedRequest } from '@dnsradar/core'
import { describe, expect, test } from 'vitest'
import { openBench, type Bench, type OpenDatabase } from '../fixtures.ts'

const mint = createMint(Date.now, (length) => new Uint8Array(length))
const [KEY, OTHER_KEY] = [mint('key'), mint('key')]
const hashOf = (text: string): Uint8Array => createHash('sha256').update(text).digest()
const DAY = 86_400_000

function aRequest({ orgId }: Bench, change: Partial<MarkedRequest> = {}): MarkedRequest {
  return { orgId, keyId: KEY, mark: 'once', hash: hashOf('POST /monitors {}'), ...change }
}

export function describeIdempotency(open: OpenDatabase): void {
  describe('idempotency marks', () => {
    test('a mark is new once, then running, then done with its answer', async () => {
      await using bench = await openBench(open)
      const { store, clock } = bench
      const request = aRequest(bench)
      const expires = clock.now() + DAY
      expect(await store.idempotency.claim(request, expires)).toEqual({ kind: 'new' })
      expect(await store.idempotency.claim(request, expires)).toEqual({ kind: 'running' })
      await store.idempotency.complete(request, '{"key":"sk_secret"}', expires)
      expect(await store.idempotency.claim(request, expires)).toEqual({ kind: 'done', response: '{"key":"sk_secret"}' })
      expect(await bench.database.holdsText('sk_secret')).toBe(false)
    })

    test('a mark stands for one request of one key of one organization', async () => {
      await using bench = await openBench(open)
      const { store, clock } = bench
      const expires = clock.now() + DAY
      await store.idempotency.claim(aRequest(bench), expires)
      expect(await store.idempotency.claim(aRequest(bench, { hash: hashOf('else') }), expires)).toEqual({
        kind: 'other',
      })
      const others = [{ mark: 'twice' }, { keyId: OTHER_KEY }, { orgId: mint('org') }]
      for (const change of others) {
        expect(await store.idempotency.claim(aRequest(bench, change), expires)).toEqual({ kind: 'new' })
      }
    })

    test('a mark is free again when it expires, also for another request', async () => {
      await using bench = await openBench(open)
      const { store, clock } = bench
      const request = aRequest(bench)
      await store.idempotency.claim(request, clock.now() + DAY)
      await store.idempotency.complete(request, '{}', clock.now() + DAY)
      clock.advance(DAY - 1)
      expect(await store.idempotency.claim(request, clock.now() + DAY)).toMatchObject({ kind: 'done' })
      clock.advance(1)
      const other = aRequest(bench, { hash: hashOf('else') })
      expect(await store.idempotency.claim(other, clock.now() + DAY)).toEqual({ kind: 'new' })
      await store.idempotency.complete(request, '{"late":true}', clock.now() + DAY)
      expect(await store.idempotency.claim(other, clock.now() + DAY)).toEqual({ kind: 'running' })
    })

    test('a mark that was given back is new again, and one that is done is kept', async () => {
      await using bench = await openBench(open)
      const { store, clock } = bench
      const request = aRequest(bench)
      const expires = clock.now() + DAY
      await store.idempotency.claim(request, expires)
      await store.idempotency.release(request)
      expect(await store.idempotency.claim(request, expires)).toEqual({ kind: 'new' })
      await store.idempotency.complete(request, '{}', expires)
      await store.idempotency.release(request)
      expect(await store.idempotency.claim(request, expires)).toMatchObject({ kind: 'done' })
    })

    test('of equal requests at the same time one runs and the others wait for its answer', async () => {
      await using bench = await openBench(open)
      const { store, orgId, clock } = bench
      const request = aRequest(bench)
      const expires = clock.now() + DAY
      const once = () =>
        store.transaction(async ({ idempotency, accounts }) => {
          const claim = await idempotency.claim(request, expires)
          if (claim.kind !== 'new') return claim
          const { id } = await accounts.createOrganization({ name: 'made', plan: 'free' })
          await idempotency.complete(request, id, expires)
          return claim
        })
      const claims = await Promise.all([once(), once(), once()])
      expect(claims.filter(({ kind }) => kind === 'new')).toHaveLength(1)
      expect(claims.filter(({ kind }) => kind === 'done')).toHaveLength(2)
      const all = await store.accounts.listOrganizations({ limit: 10, way: 'asc', after: orgId, before: null })
      expect(all.items).toHaveLength(1)
    })

    test('when the first fails, a waiting one takes its place', async () => {
      await using bench = await openBench(open)
      const { store, clock } = bench
      const request = aRequest(bench)
      const attempt = (fails: boolean) =>
        store.transaction(async ({ idempotency }) => {
          const { kind } = await idempotency.claim(request, clock.now() + DAY)
          if (fails) throw new Error('refused')
          return kind
        })
      const results = await Promise.allSettled([attempt(true), attempt(false)])
      expect(results.map(({ status }) => status)).toEqual(['rejected', 'fulfilled'])
      expect(await store.idempotency.claim(request, clock.now() + DAY)).toEqual({ kind: 'running' })
    })
  })
}
